import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { endianness } from 'node:os';

/**
 * LMDB maps its data file and trusts it: a file that is not an LMDB file, or one that was cut off, ends the process with a
 * segmentation fault. A few reads before the file is opened turn that into an error.
 *
 * Layout of an LMDB 1.0 data file (64 bit, little endian): pages 0 and 1 are the two headers, each a 24-byte page header,
 * then magic (24), version (28), page size (48), root page of the free list (88) and of the data (136).
 */
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const OFFSET = { magic: 24, version: 28, pageSize: 48, freeRoot: 88, dataRoot: 136, end: 160 } as const;
const NO_ROOT = 0xffff_ffff_ffff_ffffn;

/**
 * @param path the path of `data.mdb`; an empty file is a new store
 * @throws Error that names the file and says what to do
 */
export function checkLmdbFile(path: string): void {
  if (endianness() !== 'LE' || !['x64', 'arm64'].includes(process.arch)) return;
  const size = statSync(path).size;
  if (size === 0) return;
  // LMDB locks lock.mdb, so opening and closing this file releases none of its locks.
  const fault = findFault(path, size);
  if (fault === undefined) return;
  const advice = 'move the file away to begin with an empty store, or put a copy of it back';
  throw new Error(`the data file ${path} ${fault}; ${advice}`);
}

function findFault(path: string, size: number): string | undefined {
  const handle = openSync(path, 'r');
  try {
    const first = readHeader(handle, 0);
    if (first === undefined) return 'is not a store of wasmqtt, or its beginning is damaged';
    const pageSize = first.readUInt32LE(OFFSET.pageSize);
    if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) return 'has a damaged header';
    const second = readHeader(handle, pageSize);
    if (second === undefined) return `is cut off or damaged at byte ${pageSize}`;
    const pages = BigInt(Math.floor(size / pageSize));
    const roots = [first, second].flatMap((header) => [
      header.readBigUInt64LE(OFFSET.freeRoot),
      header.readBigUInt64LE(OFFSET.dataRoot),
    ]);
    return roots.every((root) => root === NO_ROOT || root < pages) ? undefined : `is cut off after ${size} bytes`;
  } finally {
    closeSync(handle);
  }
}

function readHeader(handle: number, position: number): Buffer | undefined {
  const header = Buffer.alloc(OFFSET.end);
  if (readSync(handle, header, 0, header.length, position) !== header.length) return undefined;
  if (header.readUInt32LE(OFFSET.magic) !== MAGIC) return undefined;
  return header.readUInt16LE(OFFSET.version) === VERSION ? header : undefined;
}
