import { MetricsRegistry } from '../../../metrics/metrics-registry.js';
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

/** Metrics for Prometheus. Loads `prom-client`. */
export async function createCloudMetrics(state: CloudState): Promise<CloudMetrics> {
  const metrics = await MetricsRegistry.load();
  metrics.gauge('wasmqtt_cloud_connections', 'Connections that are open.', state.connections);
  metrics.gauge('wasmqtt_cloud_strangers', 'Those of them on which nobody has logged in.', state.strangers);
  metrics.gauge('wasmqtt_cloud_audit_failing', '1 while the audit log cannot be written.', () =>
    Number(state.auditFailing()),
  );
  metrics.total(
    'wasmqtt_cloud_connections_displaced_total',
    'Connections that were ended to make room.',
    state.displaced,
  );
  metrics.total('wasmqtt_cloud_connections_refused_total', 'Connections that there was no room for.', state.refused);
  metrics.total('wasmqtt_cloud_log_ins_slowed_total', 'Requests refused after too many failed log-ins.', state.slowed);
  const requests = metrics.counted('wasmqtt_cloud_requests_total', 'Requests that were answered.', [
    'method',
    'status',
  ]);
  for (const method of METHODS) for (const status of CLASSES) requests.inc({ method, status }, 0);
  const durations = metrics.histogram(
    'wasmqtt_cloud_request_seconds',
    'Time from the headers of a request to the end of its answer.',
    BUCKETS,
  );
  const lag = new EventLoopLag();
  metrics.ofProcess(lag);
  return {
    contentType: metrics.contentType,
    text: () => metrics.text(),
    answered(method, status, seconds) {
      const known = METHODS.includes(method) ? method : 'other';
      requests.inc({ method: known, status: `${Math.floor(status / 100)}xx` });
      durations.observe(seconds);
    },
    close: () => lag.close(),
  };
}
