import { ReasonCode } from '../../core/index.js';
import { MetricsRegistry } from '../../metrics/metrics-registry.js';
import { EventLoopLag } from '../../node/event-loop-lag.js';
import type { BrokerState } from './broker-state.js';
import type { TrafficCounter } from './traffic-counter.js';

/** Metrics of one broker, in a registry of their own. */
export interface BrokerMetrics {
  /** For the header of an answer with `text`. */
  readonly contentType: string;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  /** One commit of the journal took this long: `onCommit` of the store says it. @param seconds until it was on the disk */
  commit(seconds: number): void;
  /** Ends what measures the event loop. */
  close(): void;
}

export interface BrokerMetricsOptions {
  state: Pick<BrokerState, 'totals'>;
  traffic: TrafficCounter;
  /** Adds those of the program around the broker. */
  more?: (metrics: MetricsRegistry) => void;
  /** Default: measured by Node. */
  lag?: Pick<EventLoopLag, 'read' | 'close'>;
}

/** Reasons that exist: their counters are there before the first message is dropped. */
const DROP_REASONS = ['not authorised', 'queue full', 'expired', 'too large', 'retained store full'];
/** Seconds; a commit to a disk takes about one millisecond. */
const COMMIT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

const REASONS = new Map<number, string>(
  Object.entries(ReasonCode)
    .filter(([, code]) => code >= ReasonCode.unspecifiedError || code === ReasonCode.disconnectWithWillMessage)
    .map(([name, code]) => [code, name]),
);
/** Code 0: a normal disconnection, or a refusal without a code. */
const NO_REASON = 'none';

/** A label of the fixed set, whatever code a client or a rule came up with. */
const reasonName = (code: number) => (code === 0 ? NO_REASON : (REASONS.get(code) ?? 'other'));

/**
 * Metrics for Prometheus. Nothing is counted here: a scrape reads what `state` and `traffic` hold. Labels have fixed values, none that a
 * client chooses. Loads `prom-client`.
 *
 * @example
 * ```ts
 * import { type BrokerMetrics, type BrokerMetricsOptions, createBroker, createMetrics, TrafficCounter } from 'wasmqtt/broker';
 * import type { EngineInspection, EngineTotals } from 'wasmqtt/broker';
 *
 * const traffic = new TrafficCounter();
 * const broker = await createBroker({ taps: [traffic] });
 * const inspection: EngineInspection = broker.engine.inspection;
 * const totals: EngineTotals = inspection.totals();
 * totals.sessions; // => 0
 * const options: BrokerMetricsOptions = { state: inspection, traffic };
 * const metrics: BrokerMetrics = await createMetrics(options);
 * (await metrics.text()).includes('# TYPE'); // => true
 * metrics.close();
 * await broker.close();
 * ```
 */
export async function createMetrics({ state, traffic, more, lag }: BrokerMetricsOptions): Promise<BrokerMetrics> {
  const metrics = await MetricsRegistry.load();
  let totals = state.totals();
  const directions = (field: 'bytes' | 'packets' | 'publishes' | 'payloadBytes') => () =>
    (['in', 'out'] as const).map((direction): [{ direction: string }, number] => [
      { direction },
      traffic[direction][field],
    ]);

  // The first metric of a scrape reads the totals for all of them: each reading looks at every session.
  metrics.gauge('wasmqtt_clients', 'Clients that are connected.', () => {
    totals = state.totals();
    return totals.clients;
  });
  metrics.gauge('wasmqtt_connections', 'Network connections that are open.', () => traffic.openConnections);
  metrics.gauge('wasmqtt_sessions', 'Sessions, connected or not.', () => totals.sessions);
  metrics.gauge('wasmqtt_subscriptions', 'Subscriptions of all sessions.', () => totals.subscriptions);
  metrics.gauge('wasmqtt_shared_subscriptions', 'Shared ones of these.', () => totals.sharedSubscriptions);
  metrics.gauge('wasmqtt_retained_messages', 'Retained messages.', () => totals.retainedMessages);
  metrics.gauge('wasmqtt_retained_bytes', 'Bytes of retained messages.', () => totals.retainedBytes);
  metrics.gauge('wasmqtt_queued_messages', 'Messages that wait to be sent.', () => totals.queuedMessages);
  metrics.gauge('wasmqtt_queued_bytes', 'Bytes of messages that wait to be sent.', () => totals.queuedBytes);
  metrics.gauge('wasmqtt_inflight_messages', 'Messages sent and not acknowledged.', () => totals.inflightMessages);

  metrics.total('wasmqtt_connections_total', 'Network connections opened.', () => traffic.connections);
  metrics.counter(
    'wasmqtt_bytes_total',
    'Bytes of MQTT, in from clients and out to them.',
    ['direction'],
    directions('bytes'),
  );
  metrics.counter('wasmqtt_packets_total', 'Packets of all types.', ['direction'], directions('packets'));
  metrics.counter('wasmqtt_publishes_total', 'PUBLISH packets.', ['direction'], directions('publishes'));
  metrics.counter(
    'wasmqtt_payload_bytes_total',
    'Payload bytes of PUBLISH packets.',
    ['direction'],
    directions('payloadBytes'),
  );
  metrics.counter('wasmqtt_messages_dropped_total', 'Messages that did not reach a client.', ['reason'], () => {
    const counts = new Map([...DROP_REASONS.map((reason): [string, number] => [reason, 0]), ...traffic.dropped]);
    return [...counts].map(([reason, count]): [{ reason: string }, number] => [{ reason }, count]);
  });
  const byReason = (counts: () => ReadonlyMap<number, number>) => (): [{ reason: string }, number][] => [
    [{ reason: NO_REASON }, 0],
    ...[...counts()].map(([code, count]): [{ reason: string }, number] => [{ reason: reasonName(code) }, count]),
  ];
  const refused = byReason(() => traffic.refused);
  metrics.counter('wasmqtt_connections_refused_total', 'Connections that never became a client.', ['reason'], refused);
  const disconnected = byReason(() => traffic.disconnected);
  metrics.counter('wasmqtt_disconnections_total', 'Clients whose connection ended.', ['reason'], disconnected);
  metrics.total('wasmqtt_failures_total', 'Events of the type failed.', () => traffic.failures);

  const commits = metrics.histogram(
    'wasmqtt_commit_seconds',
    'Time that a commit of the journal takes.',
    COMMIT_BUCKETS,
  );
  const measured = lag ?? new EventLoopLag();
  metrics.ofProcess(measured);
  more?.(metrics);
  return {
    contentType: metrics.contentType,
    text: () => metrics.text(),
    commit: (seconds) => commits.observe(seconds),
    close: () => measured.close(),
  };
}
