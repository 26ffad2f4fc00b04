import { PacketDecoder } from '../../../core/index.js';

/** Decoders for many streams: almost none is in the middle of a packet, so one serves almost all of them. */
export class DecoderPool {
  readonly #maximumPacketSize: number;
  #idle: PacketDecoder | undefined;

  /** @param maximumPacketSize bytes */
  constructor(maximumPacketSize: number) {
    this.#maximumPacketSize = maximumPacketSize;
  }

  /** A decoder that keeps nothing of any stream; its version is anybody's. */
  take(): PacketDecoder {
    const decoder = this.#idle ?? new PacketDecoder({ maximumPacketSize: this.#maximumPacketSize });
    this.#idle = undefined;
    return decoder;
  }

  /** Takes a decoder back in which nothing is pending, and which has not failed. */
  giveBack(decoder: PacketDecoder): void {
    this.#idle = decoder;
  }
}
