import {
  BrokerEngine,
  type BrokerEvent,
  type ClientCertificate,
  type ConnectionInfo,
  type EngineOptions,
  type Transport,
} from '../../../host/broker/index.js';
import {
  type ConnectPacket,
  encodePacket,
  type Packet,
  PacketDecoder,
  type ProtocolVersion,
  type PublishPacket,
} from '../../../host/core/index.js';

/** A client certificate of which rules see the common name. */
export const certificateOf = (commonName: string): ClientCertificate => ({
  der: new Uint8Array(0),
  commonName,
  subject: `CN=${commonName}`,
  fingerprint: '00'.repeat(32),
  serialNumber: '1',
  subjectAltNames: [],
});

type OfType<P, T> = P extends { type: infer U } ? (T extends U ? P : never) : never;
type PacketOf<T extends Packet['type']> = OfType<Packet, T>;

export const text = (value: string) => new TextEncoder().encode(value);
export const textOf = (packet: { payload: Uint8Array }) => Buffer.from(packet.payload).toString();

/** Options of the engine; `wrap` puts something between the engine and the test clients. */
export type WorldOptions = Partial<EngineOptions> & { wrap?: (transport: Transport) => Transport };

/** One engine and its virtual clock. */
export class World {
  now = 1_000_000;
  readonly engine: BrokerEngine;
  readonly events: BrokerEvent[] = [];
  readonly #clients = new Map<number, TestClient>();
  /** Bytes that the network has not taken yet, for the engine. */
  backlog = 0;

  constructor({ wrap, ...options }: WorldOptions = {}) {
    const transport: Transport = {
      send: (id, bytes) => this.#clients.get(id)!.take(bytes),
      end: (id) => {
        this.#clients.get(id)!.end();
      },
      backlog: (id) => {
        this.#clients.get(id)!.mayFail('backlog');
        return this.backlog;
      },
    };
    this.engine = new BrokerEngine({ now: () => this.now, transport: wrap?.(transport) ?? transport, ...options });
    this.engine.on('any', (event) => this.events.push(event));
  }

  /** A connection that has not sent anything yet. */
  open(protocolVersion: ProtocolVersion = 4, info: Partial<ConnectionInfo> = {}): TestClient {
    const id = this.engine.open({ remote: 'test:1', ...info });
    const client = new TestClient(this, id, protocolVersion);
    this.#clients.set(id, client);
    return client;
  }

  /** A connection that has sent CONNECT; its CONNACK is in `connack`, not in `received`. */
  connect(options: Partial<ConnectPacket> = {}, info: Partial<ConnectionInfo> = {}): TestClient {
    const client = this.begin(options, info);
    client.connack = client.next('connack');
    return client;
  }

  /** A connection that has sent CONNECT, whatever comes of it. */
  begin(options: Partial<ConnectPacket> = {}, info: Partial<ConnectionInfo> = {}): TestClient {
    const client = this.open(options.protocolVersion ?? 4, info);
    client.send({
      type: 'connect',
      protocolVersion: 4,
      cleanStart: true,
      keepAlive: 0,
      clientId: 'client',
      ...options,
    });
    return client;
  }

  /**
   * A subscriber of MQTT 5 that got two messages of this QoS, acknowledged neither and came back with room for one.
   * Returns the two PUBLISH packets of the first connection, and the second connection.
   */
  interrupted(qos: 1 | 2) {
    const properties = { sessionExpiryInterval: 100 };
    const old = this.connect({ protocolVersion: 5, cleanStart: false, properties });
    old.subscribe('a', { qos });
    for (const value of ['1', '2']) this.engine.publish('a', value, { qos });
    const [first, second] = [old.next('publish'), old.next('publish')];
    old.drop();
    const again = { ...properties, receiveMaximum: 1 };
    return { first, second, back: this.connect({ protocolVersion: 5, cleanStart: false, properties: again }) };
  }

