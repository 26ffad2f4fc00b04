// Without "node:": the bundles for browsers and workerd have the npm package of this name in them.
import { EventEmitter } from 'events';
import { checkChunk, isBytes } from '../../core/bytes/check-arguments.js';
import { asView, joined, NOTHING } from '../../core/bytes/views.js';
import { describeResult, MqttError, PacketCursor, PacketDecoder, refusalWords } from '../../core/index.js';
import { PacketError, refuse } from '../packet-error.js';
import type { Packet, ParserOptions } from '../packet-types.js';
import { type Frames, findFrames } from './find-frames.js';
import { fromCore, fromCursor } from './packet-from-core.js';
import { checkFirstByte, readLeniently } from './read-leniently.js';

const LENGTH_TOO_LONG = 'Invalid variable byte integer';

export interface ParserEvents {
  packet: [packet: Packet];
  error: [error: PacketError];
}

/** Parses the packets of one byte stream; see `parser`. */
export class Parser extends EventEmitter {
  /** The options; after a CONNECT, that packet. */
  settings: ParserOptions;
  /** The error that ended the stream, until the next `parse`. */
  error: PacketError | null = null;
  readonly #lenient: boolean;
  readonly #cursor = new PacketCursor();
  /** Chunks of a packet that is not complete. */
  #pending: Uint8Array[] = [];
  #pendingLength = 0;
  /** How many pending bytes it takes to try again. */
  #wanted = 1;
  /** How many pending bytes belong to a fixed header that was read. */
  #known = 0;
  /** Packets that were found and not emitted. */
  #found: Packet[] = [];
  #broken: PacketError | undefined;
  #delivering = false;

  constructor(options: ParserOptions = {}) {
    super();
    this.settings = options;
    this.#lenient = options.lenient === true;
  }

  /**
   * Takes the next chunk of the stream and emits `packet` for each packet that it completes. A payload is a view on the chunk
   * when no earlier chunk was waiting for it. At the first refused packet it emits `error` with a PacketError and nothing
   * more; the next call begins a new stream.
   *
   * @returns how many bytes wait for the rest of their packet, without its fixed header
   * @throws TypeError when the chunk is not a Uint8Array; RangeError beyond 1.5 GiB, which the core does not take at once; the
   * PacketError when `error` has no listener
   */
  parse(chunk: Uint8Array): number {
    if (!isBytes(chunk)) throw new TypeError('parse takes a Buffer or Uint8Array');
    if (this.error) this.#reset();
    if (!this.#lenient) checkChunk(chunk, this.#pendingLength);
    this.#pending.push(chunk);
    this.#pendingLength += chunk.length;
    if (this.#pendingLength >= this.#wanted) this.#read();
    const unread = this.#pendingLength - this.#known;
    this.#deliver();
    return unread;
  }

  #reset(): void {
    this.error = null;
    this.#keep(NOTHING, 0, 1);
  }

  #keep(rest: Uint8Array, unread: number, wanted: number): void {
    this.#pending = rest.length > 0 ? [rest] : [];
    this.#pendingLength = rest.length;
    this.#known = rest.length - unread;
    this.#wanted = wanted;
  }

  #read(): void {
    const bytes = inOnePiece(this.#pending, this.#pendingLength);
    try {
      if (this.#lenient) this.#readLeniently(bytes);
      else this.#readStrictly(bytes);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.error = error;
      this.#broken = error;
    }
  }

  get #version(): 3 | 4 | 5 {
    const { protocolVersion } = this.settings;
    return protocolVersion === 3 || protocolVersion === 5 ? protocolVersion : 4;
  }

