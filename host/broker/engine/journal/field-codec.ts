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

/** Most bytes for which this is faster than the decoder: most topics and client ids. */
const SHORT = 48;

/** Undefined for what is long, or not only ASCII. */
function asciiText(bytes: Uint8Array): string | undefined {
  if (bytes.length > SHORT) return undefined;
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Reads what `FieldWriter` wrote. Every call throws RangeError at the end of the bytes. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#slice(1)[0];
  }

  number(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number has more than eight bytes');
  }

  /** A copy. */
  bytes(): Uint8Array {
    // `slice` of a Buffer would be a view of the whole record.
    return new Uint8Array(this.#slice(this.number()));
  }

  /** @throws TypeError for what is not UTF-8 */
  text(): string {
    const bytes = this.#slice(this.number());
    return asciiText(bytes) ?? decoder.decode(bytes);
  }

  list<T>(read: () => T): T[] {
    const values: T[] = [];
    for (let count = this.number(); count > 0; count--) values.push(read());
    return values;
  }

  optional<T>(read: () => T): T | undefined {
    return this.byte() === 0 ? undefined : read();
  }

  #slice(length: number): Uint8Array {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw new RangeError(`it ends at byte ${this.#bytes.length}`);
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }
}
