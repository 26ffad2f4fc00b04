import {
  type ConnectPacket,
  encodePacket,
  type Packet,
  PacketDecoder,
  type ProtocolVersion,
  type PublishPacket,
  type QoS,
} from '../../../../host/core/index.js';

/** A message of either side: its number is its payload. */
export interface Message {
  number: number;
  qos: QoS;
}

export interface ServerOptions {
  receiveMaximum: number;
  topicAliasMaximum: number;
  serverKeepAlive?: number;
  /** Sends unanswered packets again on the same connection, as 3.1.1 does not forbid. */
  repeats: boolean;
}

interface Sent {
  id: number;
  message: Message;
  next: 'puback' | 'pubrec' | 'pubcomp';
  /** On this connection. */
  sent: boolean;
  /** On any connection. */
  before: boolean;
}

/** Throws when the client broke a rule. @param what it did */
function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the client ${what}`);
}

/**
 * A small server with one session, which checks each rule that a client can break on the wire. It answers only when `work` is
 * called, so that a client can fill its Receive Maximum first.
 */
export class ModelServer {
  readonly received: Message[] = [];
  readonly queue: Message[] = [];
  hasSession = false;
  subscribed = false;
  #inbound = new Set<number>();
  #seen = new Set<number>();
  #sent: Sent[] = [];
  #lastId = 0;
  /** State of the connection. */
  #decoder = new PacketDecoder();
  #connect: ConnectPacket | undefined;
  #todo: Packet[] = [];
  #output: Buffer[] = [];
  #unanswered = new Set<number>();
  #lastNumber = -1;
  #lastAt = 0;
  #acknowledgements: { puback: number[]; pubrec: number[] } = { puback: [], pubrec: [] };
  #aliases = new Map<number, string>();
  #downAliases = new Set<number>();
  #keepAlive = 0;
  #version: ProtocolVersion = 5;

  constructor(readonly options: ServerOptions) {}

  get finished(): boolean {
    return this.queue.length === 0 && this.#sent.length === 0 && this.#inbound.size === 0 && this.#todo.length === 0;
  }

  open(now: number): void {
    this.#decoder = new PacketDecoder();
    this.#connect = undefined;
    this.#todo = [];
    this.#output = [];
    this.#unanswered.clear();
    this.#lastNumber = -1;
    this.#lastAt = now;
    this.#acknowledgements = { puback: [], pubrec: [] };
    this.#aliases.clear();
    this.#downAliases.clear();
    this.#keepAlive = 0;
    for (const sent of this.#sent) sent.sent = false;
  }

  /** Takes bytes of the client; throws for malformed ones. */
  receive(bytes: Uint8Array, now: number): void {
    for (const packet of this.#decoder.push(bytes)) {
      const limit = this.#keepAlive * 1500;
      check(limit === 0 || now - this.#lastAt <= limit, `was silent for ${now - this.#lastAt} ms (MQTT-3.1.2-22)`);
      this.#lastAt = now;
      this.#arrive(packet);
    }
  }

  takeOutput(): Buffer[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  /** Answers the next packet; false when there is none. */
  work(): boolean {
    const packet = this.#todo.shift();
    if (packet) this.#answer(packet);
    this.#deliver();
    return this.#todo.length > 0;
  }

  /** Sends unanswered packets again. */
  repeat(): void {
    if (!this.options.repeats || !this.#connect) return;
    for (const sent of this.#sent) {
      if (!sent.sent) continue;
      if (sent.next === 'pubcomp') this.#send({ type: 'pubrel', packetId: sent.id, reasonCode: 0 });
      else this.#send(this.#publishOf(sent, true));
    }
    for (const packetId of this.#inbound) this.#send({ type: 'pubrec', packetId, reasonCode: 0 });
  }

  #send(packet: Packet): void {
    this.#output.push(encodePacket(packet, this.#version));
  }

  /** Checks at once, in the order of the wire. */
  #arrive(packet: Packet): void {
    check((packet.type === 'connect') === (this.#connect === undefined), `sent ${packet.type} (MQTT-3.1.0-1, -2)`);
    if (packet.type === 'connect') {
      this.#connect = packet;
      this.#version = packet.protocolVersion;
      this.#keepAlive = (this.#version === 5 ? this.options.serverKeepAlive : undefined) ?? packet.keepAlive;
    }
    if (packet.type === 'publish') this.#checkPublish(packet);
    if (packet.type === 'puback' || packet.type === 'pubrec') {
      const order = this.#acknowledgements[packet.type];
      const known = this.#sent.some((sent) => sent.id === packet.packetId && sent.sent);
      check(known || this.options.repeats, `sent ${packet.type} for a message that is not in flight`);
      const first = order.indexOf(packet.packetId);
      check(first === 0 || (first < 0 && this.options.repeats), `sent ${packet.type} out of order (MQTT-4.6.0-2, -3)`);
      if (first === 0) order.shift();
    }
    this.#todo.push(packet);
  }

  #checkPublish(packet: PublishPacket): void {
    const alias = packet.properties?.topicAlias;
    if (alias !== undefined) {
      check(alias <= this.options.topicAliasMaximum, 'used a topic alias above the maximum (MQTT-3.3.2-9)');
      if (packet.topic !== '') this.#aliases.set(alias, packet.topic);
      check(this.#aliases.has(alias), 'used a topic alias that is not set');
    }
    const topic = packet.topic || this.#aliases.get(alias ?? 0);
    const number = Number(Buffer.from(packet.payload).toString());
    check(topic === `up/${number % 3}`, `sent message ${number} with the topic ${topic}`);
    if (packet.qos === 0) return;
    const packetId = packet.packetId ?? 0;
    check(number > this.#lastNumber, `sent message ${number} after ${this.#lastNumber} (MQTT-4.6.0-1)`);
    this.#lastNumber = number;
    check(packet.dup || !this.#seen.has(number), `sent message ${number} again without DUP (MQTT-3.3.1-1)`);
    check(!this.#unanswered.has(packetId), `used packet id ${packetId} twice (MQTT-2.2.1-3)`);
    this.#seen.add(number);
    this.#unanswered.add(packetId);
    const maximum = this.#version === 5 ? this.options.receiveMaximum : 65_535;
    check(this.#unanswered.size <= maximum, `has ${this.#unanswered.size} messages in flight (MQTT-3.3.4-7)`);
  }

  #answer(packet: Packet) {
    switch (packet.type) {
      case 'connect':
        return this.#connack(packet);
      case 'publish':
        return this.#take(packet);
      case 'pubrel':
        this.#send({
          type: 'pubcomp',
          packetId: packet.packetId,
          reasonCode: this.#reason(this.#inbound, packet.packetId),
        });
        this.#inbound.delete(packet.packetId);
        this.#unanswered.delete(packet.packetId);
        return;
      case 'puback':
      case 'pubcomp':
        return this.#finish(packet.packetId, packet.type);
      case 'pubrec':
        return this.#release(packet.packetId);
      case 'subscribe':
        this.subscribed = true;
        this.#send({
          type: 'suback',
          packetId: packet.packetId,
          reasonCodes: packet.subscriptions.map(({ qos }) => qos),
        });
        return;
      case 'pingreq':
        return this.#send({ type: 'pingresp' });
      default:
        check(false, `sent ${packet.type}`);
    }
  }

  #reason(known: Set<number>, packetId: number): number {
    return known.has(packetId) || this.#version < 5 ? 0 : 0x92;
  }

  #connack(packet: ConnectPacket): void {
    if (packet.cleanStart) {
      check(!this.subscribed, 'began anew though its session was in use');
      this.hasSession = false;
    }
    const { receiveMaximum, topicAliasMaximum, serverKeepAlive } = this.options;
    const properties = this.#version === 5 ? { receiveMaximum, topicAliasMaximum, serverKeepAlive } : {};
    this.#send({ type: 'connack', sessionPresent: this.hasSession, reasonCode: 0, properties });
    this.hasSession = this.#version === 5 || !packet.cleanStart;
  }

  #take(packet: PublishPacket): void {
    const message = { number: Number(Buffer.from(packet.payload).toString()), qos: packet.qos };
    const packetId = packet.packetId ?? 0;
    if (packet.qos < 2 || !this.#inbound.has(packetId)) this.received.push(message);
    if (packet.qos === 1) {
      this.#send({ type: 'puback', packetId, reasonCode: 0 });
      this.#unanswered.delete(packetId);
    }
    if (packet.qos === 2) {
      this.#inbound.add(packetId);
      this.#send({ type: 'pubrec', packetId, reasonCode: 0 });
    }
  }

  #finish(packetId: number, type: 'puback' | 'pubcomp'): void {
    const index = this.#sent.findIndex((sent) => sent.id === packetId);
    check(index >= 0 || this.options.repeats, `sent ${type} for packet id ${packetId}, which is not in flight`);
    if (index < 0) return;
    check(this.#sent[index].next === type, `sent ${type} where ${this.#sent[index].next} was due`);
    this.#sent.splice(index, 1);
  }

  #release(packetId: number): void {
    const sent = this.#sent.find(({ id }) => id === packetId);
    check(sent !== undefined || this.options.repeats, `sent pubrec for packet id ${packetId}, which is not in flight`);
    if (!sent) return;
    check(sent.next === 'pubrec' || this.options.repeats, 'sent pubrec twice');
    sent.next = 'pubcomp';
    this.#send({ type: 'pubrel', packetId, reasonCode: 0 });
  }

  /** Sends again, in order, what the previous connection left, then new messages, within the client's Receive Maximum. */
  #deliver(): void {
    if (!this.#connect || this.#todo.some(({ type }) => type === 'connect') || !this.subscribed) return;
    const maximum = this.#connect.properties?.receiveMaximum ?? 65_535;
    const counted = () => this.#sent.filter(({ sent }) => sent).length;
    for (const sent of this.#sent) {
      if (sent.sent) continue;
      if (sent.next === 'pubcomp') this.#send({ type: 'pubrel', packetId: sent.id, reasonCode: 0 });
      else if (counted() < maximum) this.#sendFirst(sent, sent.before);
      else return;
      sent.sent = true;
      sent.before = true;
    }
    while (this.queue.length > 0 && (this.queue[0].qos === 0 || counted() < maximum)) {
      const [message] = this.queue.splice(0, 1);
      const sent: Sent = { id: 0, message, next: message.qos === 1 ? 'puback' : 'pubrec', sent: true, before: true };
      if (message.qos > 0) {
        this.#lastId = (this.#lastId % 65_535) + 1;
        sent.id = this.#lastId;
        this.#sent.push(sent);
      }
      this.#sendFirst(sent, false);
    }
  }

  /** Sends a packet for the first time on this connection. */
  #sendFirst(sent: Sent, dup: boolean): void {
    if (sent.message.qos > 0) this.#acknowledgements[sent.message.qos === 1 ? 'puback' : 'pubrec'].push(sent.id);
    this.#send(this.#publishOf(sent, dup));
  }

  #publishOf({ id, message }: Sent, dup: boolean): PublishPacket {
    const topic = `down/${message.number % 3}`;
    const payload = Buffer.from(String(message.number));
    const packet: PublishPacket = { type: 'publish', topic, payload, qos: message.qos, retain: false, dup };
    if (message.qos > 0) packet.packetId = id;
    const alias = (message.number % 3) + 1;
    if (alias <= (this.#connect?.properties?.topicAliasMaximum ?? 0)) {
      packet.properties = { topicAlias: alias };
      if (this.#downAliases.has(alias)) packet.topic = '';
      this.#downAliases.add(alias);
    }
    return packet;
  }
}
