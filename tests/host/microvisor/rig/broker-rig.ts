import { expect } from 'vitest';
import type { MvMqttConnectRequest } from '../../../../build/abi/microvisor.js';
import { BrokerEngine, type BrokerEvent, type Limits } from '../../../../host/broker/index.js';
import { type Packet, PacketDecoder } from '../../../../host/core/index.js';
import type { Transport, TransportEvents } from '../../../../host/microvisor/index.js';
import { publishRequest, subscribeRequest } from './mqtt-structures.js';
import { codes, connectResponse, next, receive } from './read-mqtt.js';
import { Rig, type RigOptions } from './rig.js';

/** One connection of the device to the broker: bytes wait until `BrokerRig.settle` carries them. */
class Line implements Transport {
  readonly up: Uint8Array[] = [];
  readonly down: Uint8Array[] = [];
  /** The packets of the device that were carried. */
  readonly sent: Packet[] = [];
  readonly #decoder = new PacketDecoder();
  over = false;
  /** How many more packets are carried, of both directions together; later ones are lost. */
  packets = Number.POSITIVE_INFINITY;
  /** True while the broker's packets wait. */
  held = false;

  readonly id: number;
  readonly events: TransportEvents;

  constructor(id: number, events: TransportEvents) {
    this.id = id;
    this.events = events;
  }

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
  /** The messages that the broker accepted from the device, as `topic=payload`. */
  readonly published: string[] = [];
  #lines: Line[] = [];

  readonly #options: RigOptions;
  readonly #limits: Partial<Limits>;

  constructor(options: RigOptions = {}, limits: Partial<Limits> = {}) {
    this.#options = options;
    this.#limits = limits;
    this.broker = this.#broker();
    this.rig = this.#device();
  }

  /** The last connection that was opened. */
  get line(): Line {
    return this.#lines.at(-1)!;
  }

  /** The types of the packets that the device sent on the last connection, after CONNECT. */
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

  /** Carries packets and ticks the kernel until nothing moves. */
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

  /** Loses the connection; both sides notice. */
  lose(): void {
    this.line.over = true;
    this.broker.closed(this.line.id);
    this.line.events.closed();
    this.rig.tick();
  }

  /** @returns the handle of a new channel that is connected */
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
    return new Rig({ behaviour: { sessionExpiryInterval: 3600 }, ...this.#options, mqttTransport });
  }

  #broker(): BrokerEngine {
    const lineOf = (id: number) => this.#lines.find((line) => line.id === id && !line.over);
    const broker = new BrokerEngine({
      now: () => this.rig.time,
      limits: this.#limits,
      transport: { send: (id, bytes) => lineOf(id)?.down.push(bytes), end: () => {} },
    });
    broker.on('published', (event: Extract<BrokerEvent, { type: 'published' }>) => {
      if (event.clientId) this.published.push(`${event.topic}=${Buffer.from(event.payload)}`);
    });
    return broker;
  }
}

/** Makes the application publish to `up`. */
export function publish(brokerRig: BrokerRig, channel: number, payload: string, qos: number): void {
  brokerRig.rig.ok('mvMqttRequestPublish', channel, publishRequest(brokerRig.rig, 'up', payload, qos));
}

/** @returns the handle of a channel that is subscribed to `down` with QoS 2 */
export function subscribed(brokerRig: BrokerRig, request: Partial<MvMqttConnectRequest> = {}): number {
  const channel = brokerRig.connect(request);
  brokerRig.rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(brokerRig.rig, ['down'], 7, 2));
  brokerRig.settle();
  expect(codes(brokerRig.rig, 'mvMqttReadSubscribeResponse', channel)).toEqual(['REQUESTCOMPLETED', 7, [2]]);
  return channel;
}

/** Reads all messages that wait. @returns their correlation ids by their payloads */
export function read(brokerRig: BrokerRig, channel: number): Map<string, number> {
  const found = new Map<string, number>();
  while (next(brokerRig.rig, channel) === 'MESSAGERECEIVED') {
    const { id, payload } = receive(brokerRig.rig, channel);
    found.set(payload, id);
  }
  return found;
}

/** Makes the application acknowledge a message, and settles. */
export function acknowledge(brokerRig: BrokerRig, channel: number, id: number | undefined): void {
  brokerRig.rig.ok('mvMqttAcknowledgeMessage', channel, id ?? 0);
  brokerRig.settle();
}
