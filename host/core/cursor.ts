import { ChunkRecord, PacketFlag, PacketRecord } from '../../build/abi/core.js';
import { integer } from './arguments.js';
import { packetTypeNames, toObject } from './decode.js';
import { MqttError } from './errors.js';
import { chunkAddress, core, scratch, TABLE_CAPACITY, tableAddress } from './instance.js';
import type { Packet, ProtocolVersion, QoS } from './packets.js';
import { NOTHING, Source } from './source.js';

/** The largest packet of the protocol: fixed header of five bytes and 268,435,455 more (2.1.4). */
export const LARGEST_PACKET = 268_435_460;

export interface PacketDecoderOptions {
  /** Version of the packets that come; default 4. A CONNECT brings its own and sets it for those after it. */
  protocolVersion?: ProtocolVersion;
  /** Bytes; a larger packet is refused as soon as its length is known. Default: the protocol's limit. */
  maximumPacketSize?: number;
}

/** Up to so many bytes a loop copies faster than a call. */
const FEW = 24;
/** Bytes of memory for pending bytes at the least. */
const SMALLEST = 64;
const STRIDE = PacketRecord.SUMMARY_SIZE >> 2;
/** Word of the row of zeros before the table: what a cursor shows when it shows no packet. */
const NONE = (tableAddress >> 2) - STRIDE;
/** Words of the Chunk record. */
const USED = (chunkAddress + ChunkRecord.used) >> 2;
const NEEDED = (chunkAddress + ChunkRecord.needed) >> 2;
const RESULT = (chunkAddress + ChunkRecord.result) >> 2;
const ERROR_OFFSET = (chunkAddress + ChunkRecord.errorOffset) >> 2;
const FAILED_TYPE = (chunkAddress + ChunkRecord.type) >> 2;
const VERSION = (chunkAddress + ChunkRecord.protocolVersion) >> 2;
/** Words of a summary. */
const TYPE = PacketRecord.type >> 2;
const FLAGS = PacketRecord.flags >> 2;
const LENGTH = PacketRecord.length >> 2;
const PACKET_ID = PacketRecord.packetId >> 2;
const REASON_CODE = PacketRecord.reasonCode >> 2;
const TOPIC = PacketRecord.topic >> 2;
const TOPIC_LENGTH = PacketRecord.topicLength >> 2;
const TOPIC_ALIAS = PacketRecord.topicAlias >> 2;
const PAYLOAD = PacketRecord.payload >> 2;
const PAYLOAD_LENGTH = PacketRecord.payloadLength >> 2;

/** Whose packets the table in linear memory holds. */
let holder: PacketCursor | undefined;

/**
 * Decodes the control packets of one byte stream, which may come in any fragments, without making objects: `next`
 * moves to a packet, the getters read its integers, topic and payload are made when they are asked for. Before the
 * first packet and after the last one they give zeros.
 */
export class PacketCursor {
  protocolVersion: ProtocolVersion;
  readonly #maximumPacketSize: number;
  /** The first `#pendingLength` bytes of it are what came of a packet that is not complete yet. */
  #pending: Buffer = NOTHING;
  #pendingLength = 0;
  /** Bytes at which it is worth to look again. */
  #wanted = 1;
  #failure: MqttError | undefined;
  readonly #source = new Source();
  /** Address of a byte less its index in the source. */
  #shift = 0;
  /** Bytes of the source that were decoded. */
  #done = 0;
  /** Scratch memory holds the source as long as this is its generation. */
  #generation = -1;
  /** The table: linear memory, or a copy of it when another cursor needed the place. */
  #words = scratch.u32;
  /** First word of the packet that is shown, and of the last one. */
  #at = NONE;
  #last = NONE;
  /** Set when the table was full: there is more in the source. */
  #more = false;

  static {
    scratch.onGrow = () => {
      if (holder) holder.#words = scratch.u32;
    };
  }

