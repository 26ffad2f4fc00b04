import {
  type ConnectPacket,
  encodePacket,
  MqttError,
  type Packet,
  type ProtocolVersion,
  Result,
} from '../../../core/index.js';
import type { ConnectionId, Transport } from '../broker-transport.js';
import { unmountTopic } from '../packets/mount-point.js';
import type { ConnectionTap } from '../tap/connection-tap.js';
import { encodeFarewell, type FarewellType, type Why } from './farewell.js';

/** From the packets for one connection to its bytes: in its version, within what the client accepts, under its own names. */
export class Outbound {
  protocolVersion: ProtocolVersion = 4;
  /** Bytes of the largest packet that the client accepts (3.1.2.11.4). */
  #maximum = Number.POSITIVE_INFINITY;
  /** Request Problem Information (3.1.2.11.7): whether to say why, in words. */
  #wantsReasons = true;
  readonly #transport: Transport;
  readonly #id: ConnectionId;
  readonly #mountPoint: string;
  readonly #tap: ConnectionTap | undefined;
  readonly #onError: (error: unknown) => void;

  /** @param onError gets what the transport threw, and packets that cannot be encoded at all */
  constructor(
    transport: Transport,
    id: ConnectionId,
    mountPoint: string,
    tap: ConnectionTap | undefined,
    onError: (error: unknown) => void,
  ) {
    this.#transport = transport;
    this.#id = id;
    this.#mountPoint = mountPoint;
    this.#tap = tap;
    this.#onError = onError;
  }

  /** CONNECT came: from now on as its client has it. */
  adapt({ protocolVersion, properties }: ConnectPacket): void {
    this.protocolVersion = protocolVersion;
    this.#maximum = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    this.#wantsReasons = properties?.requestProblemInformation !== 0;
  }

  /** Undefined when the packet is larger than the client accepts, or of a topic that it has no name for. */
  encode(packet: Packet): Uint8Array | undefined {
    try {
      const named = this.#mountPoint === '' ? packet : this.#unmounted(packet);
      // What a server sends looks the same in 3.1 and 3.1.1.
      const bytes = named && encodePacket(named, this.protocolVersion === 5 ? 5 : 4);
      return bytes && bytes.length <= this.#maximum ? bytes : undefined;
    } catch (error) {
      if (!(error instanceof MqttError && error.code === Result.PACKET_TOO_LARGE)) this.#onError(error);
      return undefined;
    }
  }

  /** The packet with this Reason String, if the client wants to know it and it can be sent (3.4.2-2 and the like). */
  encodeWithReason(packet: Packet, reason: string): Uint8Array | undefined {
    if (!this.#wantsReasons || this.protocolVersion !== 5) return undefined;
    try {
      const properties = { ...('properties' in packet && packet.properties), reasonString: reason };
      const bytes = encodePacket({ ...packet, properties } as Packet, 5);
      return bytes.length <= this.#maximum ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param packet what the bytes are, where that is at hand */
  transmit(bytes: Uint8Array, packet?: Packet): void {
    try {
      this.#tap?.sent(bytes, packet);
      this.#transport.send(this.#id, bytes);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** The last packet of the connection, if there is one that fits. */
  sayWhy(type: FarewellType, why: Why): void {
    const { reason, ...rest } = why;
    const told = this.#wantsReasons ? why : rest;
    const bytes = encodeFarewell(type, this.protocolVersion, told, this.#maximum);
    if (bytes) this.transmit(bytes);
  }

  /** Bytes that the network has not taken yet; endless when the transport does not say. */
  backlog(): number {
    try {
      return this.#transport.backlog?.(this.#id) ?? 0;
    } catch (error) {
      this.#onError(error);
      return Number.POSITIVE_INFINITY;
    }
  }

  #unmounted(packet: Packet): Packet | undefined {
    if (packet.type !== 'publish') return packet;
    const topic = unmountTopic(this.#mountPoint, packet.topic);
    return topic === undefined || topic === '' ? undefined : { ...packet, topic };
  }
}
