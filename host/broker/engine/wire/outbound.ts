import { type ConnectPacket, encodePacket, MqttError, type ProtocolVersion, Result } from '../../../core/index.js';
import type { ConnectionId, Transport } from '../broker-transport.js';
import type { ListenerSettings } from '../listener-settings.js';
import type { Delivery, EncodedForm, PublishShape, Reply } from '../message.js';
import { encodedPublish, shapedPublish } from '../messages/encoded-publish.js';
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
  readonly #refusesSilently: boolean;
  readonly #transport: Transport;
  readonly #id: ConnectionId;
  readonly #isTerse: boolean;
  readonly #mostAliases: number;
  readonly #tap: ConnectionTap | undefined;
  readonly #onError: (error: unknown) => void;

  /** @param onError gets what the transport threw, and packets that cannot be encoded at all */
  constructor(
    transport: Transport,
    id: ConnectionId,
    { mountPoint, reasonStrings, terse, outgoingTopicAliases, refusesSilently }: ListenerSettings,
    tap: ConnectionTap | undefined,
    onError: (error: unknown) => void,
  ) {
    this.#transport = transport;
    this.#id = id;
    this.#mostAliases = outgoingTopicAliases;
    this.#wantsReasons = reasonStrings;
    this.#isTerse = terse;
    this.#refusesSilently = refusesSilently;
    this.#tap = tap;
    this.#onError = onError;
    this.#shape = new ClientShape(4, mountPoint);
  }

  /** CONNECT came: from now on as its client has it. */
  adapt({ protocolVersion, properties }: ConnectPacket): void {
    this.protocolVersion = protocolVersion;
    this.#shape = new ClientShape(protocolVersion, this.#shape.mountPoint);
    const mostAliases = Math.min(properties?.topicAliasMaximum ?? 0, this.#mostAliases);
    this.#aliases = mostAliases > 0 ? new OutgoingAliases(mostAliases, this.#shape) : undefined;
    this.#maximum = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    this.#wantsReasons &&= properties?.requestProblemInformation !== 0;
  }

  /** Undefined when the packet is larger than the client accepts. */
  encode(packet: Reply): Uint8Array | undefined {
    try {
      const bytes = encodePacket(packet, this.#shape.version);
      return bytes.length <= this.#maximum ? bytes : undefined;
    } catch (error) {
      this.#refused(error);
      return undefined;
    }
  }

  /**
   * Sends a message that may go to many: it is encoded once.
   *
   * @param now milliseconds
   * @returns false when it is larger than the client accepts, or of a topic that it has no name for: nothing was sent
   */
  sendMessage(delivery: Delivery, packetId: number | undefined, dup: boolean, now: number): boolean {
    const form = this.#formOf(delivery, packetId, now);
    if (!form) return false;
    const { shape, payload } = form;
    const head = form.head(packetId, dup);
    this.#send(head);
    if (payload) this.#send(payload);
    if (shape.topicAlias !== undefined) this.#aliases!.sent(delivery.message.topic, shape);
    const tap = this.#tap;
    if (!tap) return true;
    tap.sentMessage(head, payload, delivery.message.payload.length);
    if (tap.wantsPackets) {
      tap.show('out', shapedPublish(delivery, shape, now, packetId, dup)!, form.length);
    }
    return true;
  }

  /** Undefined when it is larger than the client accepts, or of a topic that it has no name for. */
  #formOf(delivery: Delivery, packetId: number | undefined, now: number): EncodedForm | undefined {
    const aliased = this.#aliases?.shapeOf(delivery);
    const short = aliased && this.#encoded(delivery, aliased, packetId, now);
    // A packet that sets an alias is a little longer than one without.
    return short ?? this.#encoded(delivery, this.#shape, packetId, now);
  }

  #encoded(
    delivery: Delivery,
    shape: PublishShape,
    packetId: number | undefined,
    now: number,
  ): EncodedForm | undefined {
    try {
      const form = encodedPublish(delivery, shape, now, packetId);
      return form && form.length <= this.#maximum ? form : undefined;
    } catch (error) {
      this.#refused(error);
      return undefined;
    }
  }

  /** A packet cannot be encoded: only its size is no fault of ours. */
  #refused(error: unknown): void {
    if (!(error instanceof MqttError && error.code === Result.PACKET_TOO_LARGE)) this.#onError(error);
  }

  /** False when the packet is larger than the client accepts: nothing was sent. */
  send(packet: Reply): boolean {
    const bytes = this.encode(packet);
    if (bytes) this.#transmit(bytes, packet.type, packet);
    return bytes !== undefined;
  }

  /** Sends a packet with this Reason String, or without when it cannot have one. */
  answer(packet: Reply, reason: string | undefined): void {
    const bytes = reason === undefined ? undefined : this.#encodeWithReason(packet, reason);
    if (bytes) this.#transmit(bytes, packet.type);
    else this.send(packet);
  }

  /** The packet with this Reason String, if the client wants to know it and it can be sent (3.4.2-2 and the like). */
  #encodeWithReason(packet: Reply, reason: string): Uint8Array | undefined {
    if (!this.#wantsReasons || this.protocolVersion !== 5) return undefined;
    try {
      const properties = { ...('properties' in packet && packet.properties), reasonString: reason };
      const bytes = encodePacket({ ...packet, properties } as Reply, 5);
      return bytes.length <= this.#maximum ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param packet what the bytes are, when it is at hand */
  #transmit(bytes: Uint8Array, type: Reply['type'], packet?: Reply): void {
    this.#tap?.sent(bytes, type, packet);
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
    if (this.#refusesSilently && type === 'connack' && this.protocolVersion !== 5) return;
    const { reason, ...rest } = why;
    const told = this.#wantsReasons ? why : rest;
    const bytes = encodeFarewell(type, this.protocolVersion, told, this.#maximum);
    if (bytes) this.#transmit(bytes, type);
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
}

/** How the client of one connection sees messages. */
class ClientShape implements PublishShape {
  readonly version: 4 | 5;
  readonly mountPoint: string;
  readonly topicAlias = undefined;
  readonly namesTopic = true;

  constructor(protocolVersion: ProtocolVersion, mountPoint: string) {
    // What a server sends looks the same in 3.1 and 3.1.1.
    this.version = protocolVersion === 5 ? 5 : 4;
    this.mountPoint = mountPoint;
  }

  nameOf(topic: string): string | undefined {
    // No topic name is empty.
    return unmountTopic(this.mountPoint, topic) || undefined;
  }
}
