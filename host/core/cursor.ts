import { ChunkRecord, DecodeOption, PacketFlag, PacketRecord, Result } from '../../build/abi/core.js';
import { flag, integer } from './arguments.js';
import { packetTypeNames, toObject } from './decode.js';
import { MqttError } from './errors.js';
import { chunkAddress, core, scratch, TABLE_CAPACITY, tableAddress } from './instance.js';
import { LARGEST_PACKET, type PacketDecoderOptions } from './options.js';
import type { Packet, ProtocolVersion, QoS } from './packets.js';
import { PayloadPieces } from './pieces.js';
import { asciiText, utf8Text } from './strings.js';

const NOTHING: Buffer = Buffer.alloc(0);
/** Up to so many bytes a loop copies faster than a call. */
const FEW = 24;
/** Bytes that memory for pending bytes grows by at the least. */
const SMALLEST = 64;
const STRIDE = PacketRecord.SUMMARY_SIZE >> 2;
const TABLE = tableAddress >> 2;
/** Words of the Chunk record. */
const USED = (chunkAddress + ChunkRecord.used) >> 2;
const NEEDED = (chunkAddress + ChunkRecord.needed) >> 2;
const RESULT = (chunkAddress + ChunkRecord.result) >> 2;
const ERROR_OFFSET = (chunkAddress + ChunkRecord.errorOffset) >> 2;
const FAILED_TYPE = (chunkAddress + ChunkRecord.type) >> 2;
const VERSION = (chunkAddress + ChunkRecord.protocolVersion) >> 2;

/** Counts decodings: the table in linear memory belongs to the last one. */
let epoch = 0;

/**
 * Decodes the control packets of one byte stream, which may come in any fragments, without making objects: `next`
 * moves to a packet, the getters read its integers, topic and payload are made when they are asked for.
 *
 * All cursors share one table: what a cursor shows is gone when another one is given a chunk.
 */
export class PacketCursor {
  protocolVersion: ProtocolVersion;
  /** Bytes of the largest packet that is given whole. */
  readonly #largest: number;
  /** DecodeOption */
  readonly #option: number;
  readonly #pieces: PayloadPieces | undefined;
  /** The first `#pendingLength` bytes of it are what came of a packet that is not complete yet. */
  #pending: Buffer = NOTHING;
  #pendingLength = 0;
  /** Bytes at which it is worth to look again. */
  #wanted = 0;
  #failure: MqttError | undefined;
  #source = NOTHING;
  /** Address of a byte less its index in the source. */
  #shift = 0;
  /** Bytes of the source that were decoded. */
  #done = 0;
  /** Scratch memory holds the source as long as this is its generation. */
  #generation = -1;
  #count = 0;
  #index = -1;
  #at = 0;
  #epoch = 0;
  #words = scratch.u32;
  /** Set when the table was full: there is more in the source. */
  #more = false;

  /** @throws TypeError or RangeError when an option is not of its type and range. */
  constructor(options: PacketDecoderOptions = {}) {
    const { protocolVersion = 4, maximumPacketSize = LARGEST_PACKET, largestBuffered } = options;
    integer(protocolVersion, 3, 5, 'protocolVersion');
    this.protocolVersion = protocolVersion;
    this.#largest = integer(maximumPacketSize, 1, 0xffffffff, 'maximumPacketSize');
    this.#option = flag(options.strict, 'strict') * DecodeOption.STRICT;
    if (largestBuffered === undefined) return;
    this.#pieces = new PayloadPieces(integer(largestBuffered, 1, 0xffffffff, 'largestBuffered'), maximumPacketSize);
    this.#largest = Math.min(largestBuffered, maximumPacketSize);
  }

