import type { ProtocolVersion } from '../packets.js';

/** How a stream is decoded. */
export interface PacketDecoderOptions {
  /** Version of the packets that come; default 4. A CONNECT brings its own and sets it for those after it. */
  protocolVersion?: ProtocolVersion;
  /** Bytes; a larger packet is refused as soon as its length is known. Default: the protocol's limit. */
  maximumPacketSize?: number;
  /**
   * Bytes. A larger PUBLISH is given as soon as its header is here, with the first piece of its payload; the other pieces
   * follow as they come, so that no more than this is ever kept of the stream. A larger packet of another type, or a header
   * that is larger, is refused as PACKET_TOO_LARGE. Default: no such limit, every packet is given whole.
   */
  largestBuffered?: number;
  /**
   * Refuses a Remaining Length that was not written in the fewest bytes under 3.1.1 too, which does not ask for that; MQTT 5
   * does (MQTT-1.5.5-1). Default false.
   */
  strict?: boolean;
}
