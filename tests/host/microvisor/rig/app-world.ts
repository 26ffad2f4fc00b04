import { readFileSync } from 'node:fs';
import { AppOptionsRecord } from '../../../../build/abi/core.js';
import { encodePacket, type Packet, PacketDecoder, type ProtocolVersion } from '../../../../host/core/index.js';
import {
  createDevice,
  type ReachableBroker,
  type TestDevice,
  type Transport,
  type TransportEvents,
  VirtualClock,
} from '../../../../host/microvisor/index.js';

/** The broker's end of one connection. */
export class BrokerLine implements Transport {
  readonly #decoder = new PacketDecoder();
  readonly events: TransportEvents;
  readonly #world: AppWorld;
  readonly openedAt: number;
  closedAt: number | undefined;

  constructor(world: AppWorld, events: TransportEvents) {
    this.#world = world;
    this.events = events;
    this.openedAt = world.now;
    world.later(0, () => events.connected({ tls: 'TLSv1.3', cipher: '' }));
  }

  write(bytes: Uint8Array): void {
    if (this.closedAt === undefined) this.#world.broker.bytes(this, bytes, this.#decoder);
  }

  end(): void {
    this.closedAt ??= this.#world.now;
    this.#world.broker.ended?.(this);
  }

  destroy(): void {
    this.end();
  }

  /** Bytes of the broker, in a turn of their own. */
  send(bytes: Uint8Array): void {
    this.#world.later(0, () => this.closedAt === undefined && this.events.data(bytes));
  }

  packet(packet: Packet, version: ProtocolVersion = this.#decoder.protocolVersion): void {
    this.send(encodePacket(packet, version));
  }

  /** The broker closes the connection. */
  close(): void {
    if (this.closedAt !== undefined) return;
    this.closedAt = this.#world.now;
    this.events.closed();
  }
}

export interface WorldBroker {
  bytes(line: BrokerLine, bytes: Uint8Array, decoder: PacketDecoder): void;
  ended?(line: BrokerLine): void;
}

/** A broker that accepts, answers SUBSCRIBE and PUBLISH, and does what a test says after CONNACK. */
export function acceptingBroker(accepted: (line: BrokerLine) => void): WorldBroker {
  return {
    bytes(line, bytes, decoder) {
      for (const packet of decoder.push(bytes)) {
        if (packet.type === 'connect') {
          line.packet({ type: 'connack', sessionPresent: false, reasonCode: 0 });
          accepted(line);
        }
        const packetId = 'packetId' in packet ? (packet.packetId ?? 0) : 0;
        if (packet.type === 'subscribe') line.packet({ type: 'suback', packetId, reasonCodes: [0] });
        if (packet.type === 'publish' && packetId) line.packet({ type: 'puback', packetId, reasonCode: 0 });
      }
    },
  };
}

/** Devices with app.wasm and one broker, in virtual time. */
export class AppWorld implements ReachableBroker {
  readonly clock = new VirtualClock();
  readonly lines: BrokerLine[] = [];
  readonly #devices: TestDevice[] = [];
  broker: WorldBroker;

  constructor(broker: WorldBroker) {
    this.broker = broker;
  }

  readonly connect = (_request: unknown, events: TransportEvents): Transport => {
    const line = new BrokerLine(this, events);
    this.lines.push(line);
    return line;
  };

  get now(): number {
    return this.clock.now();
  }

  later(milliseconds: number, run: () => void): void {
    this.clock.after(milliseconds, run);
  }

  /** Starts a device and returns its log. */
  async device(options: { stable?: number; protocolVersion?: number; clientId?: string } = {}) {
    const { clientId = 'pump-7' } = options;
    const device = await createDevice({
      guest: readFileSync('build/app.wasm'),
      broker: this,
      stores: { 'broker-host': 'broker', 'broker-port': '8883', 'client-id': clientId },
      seed: this.#devices.length,
      onLoaded: ({ exports, memory }) => {
        const record = (exports.mv_app_options as () => number)();
        const view = new DataView(memory.buffer as ArrayBuffer);
        const set = (at: number, value: number | undefined) => {
          if (value !== undefined) view.setUint32(record + at, value, true);
        };
        set(AppOptionsRecord.stable, options.stable);
        set(AppOptionsRecord.protocolVersion, options.protocolVersion);
      },
    });
    this.#devices.push(device);
    return device.log;
  }

  /** Lets so much time pass. */
  async pass(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    for (const device of this.#devices) await device.advance(0);
  }

  /** Milliseconds from the end of each connection to the beginning of the next one. */
  get waits(): number[] {
    return this.lines.slice(1).map((line, at) => line.openedAt - (this.lines[at].closedAt ?? Number.NaN));
  }
}
