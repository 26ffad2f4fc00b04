import { BridgeMachine } from '../../../../host/broker/bridges/bridge-machine.js';
import type { BridgeEvent, BridgeOptions, BridgeTopic } from '../../../../host/broker/bridges/bridge-setup.js';
import type { Transport } from '../../../../host/broker/index.js';
import type { LocalClient } from '../../../../host/broker/local/local-client.js';
import { LocalConnections } from '../../../../host/broker/local/local-connections.js';
import { turns } from '../local/local-rig.js';
import { type TestClient, World } from '../world.js';

/** One entry of `topic PATTERN DIRECTION QOS LOCAL REMOTE`. */
export function topic(
  pattern: string,
  direction: 'in' | 'out' | 'both',
  qos: 0 | 1 | 2 = 0,
  local = '',
  remote = '',
): BridgeTopic[] {
  const directions = direction === 'both' ? (['out', 'in'] as const) : [direction];
  return directions.map((way) => {
    const [removePrefix, addPrefix] = way === 'in' ? [remote, local] : [local, remote];
    return { direction: way, qos, filter: `${removePrefix}${pattern}`, removePrefix, addPrefix };
  });
}

/** Two brokers and a bridge between them, in virtual time. The bridge belongs to `near`. */
export class BridgeRig {
  readonly near: World;
  readonly far: World;
  readonly machine: BridgeMachine;
  readonly events: BridgeEvent[] = [];
  /** Addresses that the machine asked for. */
  readonly opened: string[] = [];
  /** Whether `far` can be connected to. */
  isUp = true;
  /** The network takes nothing from the bridge. */
  isSlow = false;
  isReading = true;
  /** What the bridge sends is lost. */
  isCut = false;
  client!: LocalClient;
  #local!: LocalConnections;
  #toFar: Uint8Array[] = [];
  #toNear: Uint8Array[] = [];
  #wants: 'open' | undefined;
  #isWoken = false;
  #connection: number | undefined;
  /** `far` has ended the connection. */
  #isEnded = false;

  constructor(options: Partial<BridgeOptions> = {}, engines: ConstructorParameters<typeof World>[0] = {}) {
    this.near = new World({
      wrap: (transport) => {
        this.#local = new LocalConnections(transport, { now: () => this.near.now, rules: engines.rules });
        return this.#local;
      },
    });
    this.#local.serve(this.near.engine);
    this.far = new World({ wrap: (transport) => this.#farTransport(transport), ...engines, rules: undefined });
    this.machine = new BridgeMachine(
      {
        name: 'b',
        addresses: [{ host: 'far', port: 1883 }],
        topics: topic('#', 'both', 2),
        remoteClientId: 'bridge',
        protocolVersion: 5,
        ...options,
      },
      {
        open: ({ host, port }) => {
          this.opened.push(`${host}:${port}`);
          this.#wants = 'open';
        },
        send: (bytes) => {
          if (!this.isCut) this.#toFar.push(bytes);
        },
        end: () => this.#unplug(),
        read: (isWanted) => {
          this.isReading = isWanted;
        },
        isSlow: () => this.isSlow,
        publish: async ({ topic: name, payload, ...rest }) => this.client.publish(name, payload, rest),
        waiting: () => this.client.pending,
        event: (event) => this.events.push(event),
        wake: () => {
          this.#isWoken = true;
        },
        random: () => 0.5,
      },
    );
  }

  /** Connects the own client, and starts the bridge. */
  async start(): Promise<void> {
    this.client = await this.#local.connect({
      clientId: 'local.bridge',
      cleanStart: false,
      sessionExpiryInterval: 1000,
      onMessage: (message) => this.machine.carryOut(message),
    });
    for (const [filter, qos] of this.machine.localFilters) {
      await this.client.subscribe(filter, { qos, noLocal: true, retainAsPublished: true }, (message) =>
        this.machine.carryOut(message),
      );
    }
    this.machine.start(this.near.now);
    await this.settle();
  }

  /** Lets everything happen that happens at this time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await turns(2);
      if (this.#step()) quiet = 0;
    }
  }

  /** A number of exchanges: what is on its way after them stays on its way. */
  async exchange(count: number): Promise<void> {
    for (let done = 0; done < count; done++) {
      this.#step();
      await turns(1);
    }
  }

  /** One exchange of what waits. @returns whether there was any */
  #step(): boolean {
    const { now } = this.near;
    if (this.#wants === 'open') {
      this.#wants = undefined;
      if (this.isUp) {
        this.#isEnded = false;
        this.#connection = this.far.engine.open({ remote: 'near:1' });
        this.machine.opened(now);
      } else this.machine.lost('refused', now);
      return true;
    }
    const [toFar, toNear] = [this.#toFar.splice(0), this.isReading ? this.#toNear.splice(0) : []];
    for (const bytes of toFar) if (this.#connection !== undefined) this.far.engine.receive(this.#connection, bytes);
    for (const bytes of toNear) this.machine.receive(bytes, now);
    if (this.#isWoken) {
      this.#isWoken = false;
      this.machine.settle(now);
      return true;
    }
    if (this.#isEnded && this.#toNear.length === 0) {
      this.#isEnded = false;
      this.#connection = undefined;
      this.machine.lost('closed', now);
      return true;
    }
    return toFar.length + toNear.length > 0;
  }

  /** The network drops the connection, with all that was on its way. */
  async drop(): Promise<void> {
    this.#unplug(false);
    this.machine.lost('the cable was cut', this.near.now);
    await this.settle();
  }

  /** Lets time pass for both brokers and the bridge. */
  async advance(seconds: number): Promise<void> {
    const target = this.near.now + seconds * 1000;
    for (;;) {
      await this.settle();
      const due = this.machine.nextDeadline(this.near.now) ?? Number.POSITIVE_INFINITY;
      const step = Math.min(due, target) - this.near.now;
      this.near.advance(step);
      this.far.advance(step);
      if (due > target) break;
      this.machine.tick(this.near.now);
    }
    await this.settle();
  }

  /** A client of one side that subscribes to this filter. */
  subscriber(side: 'near' | 'far', filter: string, qos: 0 | 1 | 2 = 0): TestClient {
    const client = this[side].connect({ clientId: `${side}-${filter}-${qos}`, protocolVersion: 4 });
    client.subscribe(filter, { qos });
    return client;
  }

  #unplug(isOrderly = true): void {
    if (this.#connection !== undefined) {
      const id = this.#connection;
      const last = isOrderly ? this.#toFar.splice(0) : [];
      for (const bytes of last) this.far.engine.receive(id, bytes);
      this.#connection = undefined;
      this.far.engine.closed(id);
    }
    this.#toFar = [];
    this.#toNear = [];
    this.#isEnded = false;
  }

  #farTransport(transport: Transport): Transport {
    return {
      send: (id, bytes) => {
        if (id === this.#connection) this.#toNear.push(bytes);
        else transport.send(id, bytes);
      },
      end: (id) => {
        if (id === this.#connection) this.#isEnded = true;
        else transport.end(id);
      },
      backlog: (id) => (id === this.#connection ? 0 : (transport.backlog?.(id) ?? 0)),
    };
  }
}
