import type { BrokerState } from './broker-state.js';
import { LoadAverage } from './load-average.js';
import type { TrafficCounter } from './traffic-counter.js';

export interface SysTopicsOptions {
  /**
   * Publishes a retained message, such as `LocalClient.publish`.
   *
   * @returns when the broker has it
   */
  publish: (topic: string, payload: string) => Promise<void>;
  state: Pick<BrokerState, 'totals'>;
  traffic: TrafficCounter;
  /** Of the broker, for `$SYS/broker/version`. */
  version: string;
  /** Seconds between two updates, above 0; Mosquitto's `sys_interval`. Default 10. */
  interval?: number;
  /** Bytes of memory in use. Default: the heap of the process. */
  memory?: () => number;
  /** Gets why an update failed; the next one tries again. */
  onError?: (error: unknown) => void;
}

/** Seconds, as Mosquitto has it. */
const DEFAULT_INTERVAL = 10;

/**
 * The topics under `$SYS/broker`, as mosquitto(8) describes them, published when their value has changed. Only subscribers that ask for
 * `$SYS` get them: no wildcard at the first level matches (4.7.2-1).
 *
 * @example
 * ```ts
 * import { createBroker, SysTopics, type SysTopicsOptions, TrafficCounter } from 'wasmqtt/broker';
 *
 * const traffic = new TrafficCounter();
 * const broker = await createBroker({ taps: [traffic] });
 * const topics: string[] = [];
 * const publish = async (topic: string) => {
 *   topics.push(topic);
 * };
 * const options: SysTopicsOptions = { publish, state: broker.engine.inspection, traffic, version: '1', interval: 10 };
 * const sys = new SysTopics(options);
 * sys.tick(performance.now());
 * topics.includes('$SYS/broker/version'); // => true
 * await broker.close();
 * ```
 */
export class SysTopics {
  readonly #options: SysTopicsOptions;
  readonly #interval: number;
  readonly #published = new Map<string, string>();
  readonly #loads = new Map<string, LoadAverage>();
  #start: number | undefined;
  #last = 0;
  #due = 0;
  #mostClients = 0;
  #mostMemory = 0;
  #isPublishing = false;

  /** @throws RangeError for an interval that is not above 0 */
  constructor(options: SysTopicsOptions) {
    const { interval = DEFAULT_INTERVAL } = options;
    if (!(interval > 0)) throw new RangeError(`sys_interval is ${interval}; use seconds above 0, or no $SYS topics`);
    this.#options = options;
    this.#interval = interval * 1000;
  }

  /** Publishes what has changed, when the interval has passed. The first call does so at once. */
  tick(now: number): void {
    if (this.#start === undefined) {
      this.#start = now;
      this.#last = now;
    } else if (now < this.#due) {
      return;
    }
    this.#due = now + this.#interval;
    this.#measure(now);
    this.#publishChanges(now);
  }

  nextDeadline(now: number): number | undefined {
    return this.#start === undefined ? now : Math.max(now, this.#due);
  }

  #measure(now: number): void {
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    if (seconds <= 0) return;
    const { in: inbound, out, connections, connects, droppedMessages } = this.#options.traffic;
    const totals = {
      'messages/received': inbound.packets,
      'messages/sent': out.packets,
      'publish/dropped': droppedMessages,
      'publish/received': inbound.publishes,
      'publish/sent': out.publishes,
      'bytes/received': inbound.bytes,
      'bytes/sent': out.bytes,
      sockets: connections,
      connections: connects,
    };
    for (const [name, total] of Object.entries(totals)) {
      const load = this.#loads.get(name) ?? new LoadAverage();
      this.#loads.set(name, load);
      load.update(total, seconds);
    }
  }

  /** Topics below `$SYS/broker/` and their values. */
  #values(now: number): Map<string, string> {
    const { state, traffic, version, memory = () => process.memoryUsage().heapUsed } = this.#options;
    const totals = state.totals();
    const away = totals.sessions - totals.clients;
    const heap = memory();
    this.#mostClients = Math.max(this.#mostClients, totals.clients);
    this.#mostMemory = Math.max(this.#mostMemory, heap);
    const stored = totals.retainedMessages + totals.queuedMessages;
    const numbers: Record<string, number> = {
      'clients/total': totals.sessions,
      'clients/inactive': away,
      'clients/disconnected': away,
      'clients/active': totals.clients,
      'clients/connected': totals.clients,
      'clients/maximum': this.#mostClients,
      'messages/stored': stored,
      'messages/received': traffic.in.packets,
      'messages/sent': traffic.out.packets,
      'messages/inflight': totals.inflightMessages,
      'store/messages/count': stored,
      'store/messages/bytes': totals.retainedBytes + totals.queuedBytes,
      'subscriptions/count': totals.subscriptions,
      'shared_subscriptions/count': totals.sharedSubscriptions,
      'retained messages/count': totals.retainedMessages,
      'heap/current': heap,
      'heap/maximum': this.#mostMemory,
      'publish/messages/dropped': traffic.droppedMessages,
      'publish/messages/received': traffic.in.publishes,
      'publish/messages/sent': traffic.out.publishes,
      'publish/bytes/received': traffic.in.payloadBytes,
      'publish/bytes/sent': traffic.out.payloadBytes,
      'bytes/received': traffic.in.bytes,
      'bytes/sent': traffic.out.bytes,
    };
    const values = new Map([
      ['version', `wasmqtt version ${version}`],
      ['uptime', `${Math.floor((now - this.#start!) / 1000)} seconds`],
    ]);
    for (const [topic, value] of Object.entries(numbers)) values.set(topic, String(value));
    for (const [name, load] of this.#loads) {
      for (const [span, average] of load.values()) values.set(`load/${name}/${span}`, average.toFixed(2));
    }
    return values;
  }

  async #publishChanges(now: number): Promise<void> {
    // The broker is behind with the last update: it gets the newest values next time.
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    try {
      const changes = [...this.#values(now)].filter(([topic, value]) => this.#published.get(topic) !== value);
      await Promise.all(
        changes.map(async ([topic, value]) => {
          await this.#options.publish(`$SYS/broker/${topic}`, value);
          this.#published.set(topic, value);
        }),
      );
    } catch (error) {
      this.#options.onError?.(error);
    } finally {
      this.#isPublishing = false;
    }
  }
}
