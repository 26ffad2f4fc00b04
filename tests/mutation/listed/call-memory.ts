// The bytes of an input, and the places in the memory of the twins that its calls work with.
import type { CallName } from './masks.js';
import type { Twins } from './twins.js';

/** A view of memory: address and length. */
export type View = readonly [number, number];

/** Offsets of the fields of a record. */
export type Offsets = Readonly<Record<string, number>>;

/** Bytes between two places. */
const GAP = 16;

/** Reads an input from the front, with zeros after its end, and lays out places in the memory of the twins. */
export class CallMemory {
  readonly #twins: Twins;
  readonly #bytes: Buffer;
  readonly #isTurned: boolean;
  #at = 0;
  #low: number;
  #high: number;

  /** `isTurned`: what is written lies at the end of memory, and what is read at the beginning. */
  constructor(twins: Twins, bytes: Buffer, isTurned: boolean) {
    this.#isTurned = isTurned;
    this.#twins = twins;
    this.#bytes = bytes;
    this.#low = twins.heapBase;
    this.#high = twins.memory.length;
  }

  /** How many bytes of the input are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++] : 0;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u32(): number {
    return this.u16() * 65_536 + this.u16();
  }

  take(most = this.left): Buffer {
    const start = this.#at;
    this.#at += Math.min(most, this.left);
    return this.#bytes.subarray(start, this.#at);
  }

  /** A place at a multiple of 8, with a gap before it. The first of all may end where memory ends. */
  place(size: number, content: ArrayLike<number> = []): number {
    return this.put(this.#isTurned ? this.#above(size) : this.#below(size), content);
  }

  /** Puts bytes at the very end of memory, so that reading past them is a trap; when turned, below all places. */
  last(content: Uint8Array): number {
    if (this.#isTurned) return this.put(this.#below(content.length), content);
    this.#high = this.#twins.memory.length - content.length;
    return this.put(this.#high, content);
  }

  #below(size: number): number {
    const at = (this.#low + GAP + 7) & ~7;
    this.#low = at + size;
    this.#check();
    return at;
  }

  #above(size: number): number {
    const isFirst = this.#high === this.#twins.memory.length;
    // The first place ends where memory ends.
    this.#high = (this.#high - size - (isFirst ? 0 : GAP)) & ~3;
    this.#check();
    return this.#high;
  }

  #check(): void {
    if (this.#low + GAP > this.#high) throw new Error('the places of an input do not fit into linear memory');
  }

  put(at: number, content: ArrayLike<number>): number {
    this.#twins.memory.set(content, at);
    return at;
  }

  word(at: number): number {
    return this.#twins.memory.readUInt32LE(at);
  }

  /** Writes fields of a record. */
  set(record: number, offsets: Offsets, fields: Readonly<Record<string, number>>): number {
    for (const [name, value] of Object.entries(fields))
      this.#twins.memory.writeUInt32LE(value >>> 0, record + offsets[name]);
    return record;
  }

  read(at: number, length: number): Buffer {
    return Buffer.from(this.#twins.memory.subarray(at, at + length));
  }

  call(name: CallName, ...words: number[]): number {
    return this.#twins.call(name, ...words);
  }
}
