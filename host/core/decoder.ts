import { PacketRecord } from '../../build/abi/core.js';
import { integer } from './arguments.js';
import { packetTypeNames, toObject } from './decode.js';
import { MqttError } from './errors.js';
import { core, scratch } from './instance.js';
import type { Packet, ProtocolVersion } from './packets.js';

/** The largest packet of the protocol: fixed header of five bytes and 268,435,455 more (2.1.4). */
export const LARGEST_PACKET = 268_435_460;

export interface PacketDecoderOptions {
  /** Version of the packets that come; default 4. A CONNECT brings its own and sets it for those after it. */
  protocolVersion?: ProtocolVersion;
  /** Bytes; a larger packet is refused as soon as its length is known. Default: the protocol's limit. */
  maximumPacketSize?: number;
}

/** Decodes the control packets of one byte stream, which may come in any fragments. */
export class PacketDecoder {
  protocolVersion: ProtocolVersion;
  readonly #maximumPacketSize: number;
  /** What came of a packet that is not complete yet. */
  #pending: Uint8Array[] = [];
  #pendingLength = 0;
  /** Bytes at which it is worth to look again. */
  #wanted = 0;
  #failure: MqttError | undefined;

  /** @throws TypeError or RangeError when an option is no integer of its range. */
  constructor({ protocolVersion = 4, maximumPacketSize = LARGEST_PACKET }: PacketDecoderOptions = {}) {
    integer(protocolVersion, 3, 5, 'protocolVersion');
    this.protocolVersion = protocolVersion;
    this.#maximumPacketSize = integer(maximumPacketSize, 1, 0xffffffff, 'maximumPacketSize');
  }

  /**
   * Gives all packets that are complete with this chunk. Payloads and binary properties are views on the chunk when a
   * packet lies in it whole; the rest of a chunk is kept, not copied, so a chunk must not be written to again.
   *
   * @throws MqttError at the first malformed packet: `packets` are those before it. From then on every call throws the
   * same error, until `reset`. TypeError when the chunk is no Uint8Array; the stream stays as it was then.
   */
  push(chunk: Uint8Array): Packet[] {
    if (this.#failure) throw this.#failure;
    if (!(chunk instanceof Uint8Array)) throw new TypeError('chunk must be a Uint8Array');
    this.#pending.push(chunk);
    this.#pendingLength += chunk.length;
    if (this.#pendingLength < this.#wanted) return [];
    const source =
      this.#pending.length === 1
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat(this.#pending, this.#pendingLength);
    const packets: Packet[] = [];
    const used = this.#decodeAll(source, packets);
    this.#pending = used < source.length ? [source.subarray(used)] : [];
    this.#pendingLength = source.length - used;
    return packets;
  }

  /** Forgets the stream: what was left of it and its error. */
  reset(): void {
    this.#pending = [];
    this.#pendingLength = 0;
    this.#wanted = 0;
    this.#failure = undefined;
  }

  #decodeAll(source: Buffer, packets: Packet[]): number {
    let used = 0;
    for (;;) {
      // Every packet begins with empty scratch memory but for the stream itself.
      const input = scratch.reserve(source.length);
      if (used === 0) scratch.u8.set(source, input);
      const record = scratch.take(PacketRecord.SIZE);
      const result = core.mqtt_decode(
        input + used,
        source.length - used,
        this.protocolVersion,
        this.#maximumPacketSize,
        record,
      );
      const word = (offset: number) => scratch.u32[(record + offset) >> 2];
      if (result < 0) {
        const name = packetTypeNames[word(PacketRecord.type)] ?? 'packet';
        this.#failure = new MqttError(result, word(PacketRecord.errorOffset), name, packets);
        throw this.#failure;
      }
      if (result === 0) {
        this.#wanted = source.length - used + word(PacketRecord.needed);
        return used;
      }
      const packet = toObject(record, source, input);
      if (packet.type === 'connect') this.protocolVersion = packet.protocolVersion;
      packets.push(packet);
      used += result;
    }
  }
}
