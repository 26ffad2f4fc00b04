import {
  encodePacket,
  MqttError,
  type Packet,
  PacketDecoder,
  type Properties,
  type ProtocolVersion,
  type PublishPacket,
  type QoS,
} from '../../host/core/index.js';
import { ClientSession } from '../../host/core/session/client-session.js';
import { type ClientSessionOptions, SessionError } from '../../host/core/session/session-types.js';

interface Connection {
  cleanStart?: boolean;
  /** Of CONNACK. */
  sessionPresent?: boolean;
  /** Properties of CONNECT. */
  own?: Properties;
  /** Properties of CONNACK. */
  server?: Properties;
}

/** A message with the topic "a"; of QoS 0 without a packet id. */
export function message(qos: QoS, packetId?: number, more: Partial<PublishPacket> = {}): PublishPacket {
  const id = packetId === undefined ? {} : { packetId };
  return { type: 'publish', topic: 'a', payload: Buffer.from('x'), qos, retain: false, dup: false, ...id, ...more };
}

export const subscribe: Packet = { type: 'subscribe', packetId: 0, subscriptions: [{ topicFilter: 'a', qos: 2 }] };
export const unsubscribe: Packet = { type: 'unsubscribe', packetId: 0, topicFilters: ['a'] };

/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
export function answer(
  type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
  packetId: number,
  reasonCode = 0,
  properties?: Properties,
): Packet {
  return { type, packetId, reasonCode, properties };
}

/** The client session of the core, the packets of both sides as objects, and a clock. */
export class Client {
  readonly version: ProtocolVersion;
  now = 0;
  session: ClientSession;

  constructor(version: ProtocolVersion, options: ClientSessionOptions = {}) {
    this.version = version;
    this.session = new ClientSession(options);
  }

  /** CONNECT without its CONNACK. */
  begin({ cleanStart = false, own = {} }: Connection = {}): void {
    const properties = this.version === 5 ? { sessionExpiryInterval: 3600, ...own } : undefined;
    const connect = { type: 'connect', protocolVersion: this.version, cleanStart, keepAlive: 60 } as const;
    this.session.send({ ...connect, clientId: 'device', properties }, this.now);
    this.sent();
  }

  connect(connection: Connection = {}): this {
    this.begin(connection);
    const { sessionPresent = false, server: properties } = connection;
    this.receive({ type: 'connack', sessionPresent, reasonCode: 0, properties });
    return this;
  }

  /** Loses the connection and continues the session on the next one. */
  reconnect(connection: Connection = {}): void {
    this.session.close();
    this.connect({ sessionPresent: true, ...connection });
  }

  /** Returns the packet id. */
  send(packet: Packet): number {
    return this.session.send(packet, this.now);
  }

  /** Returns the types of the events. */
  receive(...packets: Packet[]): string[] {
    const bytes = Buffer.concat(packets.map((packet) => encodePacket(packet, this.version)));
    return this.session.receive(bytes, this.now).map(({ type }) => type);
  }

  /** The packets that were sent since the last call. */
  sent(): readonly Packet[] {
    const decoder = new PacketDecoder({ protocolVersion: this.version });
    return decoder.push(Buffer.concat(this.session.takeOutput()));
  }

  /** All packets that are sent again: by the session, and `messages` by the caller when the session asks for them. */
  resent(...messages: PublishPacket[]): readonly Packet[] {
    for (let id = this.session.tick(this.now); id !== undefined; id = this.session.tick(this.now)) {
      const known = messages.find(({ packetId }) => packetId === id);
      if (!known) throw new Error(`the session asks for packet id ${id}, which the test does not know`);
      this.send({ ...known, dup: true });
    }
    return this.sent();
  }
}

/** Runs what must be refused. Returns the name of the result code, its statement and its reason code. */
export function refusal(run: () => unknown): { codeName: string; statement: string; reasonCode: number | undefined } {
  try {
    run();
  } catch (error) {
    if (error instanceof SessionError || error instanceof MqttError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
