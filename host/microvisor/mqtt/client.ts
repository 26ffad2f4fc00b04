import {
  encodePacket,
  MqttError,
  type Packet,
  PacketDecoder,
  type PublishPacket,
  type QoS,
  type Subscription,
  type Will,
} from '../../core/index.js';

export interface ClientOptions {
  protocolVersion: 4 | 5;
  clientId: string;
  cleanStart: boolean;
  /** Seconds, 0 to 65,535; 0 sends no PINGREQ. */
  keepAlive: number;
  will?: Will;
  userName?: string;
  password?: Uint8Array;
  /** Milliseconds for the answer to a PINGREQ. */
  pingTimeout: number;
}

/** What the engine reports; `id` is the one that the request was given. */
export type ClientEvent =
  | { type: 'connected'; sessionPresent: boolean }
  | { type: 'refused'; reasonCode: number; reasonString?: string }
  | { type: 'subscribed' | 'unsubscribed'; id: number; reasonCodes: number[] }
  | { type: 'published'; id: number; reasonCode: number }
  | { type: 'message'; packetId: number; topic: string; payload: Uint8Array; qos: QoS; retain: boolean }
  | { type: 'closed'; reason: string; reasonCode: number };

type Waiting =
  | { type: 'suback' | 'unsuback'; id: number; count: number }
  | { type: 'puback' | 'pubrec' | 'pubcomp'; id: number };

/**
 * The managed MQTT client as a sans-IO engine: one connection, packets in and out as bytes, time as a parameter.
 * Requests throw MqttError, TypeError or RangeError for values that MQTT or this server does not allow; nothing
 * is then sent.
 */
export class MqttClient {
  readonly #decoder: PacketDecoder;
  #output: Uint8Array[] = [];
  #events: ClientEvent[] = [];
  readonly #waiting = new Map<number, Waiting>();
  /** Publishes above QoS 0 that wait until the server's Receive Maximum lets them go (MQTT 5, 4.9). */
  #queue: { packet: PublishPacket; id: number }[] = [];
  /** Received QoS 2 messages: false until PUBREC was sent, true until PUBREL came (4.3.3). */
  readonly #received = new Map<number, boolean>();
  #state: 'connecting' | 'connected' | 'closed' = 'connecting';
  #keepAlive: number;
  #lastSent = 0;
  #pingDeadline: number | undefined;
  #nextPacketId = 1;
  #server = { receiveMaximum: 65_535, maximumPacketSize: 0xffff_ffff, maximumQoS: 2, retainAvailable: 1 };

  constructor(private readonly options: ClientOptions) {
    this.#decoder = new PacketDecoder({ protocolVersion: options.protocolVersion });
    this.#keepAlive = options.keepAlive * 1000;
  }

  get connected(): boolean {
    return this.#state === 'connected';
  }

  /** Sends CONNECT; call it once, when the transport stands. */
  start(now: number): void {
    const { protocolVersion, cleanStart, keepAlive, clientId, will, userName, password } = this.options;
    this.#send({ type: 'connect', protocolVersion, cleanStart, keepAlive, clientId, will, userName, password }, now);
  }

  subscribe(id: number, subscriptions: Subscription[], now: number): void {
    const packetId = this.#freePacketId();
    this.#send({ type: 'subscribe', packetId, subscriptions }, now);
    this.#waiting.set(packetId, { type: 'suback', id, count: subscriptions.length });
  }

  unsubscribe(id: number, topicFilters: string[], now: number): void {
    const packetId = this.#freePacketId();
    this.#send({ type: 'unsubscribe', packetId, topicFilters }, now);
    this.#waiting.set(packetId, { type: 'unsuback', id, count: topicFilters.length });
  }

  publish(id: number, message: { topic: string; payload: Uint8Array; qos: QoS; retain: boolean }, now: number): void {
    if (message.qos > this.#server.maximumQoS) {
      throw new RangeError(`QoS ${message.qos} is above the server's Maximum QoS ${this.#server.maximumQoS}`);
    }
    if (message.retain && !this.#server.retainAvailable) {
      throw new RangeError('the server keeps no retained messages (Retain Available is 0)');
    }
    const packet: PublishPacket = { type: 'publish', dup: false, ...message };
    if (message.qos === 0) {
      this.#send(packet, now);
      this.#events.push({ type: 'published', id, reasonCode: 0 });
      return;
    }
    packet.packetId = this.#freePacketId();
    this.#encode(packet);
    this.#waiting.set(packet.packetId, { type: packet.qos === 1 ? 'puback' : 'pubrec', id });
    this.#queue.push({ packet, id });
    this.#sendQueued(now);
  }

