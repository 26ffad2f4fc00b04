import {
  type ConnectPacket,
  encodePacket,
  MqttError,
  type Packet,
  type ProtocolVersion,
  Result,
} from '../../../core/index.js';
import type { ConnectionId, Transport } from '../broker-transport.js';
import type { ListenerSettings } from '../listener-settings.js';
import type { Delivery, EncodedForm } from '../message.js';
import { encodedPublish, type PublishShape, shapedPublish } from '../messages/encoded-publish.js';
import { unmountTopic } from '../packets/mount-point.js';
import type { ConnectionTap } from '../tap/connection-tap.js';
import { encodeFarewell, type FarewellType, isLeftUnsaid, type Why } from './farewell.js';
import { OutgoingAliases } from './outgoing-aliases.js';

/** From the packets for one connection to its bytes: in its version, within what the client accepts, under its own names. */
export class Outbound {
  protocolVersion: ProtocolVersion = 4;
  /** Clients of one shape get the same bytes. */
  #shape: PublishShape;
  /** When the client takes some, and the listener sets some. */
  #aliases: OutgoingAliases | undefined;
  /** Bytes of the largest packet that the client accepts (3.1.2.11.4). */
  #maximum = Number.POSITIVE_INFINITY;
  /** Whether to say why, in words: the listener's setting, and Request Problem Information (3.1.2.11.7). */
  #wantsReasons: boolean;
  readonly #transport: Transport;
  readonly #id: ConnectionId;
  readonly #mountPoint: string;
  readonly #isTerse: boolean;
  readonly #mostAliases: number;
  readonly #tap: ConnectionTap | undefined;
  readonly #onError: (error: unknown) => void;

  /** @param onError gets what the transport threw, and packets that cannot be encoded at all */
  constructor(
    transport: Transport,
    id: ConnectionId,
    { mountPoint, reasonStrings, terse, outgoingTopicAliases }: ListenerSettings,
    tap: ConnectionTap | undefined,
    onError: (error: unknown) => void,
  ) {
    this.#transport = transport;
    this.#id = id;
    this.#mountPoint = mountPoint;
    this.#mostAliases = outgoingTopicAliases;
    this.#wantsReasons = reasonStrings;
    this.#isTerse = terse;
    this.#tap = tap;
    this.#onError = onError;
    this.#shape = this.#shapeOf(4);
  }

  /** CONNECT came: from now on as its client has it. */
  adapt({ protocolVersion, properties }: ConnectPacket): void {
    this.protocolVersion = protocolVersion;
    this.#shape = this.#shapeOf(protocolVersion);
    const mostAliases = Math.min(properties?.topicAliasMaximum ?? 0, this.#mostAliases);
    this.#aliases = mostAliases > 0 ? new OutgoingAliases(mostAliases, this.#shape) : undefined;
    this.#maximum = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    this.#wantsReasons &&= properties?.requestProblemInformation !== 0;
  }

  /** Undefined when the packet is larger than the client accepts, or of a topic that it has no name for. */
  encode(packet: Packet): Uint8Array | undefined {
    const bytes = this.#try(() => {
      const named = this.#mountPoint === '' ? packet : this.#unmounted(packet);
      // What a server sends looks the same in 3.1 and 3.1.1.
      return named && encodePacket(named, this.protocolVersion === 5 ? 5 : 4);
    });
    return bytes && bytes.length <= this.#maximum ? bytes : undefined;
  }

  /**
   * Sends a message that may go to many: it is encoded once.
   *
   * @param now milliseconds
   * @returns false as `encode` returns undefined
   */
  sendMessage(delivery: Delivery, packetId: number | undefined, dup: boolean, now: number): boolean {
    const aliased = this.#aliases?.shapeOf(delivery);
    const short = aliased && this.#formOf(delivery, aliased, now, packetId);
    // A packet that sets an alias is a little longer than one without.
    const form = short ?? this.#formOf(delivery, this.#shape, now, packetId);
    if (!form) return false;
    const pieces: Uint8Array[] = [];
    form.write(packetId, dup, (bytes) => {
      this.#send(bytes);
      if (this.#tap) pieces.push(bytes);
    });
    if (this.#tap) {
      const packet = shapedPublish(delivery, short ? aliased : this.#shape, now, packetId, dup);
      this.#tap.sentInPieces(pieces, packet!);
    }
    if (short) this.#aliases!.sent(delivery.message.topic, aliased);
    return true;
  }

  /** Undefined when it is larger than the client accepts, or of a topic that has no name for it. */
  #formOf(delivery: Delivery, shape: PublishShape, now: number, packetId: number | undefined): EncodedForm | undefined {
    const form = this.#try(() => encodedPublish(delivery, shape, now, packetId));
    return form && form.length <= this.#maximum ? form : undefined;
  }

  #shapeOf(protocolVersion: ProtocolVersion): PublishShape {
    const version = protocolVersion === 5 ? 5 : 4;
    const nameOf = (topic: string) => unmountTopic(this.#mountPoint, topic) || undefined;
    return { key: `${version}${this.#mountPoint}`, version, nameOf };
  }

  #try<T>(encode: () => T): T | undefined {
    try {
      return encode();
    } catch (error) {
      if (!(error instanceof MqttError && error.code === Result.PACKET_TOO_LARGE)) this.#onError(error);
      return undefined;
    }
  }

  /** False when the packet is larger than the client accepts, or of a topic that it has no name for: nothing was sent. */
  send(packet: Packet): boolean {
    const bytes = this.encode(packet);
    if (bytes) this.transmit(bytes, packet);
    return bytes !== undefined;
  }

  /** Sends a packet with this Reason String, or without when it cannot have one. */
  answer(packet: Packet, reason: string | undefined): void {
    const bytes = reason === undefined ? undefined : this.#encodeWithReason(packet, reason);
    if (bytes) this.transmit(bytes);
    else this.send(packet);
  }

  /** The packet with this Reason String, if the client wants to know it and it can be sent (3.4.2-2 and the like). */
  #encodeWithReason(packet: Packet, reason: string): Uint8Array | undefined {
    if (!this.#wantsReasons || this.protocolVersion !== 5) return undefined;
    try {
      const properties = { ...('properties' in packet && packet.properties), reasonString: reason };
      const bytes = encodePacket({ ...packet, properties } as Packet, 5);
      return bytes.length <= this.#maximum ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param packet what the bytes are, when it is at hand */
  transmit(bytes: Uint8Array, packet?: Packet): void {
    this.#tap?.sent(bytes, packet);
    this.#send(bytes);
  }

  /** Whether bytes are read from the network. */
  setReading(isReading: boolean): void {
    try {
      if (isReading) this.#transport.resume?.(this.#id);
      else this.#transport.pause?.(this.#id);
    } catch (error) {
      this.#onError(error);
    }
  }

  #send(bytes: Uint8Array): void {
    try {
      this.#transport.send(this.#id, bytes);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** The last packet of the connection, if there is one that fits. */
  sayWhy(type: FarewellType, why: Why): void {
    if (this.#isTerse && isLeftUnsaid(why)) return;
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
