import { expect } from 'vitest';
import { BrokerEngine, type EngineOptions } from '../../../../../host/broker/index.js';
import {
  type ConnectPacket,
  encodePacket,
  PacketDecoder,
  type ProtocolVersion,
} from '../../../../../host/core/index.js';
import type { Random } from './random.js';

const NEIGHBOURS = ['neighbour-4', 'neighbour-5'] as const;

/**
 * An engine in virtual time that watches itself: each connection ends at most once, with one event; nothing is sent after its
 * end; and two neighbours, one of each version, are served all the time.
 */
export class Watch {
  now = 1_000_000;
  readonly engine: BrokerEngine;
  readonly failures: unknown[] = [];
  /** Bytes that wait for a connection. */
  readonly backlog = new Map<number, number>();
  readonly #random: Random | undefined;
  readonly #open = new Set<number>();
  readonly #neighbours = new Map<
    number,
    { name: string; decoder: PacketDecoder; version: 4 | 5; received: string[] }
  >();
  #opened = 0;
  #endings = 0;
  /** What neighbours send once the engine's call is done: a transport must not call the engine. */
  #later: (() => void)[] = [];
  /** Noted, not thrown: the engine survives what its transport throws. */
  #broken: Error | undefined;

  /** @param random when given, the transport throws now and then for all but the neighbours */
  constructor(options: Partial<EngineOptions> = {}, random?: Random) {
    this.#random = random;
    this.engine = new BrokerEngine({
      now: () => this.now,
      transport: {
        send: (id, bytes) => this.#send(id, bytes),
        end: (id) => {
          if (!this.#open.delete(id)) this.#broken ??= new Error(`connection ${id} ended twice`);
          this.#mayThrow(id);
        },
        backlog: (id) => {
          this.#mayThrow(id);
          return this.backlog.get(id) ?? 0;
        },
      },
      ...options,
    });
    this.engine.on('failed', ({ error }) => this.failures.push(error));
    for (const type of ['refused', 'disconnected'] as const) this.engine.on(type, () => this.#endings++);
    for (const name of NEIGHBOURS) {
      const version = name === 'neighbour-4' ? 4 : 5;
      const id = this.open();
      this.#neighbours.set(id, {
        name,
        version,
        decoder: new PacketDecoder({ protocolVersion: version }),
        received: [],
      });
      this.receive(id, this.connect(version, { clientId: name, keepAlive: 0 }));
      const subscriptions = [{ topicFilter: `of/${name}`, qos: 1 as const }];
      this.receive(id, encodePacket({ type: 'subscribe', packetId: 1, subscriptions }, version));
    }
    this.#take();
  }

  open(): number {
    const id = this.engine.open({ remote: 'test:1' });
    this.#open.add(id);
    this.#opened++;
    return id;
  }

  receive(id: number, bytes: Uint8Array): void {
    this.engine.receive(id, bytes);
    this.#expectConsistent();
  }

  closed(id: number): void {
    this.#open.delete(id);
    this.engine.closed(id);
    this.#expectConsistent();
  }

  advance(milliseconds: number): void {
    const target = this.now + milliseconds;
    const next = () => this.engine.nextDeadline(this.now) ?? Number.POSITIVE_INFINITY;
    for (let due = next(); due <= target; due = next()) {
      this.now = due;
      this.engine.tick(due);
    }
    this.now = target;
    this.#expectConsistent();
  }

  shutDown(): void {
    this.engine.shutDown();
    this.#expectConsistent();
    expect(this.engine.counts.connections).toBe(0);
  }

  connect(protocolVersion: ProtocolVersion, options: Partial<ConnectPacket> = {}): Uint8Array {
    const lasts = options.cleanStart === false && protocolVersion === 5;
    const properties = lasts ? { sessionExpiryInterval: 5 } : undefined;
    const will = { topic: 'a/will', payload: new Uint8Array(1), qos: 1, retain: false } as const;
    const packet: ConnectPacket = {
      type: 'connect',
      protocolVersion,
      cleanStart: true,
      keepAlive: 60,
      clientId: 'hostile',
      properties,
      will,
      ...options,
    };
    return encodePacket(packet, protocolVersion);
  }

  /** Each neighbour publishes to itself with QoS 1 and gets both the message and its acknowledgement. */
  expectNeighboursServed(): void {
    for (const [id, { name, version }] of this.#neighbours) {
      const publish = {
        type: 'publish',
        topic: `of/${name}`,
        payload: new Uint8Array(1),
        retain: false,
        dup: false,
      } as const;
      this.receive(id, encodePacket({ ...publish, qos: 1, packetId: 7 }, version));
    }
    const served = NEIGHBOURS.map((name) => [name, [`publish of/${name}`, 'puback']]);
    expect(this.#take()).toEqual(served);
  }

  expectNothingFailed(): void {
    expect(this.failures).toEqual([]);
  }

  #take(): [string, string[]][] {
    return [...this.#neighbours.values()].map(({ name, received }) => [name, received.splice(0)]);
  }

  #send(id: number, bytes: Uint8Array): void {
    const neighbour = this.#neighbours.get(id);
    for (const packet of neighbour?.decoder.push(bytes) ?? []) {
      neighbour!.received.push(packet.type === 'publish' ? `publish ${packet.topic}` : packet.type);
      if (packet.type !== 'publish' || packet.qos !== 1) continue;
      const { packetId } = packet;
      this.#later.push(() =>
        this.engine.receive(id, encodePacket({ type: 'puback', packetId: packetId!, reasonCode: 0 }, 4)),
      );
    }
    if (!this.#open.has(id)) this.#broken ??= new Error(`bytes after the end of connection ${id}`);
    this.#mayThrow(id);
  }

  #mayThrow(id: number): void {
    if (this.#random && !this.#neighbours.has(id) && this.#random.below(30) === 0) throw new Error('broken transport');
  }

  #expectConsistent(): void {
    for (const act of this.#later.splice(0)) act();
    if (this.#broken) throw this.#broken;
    const { connections } = this.engine.counts;
    if (connections !== this.#open.size || this.#endings !== this.#opened - connections) {
      expect({ connections, endings: this.#endings }).toEqual({
        connections: this.#open.size,
        endings: this.#opened - connections,
      });
    }
  }
}
