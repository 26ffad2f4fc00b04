import { MqttError, type ProtocolVersion, Result } from '../core/index.js';
import { PacketError, refuse } from './errors.js';

/** Room before the body for the longest fixed header, bytes (2.1.4). */
const FIXED_HEADER = 5;
const LONGEST_BODY = 268_435_455;
/** Up to so many characters a loop writes faster than a call. */
const SHORT_TEXT = 40;

/** Buffers for later writers; one that writes while another does gets a new one. */
const spare: Buffer[] = [];
/** A buffer that one large packet made larger than this is not kept. */
const LARGEST_SPARE = 65_536;

/** Writes the fields of one packet, then its fixed header in front of them. */
export class PacketWriter {
  #bytes = spare.pop() ?? Buffer.allocUnsafeSlow(1024);
  #at = FIXED_HEADER;
  readonly #strict: boolean;
  readonly #cmd: string;
  readonly #version: ProtocolVersion;

  constructor(cmd: string, version: ProtocolVersion, strict: boolean) {
    this.#cmd = cmd;
    this.#version = version;
    this.#strict = strict;
  }

  /** Bytes of the body so far. */
  get length(): number {
    return this.#at - FIXED_HEADER;
  }

  #room(length: number): number {
    const at = this.#at;
    this.#at = at + length;
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(this.#at * 2);
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }

  byte(value: number): void {
    this.#bytes[this.#room(1)] = value;
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value;
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#bytes.writeUInt32BE(value, at);
  }

  varint(value: number): void {
    this.#setVarint(this.#room(varintSize(value)), value);
  }

  #setVarint(at: number, value: number): void {
    let rest = value;
    for (let index = at; ; index++, rest >>>= 7) {
      this.#bytes[index] = rest < 0x80 ? rest : (rest & 0x7f) | 0x80;
      if (rest < 0x80) return;
    }
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#room(value.length));
  }

  /** A string or binary field with its length before it. */
  field(value: string | Uint8Array): void {
    if (typeof value === 'string') this.#text(value);
    else {
      this.#fieldLength(value.length);
      this.bytes(value);
    }
  }

  #text(text: string): void {
    if (text.length <= SHORT_TEXT && this.#ascii(text)) return;
    // Buffer would write U+FFFD in the place of half a surrogate pair and so change the text.
    if (this.#strict && !text.isWellFormed()) throw new PacketError(...this.#worded(Result.UTF8_INVALID));
    const at = this.#room(2 + text.length * 3);
    const length = this.#bytes.write(text, at + 2);
    this.#fieldLength(length, at);
    this.#at = at + 2 + length;
  }

  /** Writes a text of ASCII characters; false for another, of which nothing stays. */
  #ascii(text: string): boolean {
    const { length } = text;
    const at = this.#room(2 + length);
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) {
        this.#at = at;
        return false;
      }
      this.#bytes[at + 2 + index] = code;
    }
    this.#fieldLength(length, at);
    return true;
  }

  #fieldLength(length: number, at = this.#room(2)): void {
    if (length > 0xffff) throw new PacketError(...this.#worded(Result.STRING_TOO_LONG));
    this.#bytes[at] = length >> 8;
    this.#bytes[at + 1] = length;
  }

  /** Begins a list that has its length before it; gives what `endList` wants. */
  beginList(): number {
    return this.#room(1);
  }

  endList(start: number): void {
    const length = this.#at - start - 1;
    const extra = varintSize(length) - 1;
    if (extra > 0) {
      this.#room(extra);
      this.#bytes.copyWithin(start + 1 + extra, start + 1, this.#at - extra);
    }
    this.#setVarint(start, length);
  }

  /** Forgets what was written after the body had this length. */
  rewind(length: number): void {
    this.#at = FIXED_HEADER + length;
  }

  /** The packet without its payload: a view that lasts until `release`. */
  view(firstByte: number): Buffer {
    return this.#bytes.subarray(this.#header(firstByte, this.length), this.#at);
  }

  /** The packet, as bytes of their own. */
  finish(firstByte: number, payload?: Uint8Array): Buffer {
    const length = this.length + (payload?.length ?? 0);
    if (length > LONGEST_BODY) refuse(`Invalid variable byte integer: ${length}`);
    const start = this.#header(firstByte, length);
    const size = this.#at - start;
    const packet = Buffer.allocUnsafe(size + (payload?.length ?? 0));
    this.#bytes.copy(packet, 0, start, this.#at);
    if (payload) packet.set(payload, size);
    return packet;
  }

  /** Writes the fixed header so that it ends where the body begins; gives where it starts. */
  #header(firstByte: number, length: number): number {
    const start = FIXED_HEADER - 1 - varintSize(length);
    this.#bytes[start] = firstByte;
    this.#setVarint(start + 1, length);
    return start;
  }

  #worded(code: number): [string, MqttError] {
    const error = new MqttError(code, -1, this.#cmd, [], this.#version);
    return [error.message, error];
  }

  /** Gives the buffer back; the writer is of no use then. */
  release(): void {
    if (this.#bytes.length <= LARGEST_SPARE && spare.length < 4) spare.push(this.#bytes);
  }
}

const varintSize = (value: number) => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4);

/** Bytes of a packet by those of its body. */
export const packetSize = (body: number) => 1 + varintSize(body) + body;
