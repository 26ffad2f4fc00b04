import {
  type BridgeKind,
  type BridgeSettings,
  type BrokerEnd,
  deviceConfigMapping,
  deviceDataMapping,
  type RunningBridge,
  startKafkaToMqtt,
  startMqttToKafka,
} from '../../dojot/bridge/index.js';
import { KafkaSink } from '../../dojot/bridge/kafka/kafka-sink.js';
import { KafkaSource } from '../../dojot/bridge/kafka/kafka-source.js';
import type { Generation } from '../../dojot/generation.js';
import type { BridgeReporter } from './bridge-reporter.js';

/** What one of dojot's bridges is made of, wherever it runs. */
export interface DojotBridge {
  readonly mqtt: BrokerEnd;
  readonly settings: BridgeSettings;
  readonly generation: Generation;
  /** Kafka topic of dead letters. */
  readonly deadLetters: string | undefined;
  readonly reporter: BridgeReporter;
}

/** Starts one as soon as it can: neither the broker nor Kafka is waited for. */
export async function startDojotBridge(kind: BridgeKind, bridge: DojotBridge): Promise<RunningBridge> {
  return kind === 'v2k' ? startV2k(bridge) : startK2v(bridge);
}

/** As the brokers of the cluster make topics by themselves. */
const NEW_TOPICS = { partitions: -1, replicas: -1 };

function startV2k({ mqtt, settings, generation, deadLetters, reporter }: DojotBridge): RunningBridge {
  const { kafka, compression, topicSuffix, filter, qos, mostBytes } = settings;
  const onState = reporter.kafka.bind(reporter);
  return startMqttToKafka({
    mqtt,
    filters: new Map([[filter, qos]]),
    sink: new KafkaSink({ ...kafka, compression, newTopics: NEW_TOPICS, onState }),
    map: deviceDataMapping({ generation, topicSuffix }),
    deadLetters,
    maxBytes: mostBytes,
    event: (event) => reporter.bridge(event),
  });
}

function startK2v({ mqtt, settings, deadLetters, reporter }: DojotBridge): Promise<RunningBridge> {
  const { kafka, topicSuffix, publishSuffix, groupId, qos } = settings;
  const onState = reporter.kafka.bind(reporter);
  return startKafkaToMqtt({
    mqtt,
    source: new KafkaSource({ ...kafka, groupId, topics: topicsThatEnd(topicSuffix), onState }),
    map: deviceConfigMapping({ topicSuffix: publishSuffix, qos }),
    deadLetters:
      deadLetters === undefined
        ? undefined
        : { topic: deadLetters, sink: new KafkaSink({ ...kafka, newTopics: NEW_TOPICS }) },
    event: (event) => reporter.bridge(event),
  });
}

/** The topics of all tenants. */
function topicsThatEnd(suffix: string): RegExp {
  return new RegExp(`.+\\.${suffix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