  /** The application has taken a message of QoS 1 or 2: PUBACK or PUBREC. Unknown ids change nothing. */
  acknowledge(packetId: number, qos: QoS, now: number): void {
    if (!this.connected) return;
    if (qos === 1) this.#send({ type: 'puback', packetId, reasonCode: 0 }, now);
    if (qos !== 2 || this.#received.get(packetId) !== false) return;
    this.#received.set(packetId, true);
    this.#send({ type: 'pubrec', packetId, reasonCode: 0 }, now);
  }

  /** Sends DISCONNECT (normal) and is finished; the transport is to be ended after the output. */
  disconnect(now: number): void {
    if (this.connected) this.#send({ type: 'disconnect', reasonCode: 0 }, now);
    this.#state = 'closed';
  }

  /** Bytes from the server, in any fragments. */
  receive(bytes: Uint8Array, now: number): void {
    if (this.#state === 'closed') return;
    try {
      for (const packet of this.#decoder.push(bytes)) this.#handle(packet, now);
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      for (const packet of error.packets) this.#handle(packet, now);
      this.#fail(`the broker sent a packet that breaks MQTT: ${error.message}`, error.reasonCode, now);
    }
  }

  tick(now: number): void {
    if (!this.connected) return;
    if (this.#pingDeadline !== undefined && now >= this.#pingDeadline) {
      this.#fail(`no answer to PINGREQ within ${this.options.pingTimeout} ms`, 0x8d, now);
    } else if (this.#pingDeadline === undefined && this.#keepAlive > 0 && now >= this.#lastSent + this.#keepAlive) {
      this.#send({ type: 'pingreq' }, now);
      this.#pingDeadline = now + this.options.pingTimeout;
    }
  }

  nextDeadline(): number | undefined {
    if (!this.connected) return undefined;
    if (this.#pingDeadline !== undefined) return this.#pingDeadline;
    return this.#keepAlive > 0 ? this.#lastSent + this.#keepAlive : undefined;
  }

  takeOutput(): Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  takeEvents(): ClientEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #handle(packet: Packet, now: number) {
    if (this.#state === 'closed') return;
    if (packet.type === 'connack') return this.#connack(packet, now);
    if (this.#state !== 'connected') return this.#fail(`the broker sent ${packet.type} before CONNACK`, 0x82, now);
    switch (packet.type) {
      case 'suback':
      case 'unsuback':
        return this.#subscriptionAnswer(packet.type, packet.packetId, packet.reasonCodes, now);
      case 'publish':
        return this.#message(packet, now);
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        return this.#publishAnswer(packet.type, packet.packetId, packet.reasonCode, now);
      case 'pubrel':
        return this.#release(packet.packetId, now);
      case 'pingresp':
        this.#pingDeadline = undefined;
        return;
      case 'disconnect':
        this.#state = 'closed';
        this.#events.push({ type: 'closed', reason: 'the broker sent DISCONNECT', reasonCode: packet.reasonCode });
        return;
      default:
        this.#fail(`the broker sent ${packet.type}, which a server must not send here`, 0x82, now);
    }
  }

  #connack(packet: Extract<Packet, { type: 'connack' }>, now: number) {
    if (this.#state !== 'connecting') return this.#fail('the broker sent CONNACK twice', 0x82, now);
    if (packet.reasonCode !== 0) {
      this.#state = 'closed';
      const reasonString = packet.properties?.reasonString;
      this.#events.push({ type: 'refused', reasonCode: packet.reasonCode, reasonString });
      return;
    }
    this.#state = 'connected';
    const { receiveMaximum, maximumPacketSize, maximumQoS, retainAvailable, serverKeepAlive } = packet.properties ?? {};
    this.#server = {
      receiveMaximum: receiveMaximum ?? 65_535,
      maximumPacketSize: maximumPacketSize ?? 0xffff_ffff,
      maximumQoS: maximumQoS ?? 2,
      retainAvailable: retainAvailable ?? 1,
    };
    if (serverKeepAlive !== undefined) this.#keepAlive = serverKeepAlive * 1000;
    this.#events.push({ type: 'connected', sessionPresent: packet.sessionPresent });
  }

  #subscriptionAnswer(type: 'suback' | 'unsuback', packetId: number, reasonCodes: number[], now: number) {
    const waiting = this.#waiting.get(packetId);
    if (waiting?.type !== type) return this.#fail(`the broker sent ${type} for an unknown packet id`, 0x82, now);
    this.#waiting.delete(packetId);
    // An UNSUBACK of 3.1.1 carries no codes: it is success for every filter.
    const codes = type === 'unsuback' && reasonCodes.length === 0 ? Array(waiting.count).fill(0) : reasonCodes;
    const done = type === 'suback' ? 'subscribed' : 'unsubscribed';
    this.#events.push({ type: done, id: waiting.id, reasonCodes: codes });
  }

  #publishAnswer(type: 'puback' | 'pubrec' | 'pubcomp', packetId: number, reasonCode: number, now: number): void {
    const waiting = this.#waiting.get(packetId);
    if (waiting?.type !== type) {
      // A PUBREC that belongs to no message of this connection is released, so that the server can forget it.
      if (type === 'pubrec') this.#send({ type: 'pubrel', packetId, reasonCode: this.#notFound() }, now);
      return;
    }
    if (type === 'pubrec' && reasonCode < 0x80) {
      this.#waiting.set(packetId, { type: 'pubcomp', id: waiting.id });
      this.#send({ type: 'pubrel', packetId, reasonCode: 0 }, now);
      return;
    }
    this.#waiting.delete(packetId);
    this.#events.push({ type: 'published', id: waiting.id, reasonCode });
    this.#sendQueued(now);
  }

  #message(packet: PublishPacket, now: number) {
    if (packet.properties?.topicAlias !== undefined) {
      return this.#fail('the broker used a topic alias, though none was allowed', 0x94, now);
    }
    const packetId = packet.packetId ?? 0;
    if (packet.qos === 2) {
      const released = this.#received.get(packetId);
      if (released) this.#send({ type: 'pubrec', packetId, reasonCode: 0 }, now);
      if (released !== undefined) return;
      this.#received.set(packetId, false);
    }
    const { topic, qos, retain } = packet;
    // The payload is a view on the chunk (a Buffer, whose slice() would be a view again): copied to be kept.
    this.#events.push({ type: 'message', packetId, topic, qos, retain, payload: new Uint8Array(packet.payload) });
  }

  #release(packetId: number, now: number): void {
    const known = this.#received.delete(packetId);
    this.#send({ type: 'pubcomp', packetId, reasonCode: known ? 0 : this.#notFound() }, now);
  }

