import type { ProtocolVersion } from '../packets.js';
import type { KnownTopics } from './known-topics.js';

/**
 * How a stream is decoded.
 *
 * @example
 * ```ts
 * import { encodePacket, PacketCursor, type PacketDecoderOptions } from 'wasmqtt';
 *
 * const options: PacketDecoderOptions = { protocolVersion: 5, maximumPacketSize: 1024 };
 * const cursor = new PacketCursor(options);
 * const packet = { type: 'publish', topic: 'a', payload: Buffer.from('hi'), qos: 0, retain: false, dup: false } as const;
 * cursor.push(encodePacket(packet, 5));
 * const seen: string[] = [];
 * while (cursor.next()) seen.push(`${cursor.topic}: ${cursor.payload}`);
 * seen; // => [ 'a: hi' ]
 * ```
 */
export interface PacketDecoderOptions {
  /** Version of the packets to come; default 4. A CONNECT has its own and sets it for the packets after it. */
  protocolVersion?: ProtocolVersion;
  /** Bytes; a larger packet is refused as soon as its length is known. Default: the protocol's limit. */
  maximumPacketSize?: number;
  /**
   * Bytes. A larger PUBLISH is returned as soon as its header has come, with the first piece of its payload; the other pieces
   * follow as they come, so that no more than this of the stream is ever kept. A larger packet of another type, or a larger
   * header, is refused as PACKET_TOO_LARGE. Default: no such limit, every packet is returned whole.
   */
  largestBuffered?: number;
  /**
   * Refuses a Remaining Length that was not written in the fewest bytes under 3.1.1 too, which does not require that; MQTT 5
   * does (MQTT-1.5.5-1). Default false.
   */
  strict?: boolean;
  /**
   * Topics that have one string each, however often they come. The caller owns the table, and may pass it to many decoders. Default: one
   * for 256 texts that all decoders share.
   */
  knownTopics?: KnownTopics;
}
