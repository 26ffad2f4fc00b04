import type { QoS } from '../../core/index.js';
import {
  messageToRecord,
  recordToMessage,
  startKafkaToMqtt,
  startMqttToKafka,
  TemplateError,
} from '../../dojot/bridge/index.js';
import { KafkaSink } from '../../dojot/bridge/kafka/kafka-sink.js';
import { KafkaSource } from '../../dojot/bridge/kafka/kafka-source.js';
import type { StatusAddress } from '../options/bridge-options.js';
import { UsageError } from '../process/user-error.js';
import { type BrokerFlagsOfBridge, brokerEnd, type KafkaFlags, kafkaConnection } from './bridge-ends.js';
import { BridgeReporter } from './bridge-reporter.js';
import { filtersOf, topicsOf } from './bridge-topics.js';
import { serveBridge } from './serve-bridge.js';

/** Options of `wasmqtt bridge kafka`, as commander parses them. */
export interface KafkaBridgeFlags extends BrokerFlagsOfBridge, KafkaFlags {
  from?: string[];
  topic?: string;
  key?: string;
  value: 'raw' | 'json';
  share?: string;
  fromTopic?: string[];
  to?: string;
  group: string;
  retain?: boolean;
  qos: '0' | '1' | '2';
  compression: 'none' | 'gzip' | 'snappy' | 'lz4';
  createTopics?: boolean;
  deadLetters?: string;
  status?: StatusAddress;
  for?: number;
  json?: boolean;
}

/** `wasmqtt bridge kafka`. @throws UsageError, UserError */
export async function kafkaBridgeAction(flags: KafkaBridgeFlags): Promise<void> {
  if ((flags.from === undefined) === (flags.fromTopic === undefined)) {
    throw new UsageError(
      'say what to carry: --from FILTER --topic TEMPLATE to Kafka, or --from-topic NAME --to TEMPLATE from it',
    );
  }
  try {
    await (flags.from ? toKafka(flags, flags.from) : fromKafka(flags, flags.fromTopic!));
  } catch (error) {
    throw error instanceof TemplateError ? new UsageError(error.message) : error;
  }
}

function toKafka(flags: KafkaBridgeFlags, from: readonly string[]): Promise<void> {
  const { topic, key, value, deadLetters } = flags;
  if (topic === undefined) throw new UsageError('--from needs --topic: the Kafka topic of the records');
  const map = messageToRecord({ topic, key, value });
  const filters = filtersOf(from, flags.share, Number(flags.qos) as QoS);
  const [mqtt, kafka, reporter] = [brokerEnd(flags), kafkaConnection(flags), BridgeReporter.ofProcess(flags.json)];
  return serveBridge({
    ...flags,
    reporter,
    words: `${from.join(', ')} of ${flags.mqtt} to ${topic} of ${flags.kafka}`,
    start: async () => {
      const sink = newSink(flags, kafka, reporter);
      return startMqttToKafka({ mqtt, filters, sink, map, deadLetters, event: (event) => reporter.bridge(event) });
    },
  });
}

function fromKafka(flags: KafkaBridgeFlags, names: readonly string[]): Promise<void> {
  const { to, value: payload, deadLetters, group: groupId, retain } = flags;
  if (to === undefined) throw new UsageError('--from-topic needs --to: the MQTT topic of the messages');
  const map = recordToMessage({ topic: to, payload, qos: Number(flags.qos) as QoS, retain });
  const topics = topicsOf(names);
  const [mqtt, kafka, reporter] = [brokerEnd(flags), kafkaConnection(flags), BridgeReporter.ofProcess(flags.json)];
  return serveBridge({
    ...flags,
    reporter,
    words: `${names.join(', ')} of ${flags.kafka} to ${to} of ${flags.mqtt}`,
    start: async () =>
      startKafkaToMqtt({
        mqtt,
        source: new KafkaSource({ ...kafka, groupId, topics, onState: (state) => reporter.kafka(state) }),
        map,
        deadLetters:
          deadLetters === undefined ? undefined : { topic: deadLetters, sink: newSink(flags, kafka, undefined) },
        event: (event) => reporter.bridge(event),
      }),
  });
}

function newSink(flags: KafkaBridgeFlags, kafka: ReturnType<typeof kafkaConnection>, reporter?: BridgeReporter) {
  return new KafkaSink({
    ...kafka,
    compression: flags.compression,
    ...(flags.createTopics && { newTopics: { partitions: -1, replicas: -1 } }),
    onState: (state) => reporter?.kafka(state),
  });
}
