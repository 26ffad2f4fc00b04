import { readSync } from 'node:fs';

/**
 * The two headers of an LMDB 1.0 data file (64 bit, little endian): pages 0 and 1, each a 24-byte page header, then magic (24), version (28),
 * address (32), map size (40), what is kept of the free list (48) and of the data (96), last page (144) and number of the transaction (152).
 */
const MAGIC = 0xbeefc0de;
export const LMDB_VERSION = 2;
const END = 168;
const FREE = 48;
const DATA = 96;

/** A tree of pages, as a header has it. */
export interface LmdbTree {
  flags: number;
  depth: number;
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
  /** undefined when it is empty */
  root: number | undefined;
}

export interface LmdbHeader {
  version: number;
  pageSize: number;
  free: LmdbTree;
  data: LmdbTree;
  lastPage: number;
  transaction: number;
}

/** A header, or undefined when there is none at this position of the file. */
export function readLmdbHeader(handle: number, position: number): LmdbHeader | undefined {
  const bytes = Buffer.alloc(END);
  if (readSync(handle, bytes, 0, END, position) !== END) return undefined;
  if (bytes.readUInt32LE(24) !== MAGIC) return undefined;
  return {
    version: bytes.readUInt32LE(28) & 0xffff,
    pageSize: bytes.readUInt32LE(FREE),
    free: readTree(bytes.subarray(FREE)),
    data: readTree(bytes.subarray(DATA)),
    lastPage: numberAt(bytes, 144),
    transaction: numberAt(bytes, 152),
  };
}

/** Whether a file is of the format before this one: its page headers have 16 bytes. */
export function isOfLmdb09(handle: number): boolean {
  const bytes = Buffer.alloc(24);
  return readSync(handle, bytes, 0, 24, 0) === 24 && bytes.readUInt32LE(16) === MAGIC;
}

function readTree(bytes: Buffer): LmdbTree {
  const isEmpty = bytes.readBigUInt64LE(40) === 0xffff_ffff_ffff_ffffn;
  return {
    flags: bytes.readUInt16LE(4),
    depth: bytes.readUInt16LE(6),
    branchPages: numberAt(bytes, 8),
    leafPages: numberAt(bytes, 16),
    overflowPages: numberAt(bytes, 24),
    entries: numberAt(bytes, 32),
    root: isEmpty ? undefined : numberAt(bytes, 40),
  };
}

/** What is beyond 2^53 is no number of a page in any file, and stays that. */
export function numberAt(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset));
}