  /**
   * Takes the next bytes of the stream; call `next` for the packets that are complete with them. What is left of a
   * chunk is kept, not copied: the chunk must not be written to until its packets came out.
   *
   * @throws MqttError when the stream was malformed before, until `reset`; TypeError when the chunk is no Uint8Array,
   * the stream stays as it was then
   */
  push(chunk: Uint8Array): void {
    if (this.#failure) throw this.#failure;
    if (!(chunk instanceof Uint8Array)) throw new TypeError('chunk must be a Uint8Array');
    if (this.#more) this.#keep();
    this.#count = 0;
    this.#index = -1;
    this.#more = false;
    if (this.#pendingLength > 0 || chunk.length < this.#wanted) {
      this.#append(chunk);
      if (this.#pendingLength < this.#wanted) return;
      this.#source = this.#pending.subarray(0, this.#pendingLength);
    } else {
      this.#source = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
    this.#done = 0;
    this.#generation = -1;
    this.#decode();
    this.#index = -1;
  }

  /**
   * Moves to the next packet, or with `largestBuffered` to the next piece of a payload; false when there is none yet.
   *
   * @throws MqttError when the packet is malformed: from then on `push` throws the same, until `reset`
   */
  next(): boolean {
    if (++this.#index >= this.#count) {
      if (this.#more) this.#decode();
      if (this.#index >= this.#count) return this.#end();
    }
    this.#at = TABLE + this.#index * STRIDE;
    return true;
  }

  /** Forgets the stream: what was left of it and its error. */
  reset(): void {
    this.#pending = NOTHING;
    this.#pendingLength = 0;
    this.#wanted = 0;
    this.#failure = undefined;
    this.#count = 0;
    this.#index = -1;
    this.#more = false;
    if (this.#pieces) this.#pieces.remaining = 0;
  }

  /** PacketType: 1 CONNECT to 15 AUTH; 0 for a further piece of the payload of the PUBLISH before. */
  get type(): number {
    return this.#word(PacketRecord.type);
  }

  get qos(): QoS {
    return ((this.#word(PacketRecord.flags) >> 1) & 3) as QoS;
  }

  get retain(): boolean {
    return (this.#word(PacketRecord.flags) & 1) !== 0;
  }

  get dup(): boolean {
    return (this.#word(PacketRecord.flags) & 8) !== 0;
  }

  /** Bytes of the whole packet. */
  get length(): number {
    return this.#word(PacketRecord.length);
  }

  /** 1 to 65,535, or 0 when there is none. */
  get packetId(): number {
    return this.#word(PacketRecord.packetId);
  }

  get reasonCode(): number {
    return this.#word(PacketRecord.reasonCode);
  }

  /** Topic Alias of a PUBLISH, 0 when there is none. */
  get topicAlias(): number {
    return this.#word(PacketRecord.topicAlias);
  }

  /** Bytes of the topic. */
  get topicLength(): number {
    return this.#word(PacketRecord.topicLength);
  }

  /** Bytes of the payload, or of its piece. */
  get payloadLength(): number {
    return this.#word(PacketRecord.payloadLength);
  }

  /** The Topic Name of a PUBLISH. */
  get topic(): string {
    const start = this.#word(PacketRecord.topic) - this.#shift;
    const end = start + this.#word(PacketRecord.topicLength);
    return this.#word(PacketRecord.flags) & PacketFlag.TOPIC_ASCII
      ? asciiText(this.#source, start, end)
      : utf8Text(this.#source, start, end);
  }

  /** Bytes of the payload that come after this piece; 0 for what is complete. Only with `largestBuffered`. */
  get remaining(): number {
    this.#check();
    return this.#pieces !== undefined && this.#index === this.#count - 1 ? this.#pieces.remaining : 0;
  }

  /** The payload of a PUBLISH, or what is here of it: a view on the caller's bytes. */
  get payload(): Buffer {
    const start = this.#word(PacketRecord.payload) - this.#shift;
    return this.#source.subarray(start, start + this.#word(PacketRecord.payloadLength));
  }

  /**
   * The packet as a plain object; its payload and binary properties are views on the caller's bytes.
   *
   * @throws Error for a piece that is not the first one of its payload: it is no packet
   */
  toObject(): Packet {
    this.#check();
    return toObject(this.#words, this.#at, this.#source, this.#shift);
  }

  #check(): void {
    if (this.#epoch !== epoch)
      throw new Error('this cursor shows nothing any more: another one was given a chunk since');
  }

  #word(field: number): number {
    if (this.#epoch !== epoch) this.#check();
    return this.#words[this.#at + (field >> 2)];
  }

  /** Adds to what is pending, in memory of our own; it grows with what came, not with what a packet claims. */
  #append(chunk: Uint8Array): void {
    const length = this.#pendingLength + chunk.length;
    if (length > this.#pending.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, Math.min(this.#wanted, length * 2 + SMALLEST)));
      grown.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = grown;
    }
    if (chunk.length > FEW) this.#pending.set(chunk, this.#pendingLength);
    else for (let n = 0; n < chunk.length; n++) this.#pending[this.#pendingLength + n] = chunk[n];
    this.#pendingLength = length;
  }

  /** What was not decoded of the source is pending: a view, so that adding to it makes a copy. */
  #keep(): void {
    this.#pending = this.#source.subarray(this.#done);
    this.#pendingLength = this.#pending.length;
  }

  /** Fills the table with the next packets of the source. */
  #decode(): void {
    if (this.#pieces !== undefined && this.#pieces.remaining > 0) {
      this.#showPiece(this.#pieces);
      return;
    }
    const left = this.#source.length - this.#done;
    if (scratch.generation !== this.#generation) {
      const input = scratch.reserve(left);
      scratch.u8.set(this.#done === 0 ? this.#source : this.#source.subarray(this.#done), input);
      this.#generation = scratch.generation;
      this.#shift = input - this.#done;
    }
    this.#words = scratch.u32;
    this.#count = core.mqtt_decode_chunk(
      this.#shift + this.#done,
      left,
      this.protocolVersion | this.#option,
      this.#largest,
      tableAddress,
      TABLE_CAPACITY,
      chunkAddress,
    );
    this.#index = 0;
    this.#epoch = ++epoch;
    this.#settle();
  }

  /** Takes over what the Chunk record says. */
  #settle(): void {
    const needed = this.#words[NEEDED];
    const result = this.#words[RESULT] | 0;
    this.protocolVersion = this.#words[VERSION] as ProtocolVersion;
    this.#done += this.#words[USED];
    this.#more = result === 0 && needed === 0;
    if (this.#more) return;
    if (result === Result.PACKET_TOO_LARGE && this.#pieces !== undefined) this.#beginPieces(this.#pieces);
    else this.#wait(result, needed, this.#words[ERROR_OFFSET]);
  }

  /** What is left of the source is no whole packet, or malformed. */
  #wait(result: number, needed: number, errorOffset: number): void {
    this.#keep();
    this.#wanted = this.#pendingLength + needed;
    if (result < 0) {
      const name = packetTypeNames[this.#words[FAILED_TYPE]] ?? 'packet';
      this.#failure = new MqttError(result, errorOffset, name);
    }
  }

  /** Adds the header of a PUBLISH that is too large to be buffered to the table. */
  #beginPieces(pieces: PayloadPieces): void {
    const row = tableAddress + this.#count * PacketRecord.SUMMARY_SIZE;
    const left = this.#source.length - this.#done;
    const used = pieces.begin(this.#shift + this.#done, left, this.protocolVersion | this.#option, row);
    if (used > 0) {
      this.#count++;
      this.#take(used);
    } else {
      this.#wait(
        used,
        this.#words[(row + PacketRecord.needed) >> 2],
        this.#words[(row + PacketRecord.errorOffset) >> 2],
      );
    }
  }

  /** Makes the table show the next piece of the source; where that is not in scratch memory, its indices are addresses. */
  #showPiece(pieces: PayloadPieces): void {
    if (scratch.generation !== this.#generation) this.#shift = 0;
    this.#words = scratch.u32;
    const used = pieces.show(this.#shift + this.#done, this.#source.length - this.#done, tableAddress);
    this.#count = used > 0 ? 1 : 0;
    this.#index = 0;
    this.#epoch = ++epoch;
    this.#take(used);
  }

  /** Payload was taken from the source; what follows needs no more than one byte to go on. */
  #take(length: number): void {
    this.#done += length;
    this.#wanted = 0;
    this.#more = this.#done < this.#source.length;
    if (!this.#more) this.#keep();
  }

  /** There is no further packet: because of an error, or because more bytes are needed. */
  #end(): false {
    this.#index = this.#count;
    if (this.#failure) throw this.#failure;
    return false;
  }
}
