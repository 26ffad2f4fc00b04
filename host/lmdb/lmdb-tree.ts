import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type LmdbHeader, type LmdbTree, numberAt, readLmdbHeader } from './lmdb-header.js';

/** Flags of pages and of their nodes. */
const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const KIND = 0x6f;
const BIG = 0x01;

/** Of a header: how the transaction that wrote it was synced. */
const OVERLAPPING_SYNC = 0x1000;

const PAGE_HEADER = 24;
const NODE_HEADER = 8;
/** What a leaf has instead of data that has pages of its own. */
const OVERFLOW_NODE = 24;
const DEEPEST = 32;

class Fault extends Error {}

type Compare = (a: Buffer, b: Buffer) => number;

/**
 * LMDB follows what its pages say without a doubt: a wrong bit in them ends the process, or spoils what is written later. This reads all
 * pages but values beyond a page, and checks what LMDB relies on: each page has its number and is used once, counts and lengths fit, keys are in
 * order, and no page that is used is free too.
 *
 * The caller has a read transaction open, so that no other process writes over the pages meanwhile.
 *
 * @param path of a data file whose headers are good
 * @returns what is wrong, or undefined
 */
export function findLmdbFault(path: string): string | undefined {
  // LMDB locks lock.mdb, so opening and closing this file releases none of its locks.
  const handle = openSync(path, 'r');
  try {
    const header = newestHeader(handle);
    if (header === undefined) return 'has two headers that do not belong together';
    new Walk(handle, header).all();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** Each transaction writes the header that is not the newest. */
function newestHeader(handle: number): LmdbHeader | undefined {
  const first = readLmdbHeader(handle, 0);
  const second = first && readLmdbHeader(handle, first.pageSize);
  if (first === undefined || second === undefined) return undefined;
  const isInPlace = first.transaction % 2 === 0 && (second.transaction % 2 === 1 || second.transaction === 0);
  const areAlike = ((first.free.flags ^ second.free.flags) & ~OVERLAPPING_SYNC) === 0;
  const areTogether = Math.abs(first.transaction - second.transaction) <= 1 && areAlike;
  if (!isInPlace || !areTogether) return undefined;
  return first.transaction > second.transaction ? first : second;
}

class Walk {
  readonly #handle: number;
  readonly #header: LmdbHeader;
  /** One bit for each page that something uses. */
  readonly #used: Uint8Array;
  #counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
  #lastKey: Buffer | undefined;
  #compare: Compare = Buffer.compare;
  #values: Buffer[] | undefined;

  constructor(handle: number, header: LmdbHeader) {
    this.#handle = handle;
    this.#header = header;
    const pages = Math.floor(fstatSync(handle).size / header.pageSize);
    // The file may be shorter when its last pages are free.
    if (header.lastPage < 1 || header.lastPage > pages + 0x1_0000)
      throw new Fault('is cut off, or has a damaged header');
    this.#used = new Uint8Array((header.lastPage >> 3) + 1);
    this.#use(0, 2);
  }

  all(): void {
    const { data, free } = this.#header;
    this.#tree(data, Buffer.compare);
    const lists: Buffer[] = [];
    this.#tree(free, compareNumbers, lists);
    for (const list of lists) this.#freePages(list);
  }

  /** @param values gets the values of all entries */
  #tree(tree: LmdbTree, compare: Compare, values?: Buffer[]): void {
    this.#counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
    this.#lastKey = undefined;
    this.#compare = compare;
    this.#values = values;
    if (tree.root === undefined) return;
    if (tree.depth < 1 || tree.depth > DEEPEST) throw new Fault('has a damaged header');
    if (tree.depth > 1) this.#branch(tree.root, tree.depth);
    else this.#leaf(tree.root);
    const { branch, leaf, overflow, entries } = this.#counts;
    const isCounted =
      branch === tree.branchPages &&
      leaf === tree.leafPages &&
      overflow === tree.overflowPages &&
      entries === tree.entries;
    if (!isCounted) throw new Fault('has lost pages, or has a damaged header');
  }

  /** @param height 2 above leaves */
  #branch(number: number, height: number): void {
    const bytes = this.#read(number, BRANCH);
    this.#counts.branch++;
    for (const [index, at] of this.#nodes(bytes, number, true).entries()) {
      // The key of a branch lies between what is before it and what is below it; that of the first is not used.
      if (index > 0) this.#inOrder(keyOf(bytes, at), number, 1);
      const child = bytes.readUInt32LE(at) + bytes.readUInt16LE(at + 4) * 0x1_0000_0000;
      if (height > 2) this.#branch(child, height - 1);
      else this.#leaf(child);
    }
  }

  #leaf(number: number): void {
    const bytes = this.#read(number, LEAF);
    this.#counts.leaf++;
    for (const [index, at] of this.#nodes(bytes, number, false).entries()) {
      this.#counts.entries++;
      const key = keyOf(bytes, at);
      // It may equal the key of the branch above.
      this.#inOrder(key, number, index === 0 ? 0 : 1);
      const size = bytes.readUInt32LE(at);
      const data = bytes.subarray(at + NODE_HEADER + key.length);
      if (bytes.readUInt16LE(at + 4) === BIG) this.#overflow(data, size);
      else this.#values?.push(data.subarray(0, size));
    }
  }

  #read(number: number, kind: number): Buffer {
    const { pageSize, lastPage, transaction } = this.#header;
    if (number < 2 || number > lastPage) throw new Fault(`refers to page ${number}, which it does not have`);
    const bytes = Buffer.alloc(pageSize);
    if (readSync(this.#handle, bytes, 0, pageSize, number * pageSize) !== pageSize) throw new Fault('is cut off');
    const isSound =
      numberAt(bytes, 0) === number && numberAt(bytes, 8) <= transaction && (bytes.readUInt16LE(18) & KIND) === kind;
    if (!isSound) throw damagedPage(number);
    this.#use(number, 1);
    return bytes;
  }

  /** Where the nodes of a page begin. Together they fill it from its end to where free space ends. */
  #nodes(bytes: Buffer, number: number, isBranch: boolean): number[] {
    const lower = bytes.readUInt16LE(20);
    const upper = bytes.readUInt16LE(22);
    const room = bytes.length - PAGE_HEADER;
    if (lower > upper || upper > room || lower % 2 !== 0 || lower === 0) throw damagedPage(number);
    let filled = 0;
    const starts: number[] = [];
    for (let at = PAGE_HEADER; at < PAGE_HEADER + lower; at += 2) {
      const start = bytes.readUInt16LE(at);
      if (start < upper || start % 2 !== 0 || start + NODE_HEADER > room) throw damagedPage(number);
      const node = PAGE_HEADER + start;
      const flags = isBranch ? 0 : bytes.readUInt16LE(node + 4);
      if (flags !== 0 && flags !== BIG) throw damagedPage(number);
      const data = isBranch ? 0 : flags === BIG ? OVERFLOW_NODE : bytes.readUInt32LE(node);
      const length = NODE_HEADER + bytes.readUInt16LE(node + 6) + data;
      if (start + length > room) throw damagedPage(number);
      filled += length + (length % 2);
      starts.push(node);
    }
    if (filled !== room - upper) throw damagedPage(number);
    return starts;
  }

  /** A value with pages of its own. */
  #overflow(node: Buffer, size: number): void {
    const number = numberAt(node, 0);
    const count = numberAt(node, 16);
    const { pageSize } = this.#header;
    const bytes = this.#read(number, OVERFLOW);
    if (bytes.readUInt32LE(20) !== count || size > count * pageSize - PAGE_HEADER) throw damagedPage(number);
    this.#use(number + 1, count - 1);
    this.#counts.overflow += count;
    if (this.#values === undefined) return;
    const value = Buffer.alloc(size);
    readSync(this.#handle, value, 0, size, number * pageSize + PAGE_HEADER);
    this.#values.push(value);
  }

  /** @param least how much it must be above the last key: 1, or 0 for equal */
  #inOrder(key: Buffer, page: number, least: 0 | 1): void {
    if (this.#lastKey !== undefined && this.#compare(key, this.#lastKey) < least) throw damagedPage(page);
    this.#lastKey = key;
  }

  /** A list of free pages: how many entries, then pages in falling order, 0 for no page, or -n before the first of n pages. */
  #freePages(list: Buffer): void {
    const entries = Math.min(numberAt(list, 0), list.length / 8 - 1);
    if (entries < numberAt(list, 0)) throw new Fault('has a damaged list of free pages');
    let count = 1;
    for (let at = 8; at <= entries * 8; at += 8) {
      const entry = Number(list.readBigInt64LE(at));
      if (entry < 0) count = -entry;
      if (entry <= 0) continue;
      this.#use(entry, count);
      count = 1;
    }
  }

  #use(first: number, count: number): void {
    if (count < 0 || first < 0 || first + count - 1 > this.#header.lastPage) throw damagedPage(first);
    for (let page = first; page < first + count; page++) {
      const bit = 1 << (page & 7);
      if ((this.#used[page >> 3] & bit) !== 0) throw new Fault(`uses page ${page} twice`);
      this.#used[page >> 3] |= bit;
    }
  }
}

function keyOf(page: Buffer, at: number): Buffer {
  return page.subarray(at + NODE_HEADER, at + NODE_HEADER + page.readUInt16LE(at + 6));
}

/** Keys of the free list are numbers of transactions. */
function compareNumbers(a: Buffer, b: Buffer): number {
  if (a.length !== 8 || b.length !== 8) return -1;
  return Math.sign(numberAt(a, 0) - numberAt(b, 0));
}

function damagedPage(number: number): Fault {
  return new Fault(`is damaged in page ${number}`);
}
