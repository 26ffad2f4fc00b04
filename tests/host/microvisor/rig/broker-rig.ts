import { expect } from 'vitest';
import type { MvMqttConnectRequest } from '../../../../build/abi/microvisor.js';
import { BrokerEngine, type BrokerEvent, type Limits } from '../../../../host/broker/index.js';
import { type Packet, PacketDecoder } from '../../../../host/core/index.js';
import type { Transport, TransportEvents } from '../../../../host/microvisor/index.js';
import { publishRequest, subscribeRequest } from './mqtt-structures.js';
import { codes, connectResponse, next, receive } from './read-mqtt.js';
import { Rig, type RigOptions } from './rig.js';

/** One connection of the device to the broker: what is written waits until `BrokerRig.settle` carries it. */
class Line implements Transport {
  readonly up: Uint8Array[] = [];
  readonly down: Uint8Array[] = [];
  /** What the device sent, as far as it was carried. */
  readonly sent: Packet[] = [];
  readonly #decoder = new PacketDecoder();
  over = false;
  /** Packets that are still carried, in both directions together. */
  packets = Number.POSITIVE_INFINITY;
  /** The broker's packets wait. */
  held = false;

  constructor(
    readonly id: number,
    readonly events: TransportEvents,
  ) {}

  write(bytes: Uint8Array): void {
    this.up.push(bytes);
  }

  end(): void {
    this.over = true;
  }

  destroy(): void {
    this.over = true;
  }

  /** The next packet of a direction, unless it is lost. */
  take(queue: Uint8Array[]): Uint8Array | undefined {
    const bytes = queue.shift();
    if (!bytes || --this.packets < 0) return undefined;
    if (queue === this.up) this.sent.push(...this.#decoder.push(bytes));
    return bytes;
  }
}

/** A device and the development broker in one virtual time, with connections that can be lost after any packet. */
export class BrokerRig {
  rig: Rig;
  broker: BrokerEngine;
  /** What the broker took from the device, as `topic=payload`. */
  readonly published: string[] = [];
  #lines: Line[] = [];

  constructor(
    private readonly options: RigOptions = {},
    private readonly limits: Partial<Limits> = {},
  ) {
    this.broker = this.#broker();
    this.rig = this.#device();
  }

  /** The connection opened last. */
  get line(): Line {
    return this.#lines.at(-1)!;
  }

  /** The types of the packets that the device sent on it, after CONNECT. */
  get sent(): string[] {
    return this.line.sent.slice(1).map(({ type }) => type);
  }

  /** The device loses its memory. */
  restartDevice(): void {
    this.lose();
    this.rig = this.#device();
  }

  /** The broker loses its sessions. */
  restartBroker(): void {
    this.lose();
    this.broker = this.#broker();
  }

  /** Carries packets, and lets the kernel do its work, until nothing moves. */
  settle(): void {
    for (let moved = true; moved; ) {
      this.rig.tick();
      const line = this.line;
      const up = line.take(line.up);
      if (up && !line.over) this.broker.receive(line.id, up);
      const down = line.held ? undefined : line.take(line.down);
      if (down && !line.over) line.events.data(down);
      moved = line.up.length > 0 || (!line.held && line.down.length > 0);
    }
    this.rig.tick();
  }

  /** The connection is lost; both sides notice. */
  lose(): void {
    this.line.over = true;
    this.broker.closed(this.line.id);
    this.line.events.closed();
    this.rig.tick();
  }

  /** A new channel with a connection that stands; gives its handle. */
  connect(overrides: Partial<MvMqttConnectRequest> = {}): number {
    const channel = this.rig.channel();
    this.rig.ok('mvMqttRequestConnect', channel, this.rig.connectRequest({ cleanStart: 0, ...overrides }));
    this.rig.tick();
    this.line.events.connected({ tls: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' });
    this.settle();
    expect(connectResponse(this.rig, channel)).toEqual(['REQUESTCOMPLETED', 0]);
    return channel;
  }

  close(channel: number): void {
    this.rig.ok('mvCloseChannel', this.rig.words(channel));
  }

  #device(): Rig {
    const mqttTransport = (_request: unknown, events: TransportEvents) => {
      const line = new Line(this.broker.open({ remote: 'device' }), events);
      this.#lines.push(line);
      return line;
    };
    return new Rig({ behaviour: { sessionExpiryInterval: 3600 }, ...this.options, mqttTransport });
  }

  #broker(): BrokerEngine {
    const lineOf = (id: number) => this.#lines.find((line) => line.id === id && !line.over);
    const broker = new BrokerEngine({
      now: () => this.rig.time,
      limits: this.limits,
      transport: { send: (id, bytes) => lineOf(id)?.down.push(bytes), end: () => {} },
    });
    broker.on('published', (event: Extract<BrokerEvent, { type: 'published' }>) => {
      if (event.clientId) this.published.push(`${event.topic}=${Buffer.from(event.payload)}`);
    });
    return broker;
  }
}

/** The application asks to publish to `up`. */
export function publish(desk: BrokerRig, channel: number, payload: string, qos: number): void {
  desk.rig.ok('mvMqttRequestPublish', channel, publishRequest(desk.rig, 'up', payload, qos));
}

/** A connection that is subscribed to `down` with QoS 2. */
export function subscribed(desk: BrokerRig, request: Partial<MvMqttConnectRequest> = {}): number {
  const channel = desk.connect(request);
  desk.rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(desk.rig, ['down'], 7, 2));
  desk.settle();
  expect(codes(desk.rig, 'mvMqttReadSubscribeResponse', channel)).toEqual(['REQUESTCOMPLETED', 7, [2]]);
  return channel;
}

/** Reads all messages that wait: their correlation ids by their payloads. */
export function read(desk: BrokerRig, channel: number): Map<string, number> {
  const found = new Map<string, number>();
  while (next(desk.rig, channel) === 'MESSAGERECEIVED') {
    const { id, payload } = receive(desk.rig, channel);
    found.set(payload, id);
  }
  return found;
}

/** The application acknowledges a message, and the kernel does its work. */
export function acknowledge(desk: BrokerRig, channel: number, id: number | undefined): void {
  desk.rig.ok('mvMqttAcknowledgeMessage', channel, id ?? 0);
  desk.settle();
}
