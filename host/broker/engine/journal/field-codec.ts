import { asciiText } from '../../../core/bytes/strings.js';

/** Fields one after the other, in a buffer that grows. */
export class FieldWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  clear(): void {
    this.#length = 0;
    // One large record must not keep its room for ever.
    if (this.#bytes.length > 65_536) this.#bytes = new Uint8Array(256);
  }

  /** A copy of what was written since `clear`. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  byte(value: number): void {
    this.#need(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte, the lowest first. */
  number(value: number): void {
    this.#need(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  bytes(value: Uint8Array): void {
    this.number(value.length);
    this.#need(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    this.bytes(encoder.encode(value));
  }

  list<T>(values: readonly T[], write: (value: T) => void): void {
    this.number(values.length);
    for (const value of values) write(value);
  }

  optional<T>(value: T | undefined, write: (value: T) => void): void {
    this.byte(value === undefined ? 0 : 1);
    if (value !== undefined) write(value);
  }

  #need(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to this many bytes, a loop copies faster than a call. */
const FEW = 64;

/** Bytes of a page, which lives as long as one of the copies in it. */
const PAGE = 8192;
let page = new ArrayBuffer(PAGE);
let used = 0;

/** Room for a few bytes, in a page with others: memory of its own would take 120 bytes more. */
function placeFor(length: number): Uint8Array {
  if (used + length > PAGE) {
    page = new ArrayBuffer(PAGE);
    used = 0;
  }
  used += length;
  return new Uint8Array(page, used - length, length);
}

/** Reads what `FieldWriter` wrote. Every call throws RangeError at the end of the bytes. A start-up reads millions of fields. */
export class FieldReader {
  readonly #bytes: Buffer;
  #at: number;

  /** @param from index of the first field */
  constructor(bytes: Uint8Array, from = 0) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = from;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#pass(1)];
  }

  number(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.#longNumber(first & 0x7f);
  }

  #longNumber(first: number): number {
    let value = first;
    for (let factor = 0x80; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number has more than eight bytes');
  }

  /** A copy. */
  bytes(): Uint8Array {
    const length = this.number();
    const from = this.#pass(length);
    if (length > FEW) return new Uint8Array(this.#bytes.subarray(from, from + length));
    const copy = placeFor(length);
    for (let n = 0; n < length; n++) copy[n] = this.#bytes[from + n];
    return copy;
  }

  /** @throws TypeError for what is not UTF-8 */
  text(): string {
    const length = this.number();
    const from = this.#pass(length);
    const end = from + length;
    let at = from;
    while (at < end && this.#bytes[at] < 0x80) at++;
    // Most topics and client ids: much faster than the decoder.
    return at === end ? asciiText(this.#bytes, from, end) : decoder.decode(this.#bytes.subarray(from, end));
  }

  list<T>(read: () => T): T[] {
    const values: T[] = [];
    for (let count = this.number(); count > 0; count--) values.push(read());
    return values;
  }

  optional<T>(read: () => T): T | undefined {
    return this.byte() === 0 ? undefined : read();
  }

  /** Moves behind this many bytes, and returns the index of the first of them. */
  #pass(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw new RangeError(`it ends at byte ${this.#bytes.length}`);
    this.#at = from + length;
    return from;
  }
}
