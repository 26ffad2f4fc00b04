import { DecodeOption, PacketRecord, Result } from '../../../build/abi/core.js';
import { checkChunk, flag, integer } from '../bytes/check-arguments.js';
import { allocate, asView, NOTHING, viewOf } from '../bytes/views.js';
import { core } from '../engine/core.js';
import { chunkAddress, scratch, TABLE_CAPACITY, tableAddress } from '../engine/scratch.js';
import { MqttError } from '../mqtt-error.js';
import { LARGEST_PACKET, type ProtocolVersion } from '../packets.js';
import { ERROR_OFFSET, FAILED_TYPE, NEEDED, NEXT_VERSION, RESULT, USED } from './chunk-words.js';
import type { PacketDecoderOptions } from './decode-options.js';
import { packetTypeNames } from './packet-type-names.js';
import { NONE, PacketView, ZEROS } from './packet-view.js';
import { PayloadPieces } from './payload-pieces.js';
import { STRIDE } from './summary-words.js';

const FEW = 24; // up to this many bytes, a loop copies faster than a call
const SMALLEST = 64; // memory for pending bytes
const MODERATE = 512; // memory that a packet may claim before its bytes come
/** The cursor whose packets are in the table in linear memory. */
let holder: PacketCursor | undefined;

/**
 * Decodes the control packets of one byte stream, however it is fragmented, without making objects. `next` moves to a
 * packet, whose integers the getters read; topic and payload are made on demand. Before the first packet and after the last
 * one, the getters return zeros.
 */
export class PacketCursor extends PacketView {
  /** Version of the packets to come; a CONNECT has its own and sets it for the packets after it. */
  protocolVersion: ProtocolVersion;
  protected readonly capacity: number = TABLE_CAPACITY; // packets that are decoded at once
  readonly #largest: number; // length of the largest packet that is shown whole, bytes
  readonly #option: number; // DecodeOption
  readonly #pieces: PayloadPieces | undefined;
  /** Its first `#pendingLength` bytes are the beginning of a packet that is not complete. */
  #pending: Buffer = NOTHING;
  #pendingLength = 0;
  #rest: Buffer = NOTHING; // pushed bytes that follow the pending packet
  #wanted = 1; // how many bytes it takes to try decoding again
  #failure: MqttError | undefined;
  #done = 0; // how many bytes of the source were decoded
  #last = NONE; // first word of the last packet to show
  #more = false; // whether the table was full, so that the source holds more packets

  static {
    scratch.onGrow = () => {
      if (holder) holder.words = scratch.u32;
    };
    scratch.onGiveBack = () => {
      if (holder) holder.#moveTable();
      holder = undefined;
    };
  }

