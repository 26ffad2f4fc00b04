import { MqttError } from '../mqtt-error.js';
import type { Packet, ProtocolVersion } from '../packets.js';
import { PacketCursor } from './cursor.js';
import type { PacketDecoderOptions } from './decode-options.js';
import { itemOf, type PayloadPiece, type PublishStart } from './payload-pieces.js';

/** What a decoder with these options returns: packets, and with `largestBuffered` also pieces of large payloads. */
export type Decoded<Options> = Options extends { largestBuffered: number }
  ? Packet | PublishStart | PayloadPiece
  : Packet;

/** Shared empty result: small fragments seldom complete a packet. */
const NONE: readonly Packet[] = Object.freeze([]);

/**
 * Decodes the control packets of one byte stream, however it is fragmented, into plain objects.
 *
 * @example
 * ```ts
 * import { type Decoded, encodePacket, PacketDecoder } from 'wasmqtt';
 *
 * const decoder = new PacketDecoder({ protocolVersion: 5 });
 * const bytes = encodePacket({ type: 'puback', packetId: 7, reasonCode: 0 }, 5);
 * const packets: Decoded<object>[] = [];
 * for (const byte of bytes) packets.push(...decoder.push(Uint8Array.of(byte)));
 * packets; // => [ { type: 'puback', packetId: 7, reasonCode: 0, properties: {} } ]
 * ```
 */
export class PacketDecoder<const Options extends PacketDecoderOptions = PacketDecoderOptions> {
  readonly #cursor: PacketCursor;
  readonly #inPieces: boolean;

  /** @throws TypeError or RangeError for an option of the wrong type or range */
  constructor(options?: Options) {
    this.#cursor = new PacketCursor(options);
    this.#inPieces = options?.largestBuffered !== undefined;
  }

  /** Version of the packets to come; a CONNECT has its own and sets it for the packets after it. */
  get protocolVersion(): ProtocolVersion {
    return this.#cursor.protocolVersion;
  }

  set protocolVersion(version: ProtocolVersion) {
    this.#cursor.protocolVersion = version;
  }

  /**
   * Returns all packets that this chunk completes. Payloads and binary properties are views on the chunk when it holds the
   * whole packet. The rest of a chunk is kept, not copied, so do not write to it again.
   *
   * With `largestBuffered`, a larger PUBLISH comes as a PublishStart, and the rest of its payload as PayloadPiece objects
   * from this chunk and the next ones, until one has nothing remaining.
   *
   * @throws MqttError at the first malformed packet; its `packets` are the packets and pieces before that one. Every later
   * call throws the same error, until `reset`. TypeError when the chunk is not a Uint8Array and RangeError beyond 1.5 GiB, which
   * leave the stream unchanged.
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

  /** Forgets the stream: the rest of its bytes, and its error. */
  reset(): void {
    this.#cursor.reset();
  }
}
