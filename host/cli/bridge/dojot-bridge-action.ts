import {
  type BridgeKind,
  type BridgeSettings,
  type BrokerEnd,
  deviceConfigMapping,
  deviceDataMapping,
  readBridgeVariables,
  startKafkaToMqtt,
  startMqttToKafka,
} from '../../dojot/bridge/index.js';
import { KafkaSink } from '../../dojot/bridge/kafka/kafka-sink.js';
import { KafkaSource } from '../../dojot/bridge/kafka/kafka-source.js';
import { VariableError } from '../../dojot/broker/index.js';
import type { Generation } from '../../dojot/generation.js';
import type { StatusAddress } from '../options/bridge-options.js';
import { UsageError } from '../process/user-error.js';
import { fileOf } from './bridge-files.js';
import { BridgeReporter } from './bridge-reporter.js';
import { PkiMaterial } from './pki-material.js';
import { serveBridge } from './serve-bridge.js';

/** Options of `wasmqtt dojot v2k` and `k2v`, as commander parses them. */
export interface DojotBridgeFlags {
  generation: '1' | '2' | '3';
  deadLetters: string | false;
  status: StatusAddress | false;
  for?: number;
  json?: boolean;
}

/** As the brokers of the cluster make topics by themselves. */
const NEW_TOPICS = { partitions: -1, replicas: -1 };

/** `wasmqtt dojot v2k`. @throws UsageError, UserError */
export function v2kAction(flags: DojotBridgeFlags): Promise<void> {
  const { reporter, settings, generation, material } = prepared('v2k', flags);
  const { kafka, compression, topicSuffix, filter, qos, mostBytes } = settings;
  return serveBridge({
    ...flags,
    reporter,
    words: `${filter} of ${settings.mqtt.host}:${settings.mqtt.port} to *.${topicSuffix} of ${kafka.brokers.join(', ')}`,
    ended: () => material?.stop(),
    start: async (stop) =>
      startMqttToKafka({
        mqtt: await endOf(settings, material, stop),
        filters: new Map([[filter, qos]]),
        sink: new KafkaSink({
          ...kafka,
          compression,
          newTopics: NEW_TOPICS,
          onState: (state) => reporter.kafka(state),
        }),
        map: deviceDataMapping({ generation, topicSuffix }),
        deadLetters: flags.deadLetters || undefined,
        maxBytes: mostBytes,
        event: (event) => reporter.bridge(event),
      }),
  });
}

/** `wasmqtt dojot k2v`. @throws UsageError, UserError */
export function k2vAction(flags: DojotBridgeFlags): Promise<void> {
  const { reporter, settings, material } = prepared('k2v', flags);
  const { kafka, topicSuffix, publishSuffix, groupId, qos } = settings;
  const onState = reporter.kafka.bind(reporter);
  return serveBridge({
    ...flags,
    reporter,
    words: `*.${topicSuffix} of ${kafka.brokers.join(', ')} to …${publishSuffix} of ${settings.mqtt.host}:${settings.mqtt.port}`,
    ended: () => material?.stop(),
    start: async (stop) =>
      startKafkaToMqtt({
        mqtt: await endOf(settings, material, stop),
        source: new KafkaSource({ ...kafka, groupId, topics: topicsThatEnd(topicSuffix), onState }),
        map: deviceConfigMapping({ topicSuffix: publishSuffix, qos }),
        deadLetters: flags.deadLetters
          ? { topic: flags.deadLetters, sink: new KafkaSink({ ...kafka, newTopics: NEW_TOPICS }) }
          : undefined,
        event: (event) => reporter.bridge(event),
      }),
  });
}

function prepared(kind: BridgeKind, flags: DojotBridgeFlags) {
  const generation = Number(flags.generation) as Generation;
  const reporter = new BridgeReporter(flags.json);
  try {
    const { settings, notes } = readBridgeVariables(process.env, kind, generation);
    for (const note of notes) reporter.say('note', `${note}.`, { text: note });
    const { pki } = settings.mqtt;
    return { reporter, settings, generation, material: pki && new PkiMaterial(kind, generation, pki, reporter) };
  } catch (error) {
    throw error instanceof VariableError ? new UsageError(error.message) : error;
  }
}

/** Waits for the certificate where it comes from a PKI. @throws UsageError for files, UserError when it is stopped before */
async function endOf(
  { mqtt }: BridgeSettings,
  material: PkiMaterial | undefined,
  stop: AbortSignal,
): Promise<BrokerEnd> {
  const { host, port, tls, pki, ...rest } = mqtt;
  const end = { ...rest, addresses: [{ host, port }] };
  if (tls === undefined) return end;
  const insecure = !tls.checksServer;
  if (material) {
    await material.start(stop, pki!.address);
    return { ...end, tls: () => ({ ...material.pems, insecure }) };
  }
  const ca = fileOf(tls.ca, 'the CA of the broker');
  const cert = fileOf(tls.cert, 'the certificate of the bridge');
  return { ...end, tls: { ca, cert, key: fileOf(tls.key, 'the private key of the bridge'), insecure } };
}

/** The topics of all tenants. */
function topicsThatEnd(suffix: string): RegExp {
  return new RegExp(`.+\\.${suffix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