  /** Lets time pass, stopping at every deadline of the engine. */
  advance(milliseconds: number): void {
    const target = this.now + milliseconds;
    const next = () => this.engine.nextDeadline(this.now) ?? Number.POSITIVE_INFINITY;
    for (let due = next(); due <= target; due = next()) {
      this.now = due;
      this.engine.tick(due);
    }
    this.now = target;
  }

  eventsOf<T extends BrokerEvent['type']>(type: T): Extract<BrokerEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<BrokerEvent, { type: T }> => event.type === type);
  }
}

/** The client's end of a connection: sends packets and keeps those that came. */
export class TestClient {
  readonly received: Packet[] = [];
  isClosed = false;
  /** Calls of the transport that throw for this connection. */
  readonly failing = new Set<'send' | 'end' | 'backlog'>();
  connack!: PacketOf<'connack'>;
  readonly id: number;
  readonly protocolVersion: ProtocolVersion;
  readonly #world: World;
  readonly #decoder: PacketDecoder;
  #lastId = 0;

  constructor(world: World, id: number, protocolVersion: ProtocolVersion) {
    this.#world = world;
    this.id = id;
    this.protocolVersion = protocolVersion;
    this.#decoder = new PacketDecoder({ protocolVersion });
  }

  /** Called by the transport. */
  take(bytes: Uint8Array): void {
    this.mayFail('send');
    try {
      if (this.isClosed) throw new Error('bytes after the end of the connection');
      for (const packet of this.#decoder.push(bytes)) this.received.push(packet);
    } catch (error) {
      // The engine survives what its transport throws: the test must not.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  /** Called by the transport. */
  end(): void {
    this.mayFail('end');
    this.isClosed = true;
  }

  mayFail(call: 'send' | 'end' | 'backlog'): void {
    if (this.failing.has(call)) throw new Error(`the transport cannot ${call}`);
  }

  raw(bytes: Uint8Array): void {
    this.#world.engine.receive(this.id, bytes);
  }

  send(packet: Packet): void {
    this.raw(encodePacket(packet, this.protocolVersion));
  }

  /** Takes the oldest packet of `received`, which must be of this type. */
  next<T extends Packet['type']>(type: T): PacketOf<T> {
    const packet = this.received.shift();
    if (packet?.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(packet)}`);
    return packet as PacketOf<T>;
  }

  publish(topic: string, payload: string, options: Partial<PublishPacket> = {}): void {
    const packetId = options.qos ? ++this.#lastId : undefined;
    this.send({
      type: 'publish',
      topic,
      payload: text(payload),
      qos: 0,
      retain: false,
      dup: false,
      packetId,
      ...options,
    });
  }

  /** Subscribes. Returns the reason codes of the answer. */
  subscribe(topicFilter: string, options: Partial<Parameters<typeof subscription>[1]> = {}, identifier?: number) {
    const properties = identifier === undefined ? undefined : { subscriptionIdentifier: [identifier] };
    const packetId = ++this.#lastId;
    this.send({ type: 'subscribe', packetId, subscriptions: [subscription(topicFilter, options)], properties });
    return this.next('suback').reasonCodes;
  }

  /** Takes all of `received`, which must be PUBLISH packets, as `topic=payload`. */
  messages(): string[] {
    return this.received.splice(0).map((packet) => {
      if (packet.type !== 'publish') throw new Error(`expected publish, got ${JSON.stringify(packet)}`);
      return `${packet.topic}=${textOf(packet)}`;
    });
  }

  disconnect(reasonCode = 0): void {
    this.send({ type: 'disconnect', reasonCode });
  }

  /** The network drops the connection. */
  drop(): void {
    this.isClosed = true;
    this.#world.engine.closed(this.id);
  }
}

function subscription(
  topicFilter: string,
  options: { qos?: 0 | 1 | 2; noLocal?: boolean; retainAsPublished?: boolean; retainHandling?: 0 | 1 | 2 },
) {
  return { topicFilter, qos: 0 as const, ...options };
}