  #add(packet: Packet): void {
    if (packet.cmd === 'connect') this.settings = packet;
    this.#found.push(packet);
  }

  /** Keeps the beginning of a packet that is not complete; returns the packets from `start` on. */
  #split(bytes: Buffer, start: number): Frames {
    const frames = findFrames(bytes, start);
    this.#keep(frames.rest < bytes.length ? bytes.subarray(frames.rest) : NOTHING, frames.unread, frames.wanted);
    return frames;
  }

  #readLeniently(bytes: Buffer): void {
    const { whole, rest, tooLong } = this.#split(bytes, 0);
    for (const { start, body, end } of whole) {
      this.#add(readLeniently(bytes[start], bytes.subarray(body, end), this.settings, body - start));
    }
    if (rest < bytes.length) checkFirstByte(bytes[rest]);
    if (tooLong) refuse(LENGTH_TOO_LONG);
  }

  /** Passes all bytes to the core in one piece, since it also refuses an incomplete packet by its fixed header. */
  #readStrictly(bytes: Buffer): void {
    const cursor = this.#cursor;
    let start = 0;
    while (true) {
      cursor.reset();
      cursor.protocolVersion = this.#version;
      try {
        cursor.push(start === 0 ? bytes : bytes.subarray(start));
        while (cursor.next()) {
          const end = start + cursor.length;
          this.#add(fromCursor(cursor, bytes[start], end - bodyOf(bytes, start), this.#version));
          start = end;
        }
        this.#split(bytes, start);
        return;
      } catch (error) {
        if (!(error instanceof MqttError)) throw error;
        start = this.#refused(bytes, start, error);
      }
    }
  }

  /** Throws the worded error about the packet at `start`; returns the packet's end when it is accepted all the same. */
  #refused(bytes: Buffer, start: number, error: MqttError): number {
    const { whole, tooLong } = this.#split(bytes, start);
    const firstByte = bytes[start];
    if (whole.length === 0) {
      throw worded(error, () => {
        checkFirstByte(firstByte);
        if (tooLong) refuse(LENGTH_TOO_LONG);
        if (error.codeName === 'PACKET_TYPE_RESERVED') readLeniently(firstByte, NOTHING, this.settings);
      });
    }
    const [{ body, end }] = whole;
    const packet = this.#version === 5 ? refusedByOlderServer(bytes.subarray(start, end)) : undefined;
    if (!packet) throw worded(error, () => readLeniently(firstByte, bytes.subarray(body, end), this.settings));
    this.#add(packet);
    return end;
  }

  /** Emits what was found, in order even when a listener calls `parse`. When a listener throws, the rest is emitted next time. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    let done = 0;
    try {
      while (done < this.#found.length) this.emit('packet', this.#found[done++]);
      const error = this.#broken;
      this.#broken = undefined;
      if (error) this.emit('error', error);
    } finally {
      this.#found = this.#found.slice(done);
      this.#delivering = false;
    }
  }
}

/**
 * Reads the CONNACK of a server without MQTT 5, which refuses a client in its own version: two bytes, no properties
 * (3.1.1, MQTT-3.1.2-2). A client of MQTT 5 must see why it was refused.
 */
function refusedByOlderServer(packet: Buffer): Packet | undefined {
  const isShortConnack = packet[0] === 0x20 && packet[1] === 2 && packet[3] !== 0;
  if (!isShortConnack) return undefined;
  try {
    return fromCore(new PacketDecoder().push(packet)[0], packet[0], packet[1], 5);
  } catch {
    return undefined;
  }
}

/** Start of the body of a packet whose fixed header the core accepted (2.1.4). */
function bodyOf(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (bytes[at++] >= 0x80);
  return at;
}

/** The chunks as one Buffer; a single chunk is not copied. */
function inOnePiece(chunks: Uint8Array[], length: number): Buffer {
  return chunks.length > 1 ? joined(chunks, length) : asView(chunks[0]);
}

/** The error of the core, in the words of mqtt-packet when that refuses the packet too. */
function worded(error: MqttError, read: () => unknown): PacketError {
  try {
    read();
  } catch (known) {
    if (known instanceof PacketError) return new PacketError(known.message, error);
    throw known;
  }
  return new PacketError(refusalOf(error) ?? error.message, error);
}

/** A CONNACK that refuses, in the words of MQTT.js: its users look for the reason, whatever else is wrong with the packet. */
function refusalOf({ receivedCode, packetType, protocolVersion, byteOffset, code }: MqttError): string | undefined {
  if (receivedCode === undefined || packetType !== 'connack') return undefined;
  const rule = describeResult(code, packetType, protocolVersion);
  return `Connection refused: ${refusalWords(protocolVersion, receivedCode)}; in this CONNACK, byte ${byteOffset}, ${rule}`;
}

/**
 * Makes a parser: an EventEmitter with the events `packet` and `error`, and the method `parse`.
 *
 * @param options a client's options or a CONNECT packet will do; `protocolVersion` is read again for each chunk
 *
 * @example
 * ```ts
 * import mqttPacket, { type Packet, type Parser, type ParserOptions, parser } from 'wasmqtt/mqtt-packet';
 *
 * const options: ParserOptions = { protocolVersion: 5 };
 * const parsing: Parser = parser(options);
 * const seen: Packet[] = [];
 * parsing.on('packet', (packet) => seen.push(packet)).on('error', (error) => console.error(error.message));
 * parsing.parse(mqttPacket.generate({ cmd: 'pingreq' }));
 * seen[0].cmd; // => 'pingreq'
 * ```
 */
export function parser(options?: ParserOptions): Parser {
  return new Parser(options ?? {});
}
