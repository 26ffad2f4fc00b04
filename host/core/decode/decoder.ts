import { MqttError } from '../mqtt-error.js';
import type { Packet, ProtocolVersion } from '../packets.js';
import { PacketCursor } from './cursor.js';
import type { PacketDecoderOptions } from './decode-options.js';
import { itemOf, type PayloadPiece, type PublishStart } from './payload-pieces.js';

/** What a decoder with these options gives: packets, and with `largestBuffered` large payloads in pieces. */
export type Decoded<Options> = Options extends { largestBuffered: number }
  ? Packet | PublishStart | PayloadPiece
  : Packet;

/** What most calls give when a stream comes in small fragments. */
const NONE: readonly Packet[] = Object.freeze([]);

/** Decodes the control packets of one byte stream into plain objects; they may come in any fragments. */
export class PacketDecoder<const Options extends PacketDecoderOptions = PacketDecoderOptions> {
  readonly #cursor: PacketCursor;
  readonly #inPieces: boolean;

  /** @throws TypeError or RangeError when an option is not of its type and range. */
  constructor(options?: Options) {
    this.#cursor = new PacketCursor(options);
    this.#inPieces = options?.largestBuffered !== undefined;
  }

  /** Version of the packets that come; a CONNECT brings its own and sets it for those after it. */
  get protocolVersion(): ProtocolVersion {
    return this.#cursor.protocolVersion;
  }

  set protocolVersion(version: ProtocolVersion) {
    this.#cursor.protocolVersion = version;
  }

  /**
   * Gives all packets that are complete with this chunk. Payloads and binary properties are views on the chunk when a
   * packet lies in it whole; what is left of a chunk is kept, not copied, so do not write to it again.
   *
   * With `largestBuffered` a PUBLISH that is larger comes as PublishStart, and the rest of its payload as PayloadPiece
   * objects, of this chunk and of those that follow, until one has nothing remaining.
   *
   * @throws MqttError at the first malformed packet: `packets` are those before it, with the pieces before it. From then
   * on every call throws the same error, until `reset`. TypeError when the chunk is no Uint8Array; the stream stays as it was then.
   */
  push(chunk: Uint8Array): readonly Decoded<Options>[] {
    return this.#cursor.push(chunk) ? this.#packets() : (NONE as readonly Decoded<Options>[]);
  }

  #packets(): Decoded<Options>[] {
    const packets: (Packet | PayloadPiece)[] = [];
    const cursor = this.#cursor;
    try {
      if (this.#inPieces) while (cursor.next()) packets.push(itemOf(cursor, cursor.remaining));
      else while (cursor.next()) packets.push(cursor.toObject());
    } catch (error) {
      if (error instanceof MqttError) for (const packet of packets) error.packets.push(packet as Packet);
      throw error;
    }
    return packets as Decoded<Options>[];
  }

  /** Forgets the stream: what was left of it and its error. */
  reset(): void {
    this.#cursor.reset();
  }
}
