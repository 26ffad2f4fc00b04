import { randomUUID } from 'node:crypto';
import { KafkaSink } from '../../host/dojot/bridge/kafka/kafka-sink.js';
import { KafkaSource } from '../../host/dojot/bridge/kafka/kafka-source.js';
import type { IncomingRecord } from '../../host/dojot/bridge/record-ports.js';
import type { Disturbance } from './disturbances.js';
import type { KafkaCluster } from './kafka-cluster.js';
import { account, newTopic, numbered, outOfOrder, readTopic } from './kafka-records.js';

/** What became of the records of a round. */
export interface Outcome {
  missing: number[];
  /** more than once */
  doubled: number;
  outOfOrder: string[];
  /** what the sink says may be there twice */
  uncertain: number;
}

/** Records of one send. */
const BATCH = 100;

/** Sends numbered records; a third of them is there when the disturbance begins. */
export async function sinkRound(
  cluster: KafkaCluster,
  count: number,
  { replicas, happen }: Disturbance,
): Promise<Outcome> {
  const topic = await newTopic(cluster, 6, replicas);
  const sink = new KafkaSink({ brokers: cluster.brokers, clientId: 'sink' });
  try {
    let happening: Promise<void> | undefined;
    for (let first = 0; first < count; first += BATCH) {
      await sink.send(numbered(topic, first, BATCH));
      if (first > count / 3) happening ??= happen(cluster, topic);
    }
    await happening;
    // As if there were no end of records: what happens at the end of the disturbance concerns some too.
    await sink.send(numbered(topic, count, BATCH));
    await cluster.restore();
    const records = await readTopic(cluster, topic);
    const values = records.map(({ value }) => value);
    return { ...account(values, count + BATCH), outOfOrder: outOfOrder(records), uncertain: sink.counts.uncertain };
  } finally {
    await sink.close();
  }
}

/** Reads numbered records, while more are written; a third of them is read when the disturbance begins. */
export async function sourceRound(
  cluster: KafkaCluster,
  count: number,
  { replicas, happen }: Disturbance,
): Promise<Outcome> {
  const topic = await newTopic(cluster, 6, replicas);
  const sink = new KafkaSink({ brokers: cluster.brokers, clientId: 'sink' });
  const source = new KafkaSource({
    brokers: cluster.brokers,
    clientId: 'source',
    groupId: randomUUID(),
    topics: [topic],
  });
  const read: { key: string; value: string }[] = [];
  const seen = new Set<string>();
  let happening: Promise<void> | undefined;
  try {
    const all = new Promise<void>((resolve) => {
      void source.start(async (record) => {
        read.push(keyAndValue(record));
        seen.add(String(record.value));
        if (seen.size > count / 3) happening ??= happen(cluster, topic);
        if (seen.size === count) resolve();
        await new Promise(setImmediate);
      });
    });
    for (let first = 0; first < count; first += BATCH) await sink.send(numbered(topic, first, BATCH));
    await all;
    await happening;
    await cluster.restore();
    const { missing, doubled } = account(
      read.map(({ value }) => value),
      count,
    );
    return { missing, doubled, outOfOrder: outOfOrder(firstTimes(read)), uncertain: 0 };
  } finally {
    await source.close();
    await sink.close();
  }
}

export function keyAndValue({ key, value }: IncomingRecord): { key: string; value: string } {
  return { key: Buffer.from(key ?? []).toString(), value: Buffer.from(value ?? []).toString() };
}

/** Without those that come again. */
export function firstTimes<T extends { value: string }>(records: readonly T[]): T[] {
  const seen = new Set<string>();
  return records.filter(({ value }) => !seen.has(value) && seen.add(value));
}
