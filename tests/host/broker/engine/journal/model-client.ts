import type { ConnectPacket, Packet, PublishPacket, QoS } from '../../../../../host/core/index.js';
import { text, textOf } from '../../world.js';

/** A connection as a client sees it. */
export interface ModelLink {
  /** What has come and was not taken yet. */
  readonly received: Packet[];
  readonly isClosed: boolean;
  send(packet: Packet): void;
  drop(): void;
}

interface Outgoing {
  readonly value: string;
  readonly qos: QoS;
  readonly retain: boolean;
  /** PUBREC came: only PUBREL is sent again. */
  isReleased: boolean;
}

/**
 * A client that keeps to the standard and loses nothing of its own: it sends again what was not acknowledged, and tells QoS 2
 * messages that come twice. The network between it and the broker has a queue in each direction, which a crash empties.
 */
export class ModelClient {
  readonly name: string;
  readonly protocolVersion: 4 | 5;
  /** Most messages that wait for their acknowledgement; ids are used again soon. Default 8. */
  window = 8;
  /** Values of the messages that came, as an application would see them: QoS 2 once. */
  readonly seen: { value: string; qos: QoS }[] = [];
  /** Values that the broker acknowledged, and so has to keep. */
  readonly acknowledged: string[] = [];
  readonly #filter: string | undefined;
  readonly #topic: string;
  readonly #outgoing = new Map<number, Outgoing>();
  readonly #incoming = new Set<number>();
  /** What the network has not brought to the broker yet. */
  #sending: Packet[] = [];
  #connection: ModelLink | undefined;
  #state: 'away' | 'connecting' | 'subscribing' | 'ready' = 'away';
  #isPromised = false;
  #lastId = 0;

  constructor(name: string, protocolVersion: 4 | 5, topic: string, filter?: string) {
    this.name = name;
    this.protocolVersion = protocolVersion;
    this.#topic = topic;
    this.#filter = filter;
  }

  /** The session and the subscription were acknowledged once. */
  get isPromised(): boolean {
    return this.#isPromised;
  }

  get isIdle(): boolean {
    return (
      this.#state === 'ready' && this.#outgoing.size + this.#sending.length + this.#connection!.received.length === 0
    );
  }

  /** The connection is gone, with what was on its way. */
  lose(): void {
    this.#connection = undefined;
    this.#sending = [];
    this.#state = 'away';
  }

  /** @param open opens a connection and sends CONNECT with these */
  connect(open: (options: Partial<ConnectPacket>) => ModelLink): void {
    if (this.#state !== 'away') return;
    const properties = this.protocolVersion === 5 ? { sessionExpiryInterval: 0xffffffff } : undefined;
    this.#connection = open({
      clientId: this.name,
      cleanStart: false,
      protocolVersion: this.protocolVersion,
      properties,
    });
    this.#state = 'connecting';
  }

  drop(): void {
    this.#connection?.drop();
    this.lose();
  }

  /** False when the client is not ready, or waits for too many acknowledgements. */
  publish(value: string, qos: QoS, retain = false): boolean {
    if (this.#state !== 'ready' || this.#outgoing.size >= this.window) return false;
    do this.#lastId = (this.#lastId % Math.ceil(1.5 * this.window)) + 1;
    while (this.#outgoing.has(this.#lastId));
    this.#outgoing.set(this.#lastId, { value, qos, retain, isReleased: false });
    this.#sendPublish(this.#lastId, false);
    return true;
  }

  /** The network brings one packet to the broker. False when there is none. */
  deliverOne(): boolean {
    const packet = this.#sending.shift();
    if (packet) this.#connection!.send(packet);
    this.#checkClosed();
    return packet !== undefined;
  }

  /** The client takes one packet that has come. False when there is none. @throws Error for what a client must never see */
  takeOne(): boolean {
    const packet = this.#connection?.received.shift();
    if (packet) this.#take(packet);
    this.#checkClosed();
    return packet !== undefined;
  }

  #checkClosed(): void {
    if (this.#connection?.isClosed && this.#connection.received.length === 0) this.lose();
  }

  #take(packet: Packet): void {
    switch (packet.type) {
      case 'connack':
        this.#connacked(packet.reasonCode, packet.sessionPresent);
        break;
      case 'suback':
        if (packet.reasonCodes[0] >= 0x80) this.drop();
        else this.#becomeReady();
        break;
      case 'publish':
        this.#takePublish(packet);
        break;
      case 'pubrel':
        this.#incoming.delete(packet.packetId);
        this.#sending.push({ type: 'pubcomp', packetId: packet.packetId, reasonCode: 0 });
        break;
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        this.#acknowledge(packet.type, packet.packetId, packet.reasonCode);
        break;
      case 'disconnect':
        break;
      default:
        throw new Error(`${this.name} got ${packet.type}`);
    }
  }

  #connacked(reasonCode: number, isPresent: boolean): void {
    if (reasonCode !== 0) return;
    if (this.#isPromised && !isPresent) throw new Error(`the session of ${this.name} was acknowledged and is gone`);
    if (!isPresent) this.#incoming.clear();
    if (this.#filter === undefined || this.#isPromised) {
      this.#becomeReady();
      return;
    }
    this.#state = 'subscribing';
    this.#sending.push({ type: 'subscribe', packetId: 60_000, subscriptions: [{ topicFilter: this.#filter, qos: 2 }] });
  }

  #becomeReady(): void {
    this.#state = 'ready';
    this.#isPromised = true;
    for (const [packetId, { isReleased }] of this.#outgoing) {
      if (isReleased) this.#sending.push({ type: 'pubrel', packetId, reasonCode: 0 });
      else this.#sendPublish(packetId, true);
    }
  }

  #sendPublish(packetId: number, dup: boolean): void {
    const { value, qos, retain } = this.#outgoing.get(packetId)!;
    const packet = { topic: this.#topic, payload: text(value), qos, retain, dup, packetId };
    this.#sending.push({ type: 'publish', ...packet });
  }

  #takePublish(packet: PublishPacket): void {
    const { qos, packetId } = packet;
    if (qos < 2 || !this.#incoming.has(packetId!)) this.seen.push({ value: textOf(packet), qos });
    if (qos === 1) this.#sending.push({ type: 'puback', packetId: packetId!, reasonCode: 0 });
    if (qos < 2) return;
    this.#incoming.add(packetId!);
    this.#sending.push({ type: 'pubrec', packetId: packetId!, reasonCode: 0 });
  }

  #acknowledge(type: 'puback' | 'pubrec' | 'pubcomp', packetId: number, reasonCode: number): void {
    const outgoing = this.#outgoing.get(packetId);
    if (!outgoing) throw new Error(`${this.name} got ${type} for packet id ${packetId}, which is not in use`);
    if (reasonCode >= 0x80 && type !== 'pubcomp') {
      // Refused: nobody may ever see it, and the application tries something new.
      this.#outgoing.delete(packetId);
      return;
    }
    if (!outgoing.isReleased) this.acknowledged.push(outgoing.value);
    if (type !== 'pubrec') this.#outgoing.delete(packetId);
    else if (!outgoing.isReleased) {
      outgoing.isReleased = true;
      this.#sending.push({ type: 'pubrel', packetId, reasonCode: 0 });
    }
  }
}
