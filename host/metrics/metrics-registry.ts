import process from 'node:process';
import type { Counter, Histogram, Registry } from 'prom-client';
import type { EventLoopLag } from '../node/event-loop-lag.js';

/** The parts of `prom-client` that are used; it is loaded when a service is watched, and by nothing else. */
type Client = Pick<typeof import('prom-client'), 'Registry' | 'Counter' | 'Gauge' | 'Histogram'>;

/** What a counter with labels holds. Labels have fixed values, none that a client chooses. */
export type Samples<Label extends string> = Iterable<[labels: Record<Label, string>, value: number]>;

/** The metrics of one service for Prometheus, in a registry of their own. What is read is read at each scrape. */
export class MetricsRegistry {
  readonly #client: Client;
  readonly #registry: Registry;

  private constructor(client: Client) {
    this.#client = client;
    this.#registry = new client.Registry();
  }

  static async load(): Promise<MetricsRegistry> {
    const client = await import('prom-client');
    return new MetricsRegistry(client.default ?? client);
  }

  /** For the header of an answer with `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  gauge(name: string, help: string, read: () => number): void {
    this.gauges(name, help, [], () => [[{}, read()]]);
  }

  gauges<Label extends string>(name: string, help: string, labelNames: Label[], read: () => Samples<Label>): void {
    new this.#client.Gauge({
      ...this.#named(name, help),
      labelNames,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
  }

  /** A counter without labels. */
  total(name: string, help: string, read: () => number): void {
    this.counter(name, help, [], () => [[{}, read()]]);
  }

  counter<Label extends string>(name: string, help: string, labelNames: Label[], read: () => Samples<Label>): void {
    new this.#client.Counter({
      ...this.#named(name, help),
      labelNames,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }

  /** A counter of what somebody else counts. */
  counted<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new this.#client.Counter({ ...this.#named(name, help), labelNames });
  }

  /** @param buckets upper limits, in seconds */
  histogram(name: string, help: string, buckets: number[]): Histogram {
    return new this.#client.Histogram({ ...this.#named(name, help), buckets });
  }

  /** Memory and processor time of this process, and how late its event loop is. */
  ofProcess(lag: Pick<EventLoopLag, 'read'>): void {
    new this.#client.Gauge({
      ...this.#named('wasmqtt_event_loop_lag_seconds', 'How late the event loop was since the last scrape.'),
      labelNames: ['quantile'],
      collect() {
        for (const [quantile, seconds] of Object.entries(lag.read())) this.set({ quantile }, seconds);
      },
    });
    this.gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
    this.total('process_cpu_seconds_total', 'CPU time of the process.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  #named(name: string, help: string) {
    return { name, help, registers: [this.#registry] };
  }
}
