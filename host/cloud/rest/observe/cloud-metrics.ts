import type { Histogram } from 'prom-client';
import { EventLoopLag } from '../../../node/event-loop-lag.js';

/** Metrics of one server, in a registry of their own. */
export interface CloudMetrics {
  /** For the header of an answer with `text`. */
  readonly contentType: string;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  /** A request was answered. @param seconds from its headers to the end of the answer */
  answered(method: string, status: number, seconds: number): void;
  /** Ends what measures the event loop. */
  close(): void;
}

/** What is read at each scrape. */
export interface CloudState {
  connections(): number;
  strangers(): number;
  /** since the start: connections that were ended to make room, those that were refused, log-ins that were slowed */
  displaced(): number;
  refused(): number;
  slowed(): number;
  /** whether the audit log cannot be written */
  auditFailing(): boolean;
}

/** Labels have fixed values, none that a client chooses. */
const METHODS = ['GET', 'POST', 'DELETE', 'other'];
const CLASSES = ['2xx', '3xx', '4xx', '5xx'];
/** Seconds. A device that waits for changes takes up to a minute. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60];

/** Metrics for Prometheus. Loads `prom-client`, which nothing else needs. */
export async function createCloudMetrics(state: CloudState): Promise<CloudMetrics> {
  const client = await import('prom-client');
  const { Registry, Counter, Gauge, Histogram } = client.default ?? client;
  const registry = new Registry();
  const registers = [registry];
  const lag = new EventLoopLag();
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });

  gauge('wasmqtt_cloud_connections', 'Connections that are open.', state.connections);
  gauge('wasmqtt_cloud_strangers', 'Those of them on which nobody has logged in.', state.strangers);
  gauge('wasmqtt_cloud_audit_failing', '1 while the audit log cannot be written.', () => Number(state.auditFailing()));
  counter('wasmqtt_cloud_connections_displaced_total', 'Connections that were ended to make room.', state.displaced);
  counter('wasmqtt_cloud_connections_refused_total', 'Connections that there was no room for.', state.refused);
  counter('wasmqtt_cloud_log_ins_slowed_total', 'Requests refused after too many failed log-ins.', state.slowed);
  const requests = new Counter({
    name: 'wasmqtt_cloud_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'status'],
    registers,
  });
  for (const method of METHODS) for (const status of CLASSES) requests.inc({ method, status }, 0);
  const durations: Histogram = new Histogram({
    name: 'wasmqtt_cloud_request_seconds',
    help: 'Time from the headers of a request to the end of its answer.',
    buckets: BUCKETS,
    registers,
  });
  new Gauge({
    name: 'wasmqtt_event_loop_lag_seconds',
    help: 'How late the event loop was since the last scrape.',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const [quantile, seconds] of Object.entries(lag.read())) this.set({ quantile }, seconds);
    },
  });
  gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  counter('process_cpu_seconds_total', 'CPU time of the process.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered(method, status, seconds) {
      const known = METHODS.includes(method) ? method : 'other';
      requests.inc({ method: known, status: `${Math.floor(status / 100)}xx` });
      durations.observe(seconds);
    },
    close: () => lag.close(),
  };
}