  /** @throws TypeError or RangeError for an option of the wrong type or range */
  constructor(options: PacketDecoderOptions = {}) {
    super(options.knownTopics);
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
   * Takes the next bytes of the stream; call `next` for the packets that they complete. The rest of a chunk is kept, not
   * copied: do not write to the chunk until its packets were shown.
   *
   * @returns false when no packet can be complete yet, so that `next` need not be called
   * @throws MqttError when the stream was malformed before, until `reset`; TypeError when the chunk is not a Uint8Array
   * and RangeError beyond 1.5 GiB, which leave the stream unchanged
   */
  push(chunk: Uint8Array): boolean {
    const at = this.#pendingLength;
    // Engines are quicker to say what a chunk is when they have its length.
    const size = chunk?.length;
    if (size <= FEW && chunk instanceof Uint8Array && at + size < this.#wanted && at + size <= this.#pending.length) {
      for (let n = 0; n < size; n++) this.#pending[at + n] = chunk[n];
      this.#pendingLength = at + size;
      return false;
    }
    checkChunk(chunk, at);
    return this.#accept(chunk);
  }

  #accept(chunk: Uint8Array): boolean {
    if (this.#failure) throw this.#failure;
    if (this.#more) this.#keep();
    if (this.#rest.length > 0) this.#append(this.#rest);
    this.#leave();
    this.#rest = asView(chunk);
    return this.#advance() || this.#failure !== undefined;
  }

  /** Decodes pushed bytes until there is something to show; false when there is nothing. */
  #advance(): boolean {
    do {
      if (this.#pendingLength === 0 && this.#rest.length >= this.#wanted) {
        this.source.open(this.#rest);
        this.#rest = NOTHING;
      } else {
        // Only the packet at the border of two chunks is copied.
        const missing = Math.max(this.#wanted - this.#pendingLength, 0);
        const part = this.#rest;
        this.#rest = part.length > missing ? viewOf(part, missing, part.length) : NOTHING;
        this.#append(part.length > missing ? viewOf(part, 0, missing) : part);
        if (this.#pendingLength < this.#wanted) return false;
        this.source.open(this.#pending, this.#pendingLength);
      }
      this.#done = 0;
      this.source.generation = -1;
      this.#decode();
      if (this.at !== this.#last) return true;
    } while (this.#rest.length > 0 && this.#failure === undefined);
    return false;
  }

  /**
   * Moves to the next packet, or with `largestBuffered` to the next piece of a payload; false when there is none yet.
   *
   * @throws MqttError when the packet is malformed; `push` then throws the same error until `reset`
   */
  next(): boolean {
    if (this.at !== this.#last) {
      this.at += STRIDE;
      return true;
    }
    return this.#further();
  }

  #further(): boolean {
    if (this.#more) {
      this.#decode();
      if (this.at !== this.#last) return this.next();
    }
    this.#leave();
    if (this.#failure === undefined && this.#rest.length > 0 && this.#advance()) return this.next();
    if (this.#failure) throw this.#failure;
    return false;
  }

  /** Bytes of a packet whose rest has not come; after `next` has returned false, nothing else is kept of the stream. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  /** Forgets the stream: the rest of its bytes, and its error. */
  reset(): void {
    this.#pending = NOTHING;
    this.#pendingLength = 0;
    this.#rest = NOTHING;
    this.#wanted = 1;
    this.#failure = undefined;
    this.#leave();
    if (this.#pieces) this.#pieces.remaining = 0;
  }

  /** Shows nothing; the table is free for another cursor. */
  #leave(): void {
    if (holder === this) holder = undefined;
    this.source.letGo();
    this.words = ZEROS;
    this.at = NONE;
    this.#last = NONE;
    this.#more = false;
  }

  /** Bytes of the payload after this piece, 0 after the last one; always 0 without `largestBuffered`. */
  get remaining(): number {
    return this.#pieces !== undefined && this.at === this.#last ? this.#pieces.remaining : 0;
  }

  /** Adds to the pending bytes, in memory of our own. It grows with the bytes that came, not with the length that a packet claims. */
  #append(chunk: Uint8Array): void {
    const length = this.#pendingLength + chunk.length;
    if (length > this.#pending.length) {
      const grown = allocate(Math.max(length, SMALLEST, Math.min(this.#wanted, Math.max(length * 2, MODERATE))));
      grown.set(viewOf(this.#pending, 0, this.#pendingLength));
      this.#pending = grown;
    }
    if (chunk.length > FEW) this.#pending.set(chunk, this.#pendingLength);
    else for (let n = 0; n < chunk.length; n++) this.#pending[this.#pendingLength + n] = chunk[n];
    this.#pendingLength = length;
  }

  /** Makes the rest of the source pending: as a view, so that adding to it makes a copy. */
  #keep(): void {
    const { bytes, length } = this.source;
    this.#pendingLength = length - this.#done;
    if (this.#pendingLength === 0) this.#pending = NOTHING;
    else if (this.#done > 0 || this.#pending !== bytes) this.#pending = viewOf(bytes, this.#done, length);
  }

  /** Fills the table with the next packets of the source. */
  #decode(): void {
    if (this.#pieces !== undefined && this.#pieces.remaining > 0) {
      this.#showPiece(this.#pieces);
      return;
    }
    const left = this.source.length - this.#done;
    if (scratch.generation !== this.source.generation) {
      const input = scratch.reserve(left);
      this.#load(input, left);
      this.source.generation = scratch.generation;
      this.source.shift = input - this.#done;
    }
    this.#hold();
    const count = core.mqtt_decode_chunk(
      this.source.shift + this.#done,
      left,
      this.protocolVersion | this.#option,
      this.#largest,
      tableAddress,
      this.capacity,
      chunkAddress,
    );
    this.#last = NONE + count * STRIDE;
    this.#settle();
  }

  /** Copies the rest of the source into linear memory. */
  #load(input: number, left: number): void {
    const { bytes } = this.source;
    const from = this.#done;
    if (left > FEW) scratch.u8.set(left === bytes.length ? bytes : viewOf(bytes, from, from + left), input);
    else for (let n = 0; n < left; n++) scratch.u8[input + n] = bytes[from + n];
  }

  /** Takes over the table, and shows nothing of it yet. */
  #hold(): void {
    if (holder && holder !== this) holder.#moveTable();
    holder = this;
    this.words = scratch.u32;
    this.at = NONE;
  }

  /** Copies the packets still to show, because another cursor needs the table. */
  #moveTable(): void {
    this.words = this.words.slice(this.at, this.#last + STRIDE);
    this.#last -= this.at;
    this.at = 0;
  }

  /** Applies the Chunk record. */
  #settle(): void {
    const needed = this.words[NEEDED];
    const result = this.words[RESULT] | 0;
    this.protocolVersion = this.words[NEXT_VERSION] as ProtocolVersion;
    this.#done += this.words[USED];
    this.#more = result === 0 && needed === 0 && this.#done < this.source.length;
    if (this.#more) return;
    if (result === Result.PACKET_TOO_LARGE && this.#pieces !== undefined) this.#beginPieces(this.#pieces);
    else this.#wait(result, needed, this.words[ERROR_OFFSET]);
  }

  /** The rest of the source is not a whole packet, or is malformed. */
  #wait(result: number, needed: number, errorOffset: number): void {
    this.#keep();
    this.#wanted = this.#pendingLength + needed;
    if (result < 0) {
      const name = packetTypeNames[this.words[FAILED_TYPE]] ?? 'packet';
      const field = (offset: number) => this.words[this.#last + STRIDE + (offset >> 2)];
      // A CONNECT names the standard that it breaks.
      const version = field(PacketRecord.protocolVersion) as ProtocolVersion;
      this.#failure = new MqttError(result, errorOffset, name, [], version, field(PacketRecord.reasonCode));
      this.#wanted = 0;
    }
  }

  /** Adds to the table the header of a PUBLISH that is too large to be buffered. */
  #beginPieces(pieces: PayloadPieces): void {
    const row = (this.#last + STRIDE) << 2;
    const left = this.source.length - this.#done;
    const used = pieces.begin(this.source.shift + this.#done, left, this.protocolVersion | this.#option, row);
    if (used > 0) {
      this.#last += STRIDE;
      this.#consume(used);
    } else {
      this.#wait(used, this.words[(row + PacketRecord.needed) >> 2], this.words[(row + PacketRecord.errorOffset) >> 2]);
    }
  }

  /** Makes the table show the next piece in the source. When the source is not in scratch memory, indices serve as addresses. */
  #showPiece(pieces: PayloadPieces): void {
    if (scratch.generation !== this.source.generation) this.source.shift = 0;
    this.#hold();
    const used = pieces.show(this.source.shift + this.#done, this.source.length - this.#done, tableAddress);
    this.#last = used > 0 ? NONE + STRIDE : NONE;
    this.#consume(used);
  }

  /** Notes that payload was taken from the source; one further byte is enough to go on. */
  #consume(length: number): void {
    this.#done += length;
    this.#wanted = 0;
    this.#more = this.#done < this.source.length;
    if (!this.#more) this.#keep();
  }
}
