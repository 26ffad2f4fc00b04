import type { MetricsRegistry } from '../../../metrics/metrics-registry.js';
import type { RunningBridge } from './running-bridge.js';

const TOTALS = {
  received: 'Messages that came in.',
  carried: 'Messages that went out and were confirmed.',
  skipped: 'Messages that were not for this bridge.',
  deadLetters: 'Dead letters that Kafka keeps.',
  dropped: 'Dead letters that nobody keeps.',
  repeated: 'Messages that were carried although they may have been before.',
} as const;

/** Adds what bridges do, each with its labels. */
export function addBridgeMetrics<Label extends string>(
  metrics: MetricsRegistry,
  labelNames: Label[],
  bridges: readonly [labels: Record<Label, string>, bridge: RunningBridge][],
): void {
  const of = (read: (bridge: RunningBridge) => number) => () =>
    bridges.map(([labels, bridge]): [Record<Label, string>, number] => [labels, read(bridge)]);
  for (const [name, help] of Object.entries(TOTALS)) {
    const metric = `wasmqtt_bridge_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;
    metrics.counter(
      metric,
      help,
      labelNames,
      of(({ counts }) => counts[name as keyof typeof TOTALS]),
    );
  }
  const gauge = (name: string, help: string, read: (bridge: RunningBridge) => number) =>
    metrics.gauges(`wasmqtt_bridge_${name}`, help, labelNames, of(read));
  gauge('in_hand', 'Messages that came in and are not confirmed.', ({ counts }) => counts.inHand);
  gauge('mqtt_connected', '1 with a connection to the broker.', ({ mqttConnected }) => Number(mqttConnected));
  gauge('kafka_ready', '1 while Kafka can be reached.', ({ kafkaReady }) => Number(kafkaReady));
}
