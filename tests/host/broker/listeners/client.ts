import type { Duplex } from 'node:stream';
import {
  type ConnectPacket,
  encodePacket,
  type Packet,
  PacketDecoder,
  type ProtocolVersion,
} from '../../../../host/core/index.js';

/** An MQTT client over any byte stream: `next` returns its packets one by one. */
export class Client {
  readonly stream: Duplex;
  readonly closed: Promise<void>;
  readonly #version: ProtocolVersion;
  readonly #decoder: PacketDecoder;
  readonly #packets: Packet[] = [];
  #wake = () => {};
  #isClosed = false;

  constructor(stream: Duplex, version: ProtocolVersion = 5) {
    this.stream = stream;
    this.#version = version;
    this.#decoder = new PacketDecoder({ protocolVersion: version });
    stream.on('error', () => {});
    this.closed = new Promise((resolve) => {
      stream.once('close', () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
    stream.on('data', (chunk) => {
      this.#packets.push(...this.#decoder.push(chunk));
      this.#wake();
    });
  }

  send(packet: Packet): void {
    this.stream.write(encodePacket(packet, this.#version));
  }

  async next<T extends Packet['type']>(type: T): Promise<Extract<Packet, { type: T }>> {
    while (this.#packets.length === 0) {
      if (this.#isClosed) throw new Error(`closed before ${type}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const packet = this.#packets.shift()!;
    if (packet.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(packet)}`);
    return packet as Extract<Packet, { type: T }>;
  }

  connect(options: Partial<ConnectPacket> = {}) {
    const protocolVersion = this.#version;
    this.send({ type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: '', ...options });
    return this.next('connack');
  }

  async subscribe(topicFilter: string, qos: 0 | 1 | 2 = 0): Promise<void> {
    this.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter, qos }] });
    await this.next('suback');
  }

  publish(topic: string, payload: string | Uint8Array): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.send({ type: 'publish', topic, payload: bytes, qos: 0, retain: false, dup: false });
  }

  /** Publishes to itself and waits for it: the broker serves this client. */
  async expectServed(): Promise<void> {
    this.send({ type: 'pingreq' });
    await this.next('pingresp');
  }
}
