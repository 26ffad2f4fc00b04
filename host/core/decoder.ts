import { PacketCursor, type PacketDecoderOptions } from './cursor.js';
import { MqttError } from './errors.js';
import type { Packet, ProtocolVersion } from './packets.js';

/** What most calls give when a stream comes in small fragments. */
const NONE: readonly Packet[] = Object.freeze([]);

/** Decodes the control packets of one byte stream into plain objects; they may come in any fragments. */
export class PacketDecoder {
  readonly #cursor: PacketCursor;

  /** @throws TypeError or RangeError when an option is no integer of its range. */
  constructor(options?: PacketDecoderOptions) {
    this.#cursor = new PacketCursor(options);
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
   * @throws MqttError at the first malformed packet: `packets` are those before it. From then on every call throws the
   * same error, until `reset`. TypeError when the chunk is no Uint8Array; the stream stays as it was then.
   */
  push(chunk: Uint8Array): readonly Packet[] {
    return this.#cursor.push(chunk) ? this.#packets() : NONE;
  }

  #packets(): Packet[] {
    const packets: Packet[] = [];
    const cursor = this.#cursor;
    try {
      while (cursor.next()) packets.push(cursor.toObject());
    } catch (error) {
      if (error instanceof MqttError) for (const packet of packets) error.packets.push(packet);
      throw error;
    }
    return packets;
  }

  /** Forgets the stream: what was left of it and its error. */
  reset(): void {
    this.#cursor.reset();
  }
}
