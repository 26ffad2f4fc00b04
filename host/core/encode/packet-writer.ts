import { Result } from '../../../build/abi/core.js';
import { allocateOwn, keepFromTransfer, View } from '../bytes/views.js';
import { MqttError } from '../mqtt-error.js';
import { LARGEST_PACKET, type ProtocolVersion } from '../packets.js';

/** Up to this many bytes, a loop writes faster than a call. */
const FEW = 16;
/** Bytes of memory that packets share, like small Buffers of Node; a larger packet gets memory of its own. */
const SHARED = 16_384;
/**
 * Bytes that `begin`, `writeString`, `raw` and `room` leave free after what they write, because integers do not check for room.
 * All properties that are integers take less together; a caller that writes more of them calls `room` in between.
 */
const SPARE = 256;
/** Bytes; indices beyond this would not fit into the integers that engines handle fast. */
const LARGEST_MEMORY = 2 ** 30;
/** The shortest fixed header, bytes (2.1.1). */
const SHORT_HEADER = 2;
/** The largest Remaining Length (1.5.5). */
export const LARGEST_BODY = LARGEST_PACKET - 5;

const NONE = allocateOwn(0);
const NO_WORDS = new Uint32Array(0);
const NO_DATA = new DataView(NONE.buffer, 0, 0);

const varintSize = (value: number) => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4);

/** Length of a packet, bytes, from that of its body. */
export const packetSize = (body: number) => 1 + varintSize(body) + body;

/**
 * Writes packets one after the other: `begin`, the fields of the body in order, `close`, `finish`. The next `begin` discards a
 * packet that was not finished. `take` hands the finished packets to the caller, who then owns them.
 *
 * Whoever writes a value that is not sure to be valid where it stands clears `isProven`: the core reads that packet then.
 */
export class PacketWriter {
  bytes: Buffer = NONE;
  /** The same memory in words. */
  words = NO_WORDS;
  /** The same memory for numbers at any index. */
  data = NO_DATA;
  /** Start of the body of the packet that is being written. */
  body = 0;
  /** Index of the next byte. */
  at = 0;
  /** Whether all that the packet holds so far is surely valid. */
  isProven = true;
  /** `bytes.buffer`, whose getter is slow. */
  #memory: ArrayBufferLike = this.bytes.buffer;
  /** The largest index that `room` allows without taking other memory. */
  #limit = -1;
  /** Start and end of the finished packets that were not taken. */
  #first = 0;
  #end = 0;
  #version: ProtocolVersion = 5;
  /** Bytes reserved for the fixed header: those that the previous packet needed, which are mostly enough. */
  #header = SHORT_HEADER;
  /** Bytes of memory to take for small packets. */
  readonly #usual: number;

  constructor(usual = SHARED) {
    this.#usual = usual;
  }

  /** Begins a packet. @param protocolVersion the standard that errors cite */
  begin(protocolVersion: ProtocolVersion): void {
    this.#version = protocolVersion;
    this.isProven = true;
    this.at = this.#end;
    this.room(0);
    this.at += this.#header;
    this.body = this.at;
  }

  /** Bytes of the body so far. */
  get length(): number {
    return this.at - this.body;
  }

  /** Discards what was written after the body had this length. */
  rewind(length: number): void {
    this.at = this.body + length;
  }