  /** Packet identifier not found: MQTT 5 only. */
  #notFound(): number {
    return this.options.protocolVersion === 5 ? 0x92 : 0;
  }

  #sendQueued(now: number): void {
    const answers = [...this.#waiting.values()].filter(({ type }) => type.startsWith('pub')).length;
    let inFlight = answers - this.#queue.length;
    while (this.#queue.length > 0 && inFlight < this.#server.receiveMaximum) {
      const [{ packet }] = this.#queue.splice(0, 1);
      this.#send(packet, now);
      inFlight++;
    }
  }

  #fail(reason: string, reasonCode: number, now: number): void {
    if (this.connected && this.options.protocolVersion === 5) this.#send({ type: 'disconnect', reasonCode }, now);
    this.#state = 'closed';
    this.#events.push({ type: 'closed', reason, reasonCode: 0 });
  }

  #freePacketId(): number {
    if (this.#waiting.size >= 65_535) throw new RangeError('all packet identifiers are in use');
    while (this.#waiting.has(this.#nextPacketId)) this.#nextPacketId = (this.#nextPacketId % 65_535) + 1;
    const found = this.#nextPacketId;
    this.#nextPacketId = (found % 65_535) + 1;
    return found;
  }

  #encode(packet: Packet): Uint8Array {
    const bytes = encodePacket(packet, this.options.protocolVersion);
    if (bytes.length > this.#server.maximumPacketSize) {
      throw new RangeError(`packet of ${bytes.length} bytes; the server takes ${this.#server.maximumPacketSize}`);
    }
    return bytes;
  }

  #send(packet: Packet, now: number): void {
    this.#output.push(this.#encode(packet));
    this.#lastSent = now;
  }
}