  /** @throws TypeError or RangeError when an option is no integer of its range. */
  constructor({ protocolVersion = 4, maximumPacketSize = LARGEST_PACKET }: PacketDecoderOptions = {}) {
    integer(protocolVersion, 3, 5, 'protocolVersion');
    this.protocolVersion = protocolVersion;
    this.#maximumPacketSize = integer(maximumPacketSize, 1, 0xffffffff, 'maximumPacketSize');
  }

  /**
   * Takes the next bytes of the stream; call `next` for the packets that are complete with them. What is left of a
   * chunk is kept, not copied: the chunk must not be written to until its packets came out.
   *
   * @returns false when no packet can be complete yet, so that `next` need not be called
   * @throws MqttError when the stream was malformed before, until `reset`; TypeError when the chunk is no Uint8Array,
   * the stream stays as it was then
   */
  push(chunk: Uint8Array): boolean {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('chunk must be a Uint8Array');
    const length = this.#pendingLength + chunk.length;
    if (length < this.#wanted && length <= this.#pending.length && chunk.length <= FEW) {
      for (let n = 0; n < chunk.length; n++) this.#pending[this.#pendingLength + n] = chunk[n];
      this.#pendingLength = length;
      return false;
    }
    return this.#take(chunk);
  }

  #take(chunk: Uint8Array): boolean {
    if (this.#failure) throw this.#failure;
    if (this.#more) this.#keep();
    this.#leave();
    if (this.#pendingLength > 0 || chunk.length < this.#wanted) {
      this.#append(chunk);
      if (this.#pendingLength < this.#wanted) return false;
      this.#source.open(this.#pending, this.#pendingLength);
    } else {
      this.#source.open(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    }
    this.#done = 0;
    this.#generation = -1;
    this.#decode();
    return this.#last !== this.#at || this.#failure !== undefined;
  }

  /**
   * Moves to the next packet; false when there is none yet.
   *
   * @throws MqttError when the packet is malformed: from then on `push` throws the same, until `reset`
   */
  next(): boolean {
    if (this.#at !== this.#last) {
      this.#at += STRIDE;
      return true;
    }
    return this.#further();
  }

  #further(): boolean {
    if (this.#more) {
      this.#decode();
      if (this.#at !== this.#last) return this.next();
    }
    this.#leave();
    if (this.#failure) throw this.#failure;
    return false;
  }

  /** Forgets the stream: what was left of it and its error. */
  reset(): void {
    this.#pending = NOTHING;
    this.#pendingLength = 0;
    this.#wanted = 1;
    this.#failure = undefined;
    this.#leave();
  }

  /** Shows nothing; the table is free for another cursor. */
  #leave(): void {
    if (holder === this) holder = undefined;
    this.#words = scratch.u32;
    this.#at = NONE;
    this.#last = NONE;
    this.#more = false;
  }

  /** PacketType: 1 CONNECT to 15 AUTH. */
  get type(): number {
    return this.#words[this.#at + TYPE];
  }

  get qos(): QoS {
    return ((this.#words[this.#at + FLAGS] >> 1) & 3) as QoS;
  }

  get retain(): boolean {
    return (this.#words[this.#at + FLAGS] & 1) !== 0;
  }

  get dup(): boolean {
    return (this.#words[this.#at + FLAGS] & 8) !== 0;
  }

  /** Bytes of the whole packet. */
  get length(): number {
    return this.#words[this.#at + LENGTH];
  }

  /** 1 to 65,535, or 0 when there is none. */
  get packetId(): number {
    return this.#words[this.#at + PACKET_ID];
  }

  get reasonCode(): number {
    return this.#words[this.#at + REASON_CODE];
  }

  /** Topic Alias of a PUBLISH, 0 when there is none. */
  get topicAlias(): number {
    return this.#words[this.#at + TOPIC_ALIAS];
  }

  /** Bytes of the topic. */
  get topicLength(): number {
    return this.#words[this.#at + TOPIC_LENGTH];
  }

  /** Bytes of the payload. */
  get payloadLength(): number {
    return this.#words[this.#at + PAYLOAD_LENGTH];
  }

  /** The Topic Name of a PUBLISH. */
  get topic(): string {
    const start = this.#words[this.#at + TOPIC] - this.#shift;
    this.#source.ascii = (this.#words[this.#at + FLAGS] & PacketFlag.NOT_ASCII) === 0;
    return this.#source.text(start, start + this.#words[this.#at + TOPIC_LENGTH]);
  }

  /** The payload of a PUBLISH: a view on the caller's bytes. */
  get payload(): Buffer {
    const start = this.#words[this.#at + PAYLOAD] - this.#shift;
    return this.#source.view(start, start + this.#words[this.#at + PAYLOAD_LENGTH]);
  }

  /**
   * The packet as a plain object; its payload and binary properties are views on the caller's bytes.
   *
   * @throws Error when no packet is shown
   */
  toObject(): Packet {
    if (this.type === 0) throw new Error('the cursor shows no packet; call next()');
    return toObject(this.#words, this.#at, this.#source, this.#shift);
  }

  /** Adds to what is pending, in memory of our own; it grows with what came, not with what a packet claims. */
  #append(chunk: Uint8Array): void {
    const length = this.#pendingLength + chunk.length;
    if (length > this.#pending.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, SMALLEST, Math.min(this.#wanted, length * 2)));
      grown.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = grown;
    }
    if (chunk.length > FEW) this.#pending.set(chunk, this.#pendingLength);
    else for (let n = 0; n < chunk.length; n++) this.#pending[this.#pendingLength + n] = chunk[n];
    this.#pendingLength = length;
  }

  /** What was not decoded of the source is pending: a view, so that adding to it makes a copy. */
  #keep(): void {
    const { bytes, length } = this.#source;
    this.#pendingLength = length - this.#done;
    if (this.#pendingLength === 0) this.#pending = NOTHING;
    else if (this.#done > 0 || this.#pending !== bytes) this.#pending = bytes.subarray(this.#done, length);
  }

  /** Fills the table with the next packets of the source. */
  #decode(): void {
    const left = this.#source.length - this.#done;
    if (scratch.generation !== this.#generation) {
      const input = scratch.reserve(left);
      this.#load(input, left);
      this.#generation = scratch.generation;
      this.#shift = input - this.#done;
    }
    if (holder !== undefined && holder !== this) holder.#moveTable();
    holder = this;
    this.#words = scratch.u32;
    const count = core.mqtt_decode_chunk(
      this.#shift + this.#done,
      left,
      this.protocolVersion,
      this.#maximumPacketSize,
      tableAddress,
      TABLE_CAPACITY,
      chunkAddress,
    );
    this.#at = NONE;
    this.#last = NONE + count * STRIDE;
    this.#settle();
  }

  /** Copies the rest of the source into linear memory. */
  #load(input: number, left: number): void {
    const { bytes } = this.#source;
    const from = this.#done;
    if (left > FEW) scratch.u8.set(left === bytes.length ? bytes : bytes.subarray(from, from + left), input);
    else for (let n = 0; n < left; n++) scratch.u8[input + n] = bytes[from + n];
  }

  /** Copies what is still to be shown: another cursor needs the table. */
  #moveTable(): void {
    this.#words = this.#words.slice(this.#at, this.#last + STRIDE);
    this.#last -= this.#at;
    this.#at = 0;
  }

  /** Takes over what the Chunk record says. */
  #settle(): void {
    const needed = this.#words[NEEDED];
    const result = this.#words[RESULT] | 0;
    this.protocolVersion = this.#words[VERSION] as ProtocolVersion;
    this.#done += this.#words[USED];
    this.#more = result === 0 && needed === 0;
    if (this.#more) return;
    this.#keep();
    this.#wanted = this.#pendingLength + needed;
    if (result < 0) {
      const name = packetTypeNames[this.#words[FAILED_TYPE]] ?? 'packet';
      this.#failure = new MqttError(result, this.#words[ERROR_OFFSET], name);
      this.#wanted = 0;
    }
  }
}