  /** Makes sure that `length` more bytes fit, with SPARE bytes of integers after them. */
  room(length: number): void {
    if (this.at + length > this.#limit) this.#grow(length);
  }

  /** Continues in other memory, into which it copies what was not taken. */
  #grow(length: number): void {
    const kept = this.at - this.#first;
    if (kept + length > LARGEST_MEMORY)
      throw new RangeError('packets of more than 1 GiB in one piece: take them before');
    const bytes = allocateOwn(Math.max(this.#usual, Math.ceil((kept * 2 + length + SPARE) / 4) * 4));
    // Packets are views on it: transferring one of them to a worker must not detach the others.
    keepFromTransfer(bytes.buffer);
    bytes.set(this.bytes.subarray(this.#first, this.at));
    this.bytes = bytes;
    this.#memory = bytes.buffer;
    this.#limit = bytes.length - SPARE;
    this.words = new Uint32Array(bytes.buffer);
    this.data = new DataView(bytes.buffer);
    this.at = kept;
    this.body -= this.#first;
    this.#end -= this.#first;
    this.#first = 0;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  u16(value: number): void {
    const { bytes, at } = this;
    bytes[at] = value >> 8;
    bytes[at + 1] = value;
    this.at = at + 2;
  }

  u32(value: number): void {
    const { bytes, at } = this;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
    this.at = at + 4;
  }

  /** A variable byte integer (1.5.5), 0 to 268,435,455. */
  varint(value: number): void {
    this.at = this.#putVarint(this.at, value);
  }

  #putVarint(start: number, value: number): number {
    const { bytes } = this;
    let at = start;
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
    bytes[at++] = rest;
    return at;
  }

  /** Bytes as they are. */
  raw(value: Uint8Array, length = value.length): void {
    this.room(length);
    const { bytes, at } = this;
    if (length > FEW) bytes.set(value, at);
    else for (let n = 0; n < length; n++) bytes[at + n] = value[n];
    this.at = at + length;
  }

  /** Binary data with its length before it (1.5.6). @throws MqttError STRING_TOO_LONG over 65,535 bytes */
  binary(value: Uint8Array, packetType: string, field: string): void {
    const { length } = value;
    if (length > 0xffff) this.refuse(Result.STRING_TOO_LONG, `${packetType}: ${field}`);
    this.u16(length);
    this.raw(value, length);
  }

  /** Begins a list with its length before it; returns the argument for `endList`. */
  beginList(): number {
    this.byte(0);
    return this.length;
  }

  /** Ends the list; returns its length in bytes. */
  endList(start: number): number {
    const length = this.length - start;
    const extra = varintSize(length) - 1;
    if (extra > 0) this.#shift(this.at - length, extra);
    this.#putVarint(this.at - length - 1 - extra, length);
    return length;
  }

  /** Moves the bytes from `start` to the end by `distance`. */
  #shift(start: number, distance: number): void {
    const length = this.at - start;
    this.room(distance);
    // `room` may have taken other memory, in which `start` is another index.
    const from = this.at - length;
    this.bytes.copyWithin(from + distance, from, this.at);
    this.at += distance;
  }

  /**
   * Makes place for the fixed header of a packet with this payload after what was written.
   *
   * @throws MqttError PACKET_TOO_LARGE
   */
  close(payloadLength: number, packetType: string): void {
    const whole = this.length + payloadLength;
    if (whole > LARGEST_BODY) this.refuse(Result.PACKET_TOO_LARGE, packetType);
    const header = 1 + varintSize(whole);
    const more = header - this.#header;
    if (more === 0) return;
    this.#shift(this.body, more);
    this.body += more;
    this.#header = header;
  }

  /** Puts a fixed header before the body; returns its index. @param length Remaining Length, at most that of the closed packet */
  header(firstByte: number, length = this.length): number {
    const start = this.body - 1 - varintSize(length);
    this.bytes[start] = firstByte;
    this.#putVarint(start + 1, length);
    return start;
  }

  /** Completes the closed packet with this payload. */
  finish(firstByte: number, payload?: Uint8Array, payloadLength = 0): void {
    this.header(firstByte, this.length + payloadLength);
    if (payload !== undefined) this.raw(payload, payloadLength);
    this.#end = this.at;
  }

  /** Writes a whole packet of parts that need no check. @throws MqttError PACKET_TOO_LARGE */
  whole(firstByte: number, head: Uint8Array, payload: Uint8Array, packetType: string): void {
    const length = head.length + payload.length;
    if (length > LARGEST_BODY) this.refuse(Result.PACKET_TOO_LARGE, packetType);
    this.at = this.#end;
    this.room(length);
    const { bytes } = this;
    bytes[this.at] = firstByte;
    const body = this.#putVarint(this.at + 1, length);
    bytes.set(head, body);
    bytes.set(payload, body + head.length);
    this.#end = body + length;
  }

  /** @throws MqttError */
  refuse(code: number, what: string): never {
    throw new MqttError(code, -1, what, [], this.#version);
  }

  /** Length of the finished packets, bytes. */
  get finished(): number {
    return this.#end - this.#first;
  }

  /** The finished packets as a view that is valid until the next packet begins. */
  view(): Buffer {
    return new View(this.#memory, this.#first, this.#end - this.#first);
  }

  /** The finished packets, which the caller then owns. */
  take(): Buffer {
    const packets = this.view();
    this.#first = this.#end;
    if (this.isLarge) this.#forget();
    return packets;
  }

  /** Whether it holds more memory than that for small packets. */
  get isLarge(): boolean {
    return this.#limit > this.#usual - SPARE;
  }

  /** Leaves its memory to those who took packets from it. */
  #forget(): void {
    this.bytes = NONE;
    this.words = NO_WORDS;
    this.data = NO_DATA;
    this.#memory = NONE.buffer;
    this.#limit = -1;
    this.#first = 0;
    this.#end = 0;
  }

  /** Discards the finished packets; their memory is used again. */
  reset(): void {
    this.#end = this.#first;
  }
}

/** The writer that is not in use. */
let idle: PacketWriter | undefined;

/** A writer for one packet; give it back. A getter of that packet may encode another one meanwhile, with another writer. */
export function borrowWriter(): PacketWriter {
  const writer = idle ?? new PacketWriter();
  idle = undefined;
  return writer;
}

export function giveBack(writer: PacketWriter): void {
  if (!writer.isLarge) idle = writer;
}
