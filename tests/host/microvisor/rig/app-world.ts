import { readFileSync } from 'node:fs';
import { AppOptionsRecord } from '../../../../build/abi/core.js';
import { BrokerEngine } from '../../../../host/broker/index.js';
import { encodePacket, type Packet, PacketDecoder, type ProtocolVersion } from '../../../../host/core/index.js';
import {
  createKernel,
  type Guest,
  type GuestModule,
  type Kernel,
  type KernelOptions,
  loadGuest,
  type Transport,
  type TransportEvents,
  type TransportRequest,
} from '../../../../host/microvisor/index.js';
import { DEVICE_ID } from './rig.js';

/** The broker's end of one connection. */
export class BrokerLine implements Transport {
  readonly #decoder = new PacketDecoder();
  readonly request: TransportRequest;
  readonly events: TransportEvents;
  readonly #world: AppWorld;
  readonly openedAt: number;
  closedAt: number | undefined;

  constructor(world: AppWorld, request: TransportRequest, events: TransportEvents) {
    this.#world = world;
    this.request = request;
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

/** Devices and one broker, in virtual time. */
export class AppWorld {
  now = 1000;
  readonly lines: BrokerLine[] = [];
  readonly #tasks: { at: number; run: () => void }[] = [];
  readonly #devices: Guest[] = [];
  broker: WorldBroker;

  constructor(broker: WorldBroker) {
    this.broker = broker;
  }

  later(milliseconds: number, run: () => void): void {
    this.#tasks.push({ at: this.now + milliseconds, run });
  }

  /** Starts a device with app.wasm and returns its log. */
  async device(options: { stable?: number; protocolVersion?: number; clientId?: string } = {}): Promise<string[]> {
    const log: string[] = [];
    const { clientId = 'pump-7' } = options;
    const values = { 'broker-host': 'broker', 'broker-port': '8883', 'client-id': clientId };
    const { guest } = await this.load(readFileSync('build/app.wasm'), values, { log: (line) => log.push(line) });
    const record = (guest.exports.mv_app_options as () => number)();
    const view = new DataView(guest.memory.buffer as ArrayBuffer);
    if (options.stable !== undefined) view.setUint32(record + AppOptionsRecord.stable, options.stable, true);
    if (options.protocolVersion !== undefined) {
      view.setUint32(record + AppOptionsRecord.protocolVersion, options.protocolVersion, true);
    }
    guest.start();
    return log;
  }

  /** A device that has not started, with what its stores hold. */
  async load(
    module: Uint8Array | GuestModule,
    values: Record<string, string>,
    host: Partial<KernelOptions> = {},
  ): Promise<{ guest: Guest; kernel: Kernel }> {
    const kernel = createKernel({
      now: () => this.now,
      deviceId: DEVICE_ID,
      config: {
        fetch: async (items) =>
          items.map(({ key }) => (values[key] ? { result: 'ok', value: values[key] } : { result: 'keyNotFound' })),
      },
      mqttTransport: (request, events) => {
        const line = new BrokerLine(this, request, events);
        this.lines.push(line);
        return line;
      },
      emit: () => {},
      ...host,
    });
    const guest = await loadGuest(module, kernel);
    this.#devices.push(guest);
    return { guest, kernel };
  }

  /** Lets so much time pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    while (true) {
      await this.#settle();
      const times = [...this.#tasks.map(({ at }) => at), ...this.#devices.map((guest) => guest.nextDeadline(this.now))];
      const next = Math.min(...times.filter((time) => time !== undefined));
      if (next > end) break;
      this.now = Math.max(this.now, next);
    }
    this.now = end;
  }

  /** Does what is due now, until nothing is. */
  async #settle(): Promise<void> {
    for (let moved = true; moved; ) {
      for (const guest of this.#devices) guest.run(this.now);
      await new Promise(setImmediate); // config sources answer in promises
      const due = this.#tasks.filter(({ at }) => at <= this.now);
      for (const task of due) this.#tasks.splice(this.#tasks.indexOf(task), 1);
      for (const { run } of due) run();
      moved =
        due.length > 0 || this.#devices.some((guest) => (guest.nextDeadline(this.now) ?? this.now + 1) <= this.now);
    }
  }

  /** Milliseconds from the end of each connection to the beginning of the next one. */
  get waits(): number[] {
    return this.lines.slice(1).map((line, at) => line.openedAt - (this.lines[at].closedAt ?? Number.NaN));
  }
}

/** Devices with the engine of this package as their broker. */
export class EngineWorld extends AppWorld {
  readonly engine: BrokerEngine;
  readonly #ids = new Map<BrokerLine, number>();

  constructor() {
    super({
      bytes: (line, bytes) => {
        const id = this.#ids.get(line) ?? this.engine.open({ remote: 'device' });
        this.#ids.set(line, id);
        this.engine.receive(id, bytes);
      },
    });
    const lineOf = (id: number) => [...this.#ids].find(([, of]) => of === id)?.[0];
    this.engine = new BrokerEngine({
      now: () => this.now,
      transport: {
        send: (id, bytes) => lineOf(id)?.send(bytes),
        end: (id) => {
          const line = lineOf(id);
          this.later(0, () => line?.close());
          this.engine.closed(id);
        },
      },
    });
  }

  /** Loses the last connection; both ends notice. */
  drop(): void {
    const line = this.lines.at(-1)!;
    this.engine.closed(this.#ids.get(line)!);
    line.close();
  }
}
