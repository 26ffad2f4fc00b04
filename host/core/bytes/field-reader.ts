import { slices } from './slices.js';
import { NOTHING, View } from './views.js';

/** Bytes that are too many to be kept. */
const LARGE = 65_536;
/** Bytes that become one string where strings lie close together; a short string may keep that many alive, of its own packet. */
const WINDOW = 1024;

/**
 * Reads texts, views, and from `at` on the fields of the standard (1.5) out of the bytes of packets. The core has accepted
 * them, so nothing is checked here.
 *
 * Making a string costs the same for 10 bytes as for 200. Where strings lie close together, a window becomes one string
 * and they are cut from it.
 */
export class FieldReader {
  bytes: Buffer = NOTHING;
  /** How many of the bytes are valid. */
  length = 0;
  /** Where the next field is read. */
  at = 0;
  /** Whether every string is ASCII. */
  ascii = true;
  /** Where the strings end that may be kept with the next ones: no window reaches beyond. */
  limit = 0;
  #memory: ArrayBufferLike = NOTHING.buffer;
  #offset = 0;
  #window = '';
  #from = 0;
  #to = 0;
  /** End of the last string that was not cut from the window. */
  #last = -WINDOW;

  open(bytes: Buffer, length = bytes.length): this {
    this.bytes = bytes;
    this.length = length;
    this.limit = length;
    this.#memory = bytes.buffer;
    this.#offset = bytes.byteOffset;
    this.#window = '';
    this.#from = 0;
    this.#to = 0;
    this.#last = -WINDOW;
    return this;
  }

  /** Lets go of bytes that are too many to be kept until others are opened. */
  letGo(): void {
    if (this.length > LARGE) this.open(NOTHING);
  }

  view(start: number, end: number): Buffer {
    return start === end ? NOTHING : new View(this.#memory, this.#offset + start, end - start);
  }

  text(start: number, end: number): string {
    if (!this.ascii) return this.unicode(start, end);
    if (start >= this.#from && end <= this.#to) return this.#window.substring(start - this.#from, end - this.#from);
    return this.#outside(start, end);
  }

  /** The text of a topic, which may be kept for long: no other text is kept with it. */
  topic(start: number, end: number): string {
    if (!this.ascii) return this.unicode(start, end);
    return start === end ? '' : slices.latin1Slice.call(this.bytes, start, end);
  }

  /** The text of bytes that are not all ASCII. */
  protected unicode(start: number, end: number): string {
    return slices.utf8Slice.call(this.bytes, start, end);
  }

  #outside(start: number, end: number): string {
    if (start === end) return '';
    const isNear = start - this.#last < WINDOW / 2 && end - start < WINDOW / 4;
    this.#last = end;
    if (!isNear) return slices.latin1Slice.call(this.bytes, start, end);
    this.#from = start;
    this.#to = Math.min(start + WINDOW, Math.max(this.limit, end));
    this.#window = slices.latin1Slice.call(this.bytes, start, this.#to);
    return this.#window.substring(0, end - start);
  }

  /** Two Byte Integer (1.5.2). */
  u16(): number {
    const { bytes, at } = this;
    this.at = at + 2;
    return (bytes[at] << 8) | bytes[at + 1];
  }

  /** Four Byte Integer (1.5.3). */
  u32(): number {
    return this.u16() * 65_536 + this.u16();
  }

  /** Variable Byte Integer (1.5.5). */
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  /** UTF-8 Encoded String (1.5.4). */
  string(): string {
    const length = this.u16();
    const start = this.at;
    this.at = start + length;
    return this.text(start, this.at);
  }

  /** Binary Data (1.5.6). */
  binary(): Buffer {
    const length = this.u16();
    const start = this.at;
    this.at = start + length;
    return this.view(start, this.at);
  }
}
