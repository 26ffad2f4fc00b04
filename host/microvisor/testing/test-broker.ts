import { MvMqttRequestState } from '../../../build/abi/microvisor.js';
import { failureOf } from '../transport/failures.js';
import { tlsMaterial } from '../transport/tls-material.js';
import type {
  MqttTransportFactory,
  Transport,
  TransportEvents,
  TransportFailure,
  TransportRequest,
} from '../transport/transport.js';
import { type Ticking, VirtualClock } from './virtual-clock.js';

/** A broker without sockets and timers, as `BrokerEngine` of `wasmqtt/broker` is one. */
export interface BrokerPort extends Ticking {
  open(info: { remote: string }): number;
  receive(id: number, bytes: Uint8Array): void;
  closed(id: number, reason?: string): void;
}

/** What a broker gets of its surroundings: what the options of `BrokerEngine` need. */
export interface BrokerHost {
  now: () => number;
  wallClock: () => number;
  transport: { send(id: number, bytes: Uint8Array): void; end(id: number): void };
  /** Client ids that are the same in each run. */
  newClientId: (prefix: string) => string;
}

export interface TestBrokerOptions {
  /** Default: a clock of its own. */
  clock?: VirtualClock;
  /** Milliseconds that bytes take, each way, from 0 (default 1). */
  latency?: number;
}

/** What devices connect to, in virtual time. */
export interface ReachableBroker {
  readonly clock: VirtualClock;
  readonly connect: MqttTransportFactory;
}

interface Line {
  id: number;
  events: TransportEvents;
}

/**
 * A broker in the process and in virtual time, and the network of the devices to it. Each host name and port leads to it; there is no
 * TLS: certificates and keys that cannot be used are refused as on a device, and those of the broker are not checked.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { BrokerEngine } from 'wasmqtt/broker';
 * import { type BrokerHost, type BrokerPort, createDevice, TestBroker } from 'wasmqtt/microvisor';
 * import type { ReachableBroker, TestBrokerOptions } from 'wasmqtt/microvisor';
 *
 * const options: TestBrokerOptions = { latency: 20 };
 * const broker = new TestBroker((host: BrokerHost): BrokerPort => new BrokerEngine(host), options);
 * const network: ReachableBroker = broker;
 * const stores = { 'broker-host': 'broker.example.com', 'broker-port': '8883', 'client-id': 'pump-7' };
 * const device = await createDevice({ guest: readFileSync(modulePath('app.wasm')), broker: network, stores });
 * await device.until('subscribed');
 * broker.connections; // => 1
 * broker.drop();
 * await device.until('disconnected');
 * // It comes back by itself.
 * await device.until('connected');
 * await device.stop();
 * ```
 */
export class TestBroker<Engine extends BrokerPort = BrokerPort> implements ReachableBroker {
  readonly clock: VirtualClock;
  readonly engine: Engine;
  /** False: connections are refused. Those that are open stay: see {@link drop}. */
  isReachable = true;
  readonly #latency: number;
  readonly #lines = new Map<number, Line>();
  #clientIds = 0;

  /** @param make makes the broker, for example `(host) => new BrokerEngine(host)` */
  constructor(make: (host: BrokerHost) => Engine, { clock = new VirtualClock(), latency = 1 }: TestBrokerOptions = {}) {
    this.clock = clock;
    this.#latency = latency;
    this.engine = make({
      now: () => clock.now(),
      wallClock: () => clock.wallClock() ?? clock.now(),
      transport: {
        send: (id, bytes) => this.#later(() => this.#lines.get(id)?.events.data(bytes)),
        end: (id) => this.#later(() => this.#close(id)),
      },
      newClientId: (prefix) => `${prefix}${++this.#clientIds}`,
    });
    clock.drive(this.engine);
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#lines.size;
  }

  /** All connections are lost; both sides notice at once. */
  drop(): void {
    for (const { id } of [...this.#lines.values()]) {
      this.engine.closed(id);
      this.#close(id);
    }
  }

  /** The transport of the devices. */
  readonly connect: MqttTransportFactory = (request, events) => {
    const bad = failureOfMaterial(request);
    if (bad) return failing(this.clock, bad, events);
    let id: number | undefined;
    let isOver = false;
    this.#later(() => {
      if (isOver) return events.closed();
      if (!this.isReachable) return events.closed(REFUSED);
      id = this.engine.open({ remote: 'device' });
      this.#lines.set(id, { id, events });
      events.connected({ tls: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' });
    });
    const end = () => {
      if (isOver) return;
      isOver = true;
      if (id !== undefined) this.#later(() => this.#ended(id!));
    };
    const line: Transport = {
      write: (bytes) => this.#later(() => id !== undefined && this.#lines.has(id) && this.engine.receive(id, bytes)),
      end,
      destroy: end,
    };
    return line;
  };

  #later(run: () => void): void {
    this.clock.after(this.#latency, run);
  }

  /** The device has closed the connection. */
  #ended(id: number): void {
    if (this.#lines.has(id)) this.engine.closed(id);
    this.#close(id);
  }

  #close(id: number): void {
    const line = this.#lines.get(id);
    this.#lines.delete(id);
    line?.events.closed();
  }
}

const REFUSED = {
  requestState: MvMqttRequestState.SOCKETERROR,
  detail: 'the broker is not reachable',
  code: 'ECONNREFUSED',
};

/** A network without a broker. */
export const refusedConnections =
  (clock: VirtualClock): MqttTransportFactory =>
  (_request, events) =>
    failing(clock, REFUSED, events);

/** A connection that does not come about. */
function failing(clock: VirtualClock, failure: TransportFailure, events: TransportEvents): Transport {
  const cancel = clock.after(1, () => events.closed(failure));
  const end = () => {
    cancel();
    clock.after(0, () => events.closed());
  };
  return { write() {}, end, destroy: end };
}

/** There is no TLS here. What a device brings for it has to be right all the same: bytes that are no certificate, a key of another one. */
function failureOfMaterial(request: TransportRequest): TransportFailure | undefined {
  try {
    tlsMaterial(request);
    return undefined;
  } catch (error) {
    return failureOf(error as Error);
  }
}
