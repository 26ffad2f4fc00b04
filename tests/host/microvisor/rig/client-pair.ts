import { encodePacket, type Packet, PacketDecoder, type Properties } from '../../../../host/core/index.js';
import type { ClientEvent } from '../../../../host/microvisor/managed-client/client-event.js';
import type { MqttClientOptions } from '../../../../host/microvisor/managed-client/connect-request.js';
import { MqttClient } from '../../../../host/microvisor/managed-client/mqtt-client.js';
import { MqttSession, type SessionSettings } from '../../../../host/microvisor/managed-client/session-store.js';

const settings: SessionSettings = {
  publishesInFlight: 16,
  subscribesInFlight: 1,
  messagesInFlight: 8,
  topicAliases: 0,
  sessionExpiryInterval: 0,
  pingTimeout: 10_000,
};

/** The client on a session of its own and a broker's decoder, in virtual time. */
export class Pair {
  now = 0;
  readonly client: MqttClient;
  readonly session: MqttSession;
  readonly #decoder = new PacketDecoder();

  readonly #version: 4 | 5;
  #events: ClientEvent[] = [];

  constructor(
    options: Partial<MqttClientOptions> = {},
    session: Partial<SessionSettings> | MqttSession = {},
    maximumPacketSize = 1_000_000,
  ) {
    this.#version = options.protocolVersion ?? 5;
    const base = { protocolVersion: 5, clientId: 'c', cleanStart: true, keepAlive: 60 } as const;
    this.session = session instanceof MqttSession ? session : new MqttSession({ ...settings, ...session });
    this.client = new MqttClient({ ...base, ...options }, this.session, maximumPacketSize);
  }

  get deadline(): number | undefined {
    return this.client.nextDeadline(this.now);
  }

  /** What the client has sent since the last call. */
  sent(): Packet[] {
    return this.client.takeOutput().flatMap((bytes) => this.#decoder.push(bytes));
  }

  send(...packets: Packet[]): void {
    for (const packet of packets) this.receive(encodePacket(packet, this.#version));
  }

  /** Bytes from the broker. */
  receive(bytes: Uint8Array): void {
    this.#events.push(...this.client.receive(bytes, this.now));
  }

  /** The client's events since the last call. */
  events(): ClientEvent[] {
    return [...this.#events.splice(0), ...this.client.takeEvents()];
  }

  connected(properties?: Properties): this {
    this.client.start(this.now);
    this.sent();
    this.send({ type: 'connack', sessionPresent: false, reasonCode: 0, properties });
    this.events();
    return this;
  }

  at(now: number): this {
    this.now = now;
    this.#events.push(...this.client.tick(now));
    return this;
  }

  publish(id: number, qos: 0 | 1 | 2, retain = false): void {
    this.client.publish(id, { topic: 't', payload: Buffer.from('p'), qos, retain }, this.now);
  }
}

/** A message of QoS 0. */
export const message = {
  type: 'publish',
  topic: 't',
  payload: Buffer.from('x'),
  qos: 0,
  retain: false,
  dup: false,
} as const;
