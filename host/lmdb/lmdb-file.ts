import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { isOfLmdb09, LMDB_VERSION, type LmdbHeader, readLmdbHeader } from './lmdb-header.js';

/** Whether this machine writes data files of the layout that can be checked here. */
export const CAN_CHECK = endianness() === 'LE' && ['x64', 'arm64'].includes(process.arch);

/**
 * LMDB maps its data file and trusts it: a file that is not an LMDB file, or one that was cut off, ends the process with a
 * segmentation fault. A few reads before the file is opened turn that into an error.
 *
 * @param path the path of `data.mdb`; an empty file is a new store
 * @throws Error that names the file and says what to do
 */
export function checkLmdbFile(path: string): void {
  if (!CAN_CHECK || statSync(path).size === 0) return;
  // What another process is writing may look like damage; the second look finds it written.
  if (findFault(path) === undefined) return;
  const fault = findFault(path);
  if (fault !== undefined) throw damagedFile(path, fault);
}

/** @param fault what is wrong with it, as in "the file is cut off" */
export function damagedFile(path: string, fault: string): Error {
  const advice = 'move the file away to begin with an empty store, or put a copy of it back';
  return new Error(`the data file ${path} ${fault}; ${advice}`);
}

function findFault(path: string): string | undefined {
  // LMDB locks lock.mdb, so opening and closing this file releases none of its locks.
  const handle = openSync(path, 'r');
  try {
    const first = readLmdbHeader(handle, 0);
    if (first === undefined) {
      return isOfLmdb09(handle)
        ? `is of LMDB 0.9, and this wasmqtt reads the format of LMDB 1.0`
        : 'is not a store of wasmqtt, or its beginning is damaged';
    }
    if (first.version !== LMDB_VERSION) {
      return `has version ${first.version} of the format of LMDB, and this wasmqtt reads version ${LMDB_VERSION}`;
    }
    const { pageSize } = first;
    if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) return 'has a damaged header';
    const second = readLmdbHeader(handle, pageSize);
    if (second?.version !== LMDB_VERSION) return `is cut off or damaged at byte ${pageSize}`;
    // The size after the headers: a commit makes the file longer first, and has its header written then.
    const { size } = fstatSync(handle);
    const pages = Math.floor(size / pageSize);
    const roots = [first, second].flatMap(({ free, data }: LmdbHeader) => [free.root ?? 0, data.root ?? 0]);
    return roots.every((root) => root < pages) ? undefined : `is cut off after ${size} bytes`;
  } finally {
    closeSync(handle);
  }
}
