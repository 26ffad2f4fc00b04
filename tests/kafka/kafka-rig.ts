import { inject, onTestFinished } from 'vitest';
import { KafkaSink, type KafkaSinkOptions } from '../../host/dojot/bridge/kafka/kafka-sink.js';
import type { KafkaState } from '../../host/dojot/bridge/kafka/kafka-state.js';
import { KafkaCluster } from './kafka-cluster.js';

/** The cluster of this run, which a test may stop in part: when the test is over, all of it runs again. */
export function theCluster(): KafkaCluster {
  const cluster = new KafkaCluster(inject('kafka')!);
  onTestFinished(() => cluster.restore());
  return cluster;
}

/** A sink, and what it says of Kafka. */
export function newSink(cluster: KafkaCluster, options: Partial<KafkaSinkOptions> = {}) {
  const states: KafkaState[] = [];
  const sink = new KafkaSink({
    brokers: cluster.brokers,
    clientId: 'sink',
    onState: (state) => states.push(state),
    ...options,
  });
  onTestFinished(() => sink.close());
  return { sink, states };
}
