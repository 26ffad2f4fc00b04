import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { KafkaSink } from '../../host/dojot/bridge/kafka/kafka-sink.js';
import { KafkaSource } from '../../host/dojot/bridge/kafka/kafka-source.js';
import type { IncomingRecord } from '../../host/dojot/bridge/record-ports.js';
import type { Disturbance } from './disturbances.js';
import type { KafkaCluster } from './kafka-cluster.js';
import { account, type Keyed, newTopic, numbered, outOfOrder, readTopic } from './kafka-records.js';

/** What became of the records of a round. */
export interface Outcome {
  /** how many were sent */
  sent: number;
  written: Account;
  /** what the sink says may be there twice */
  uncertain: number;
  read: Account;
}

/** What a list has of the records that were sent. */
export interface Account {
  missing: number;
  /** more than once */
  doubled: number;
  /** not after the record with the same key that was sent before it */
  outOfOrder: number;
}

/** Records of one send, and milliseconds between two. */
const BATCH = 50;
const PAUSE = 5;

/**
 * Sends numbered records and reads them at the same time, before, during and after the disturbance.
 *
 * @param count at least so many; more when the disturbance lasts longer
 */
export async function round(cluster: KafkaCluster, count: number, { replicas, happen }: Disturbance): Promise<Outcome> {
  const topic = await newTopic(cluster, 6, replicas);
  const { brokers } = cluster;
  const sink = new KafkaSink({ brokers, clientId: 'sink' });
  const source = new KafkaSource({ brokers, clientId: 'source', groupId: randomUUID(), topics: [topic] });
  const read: { key: string; value: string }[] = [];
  const seen = new Set<string>();
  await source.start(async (record) => {
    read.push(keyAndValue(record));
    seen.add(String(record.value));
    await new Promise(setImmediate);
  });
  try {
    let sent = 0;
    const send = async (until: () => boolean) => {
      while (!until()) {
        await sink.send(numbered(topic, sent, BATCH));
        sent += BATCH;
        await wait(PAUSE);
      }
    };
    await send(() => sent >= count / 3 && seen.size > 0);
    let isOver = false;
    const happening = happen(cluster, topic).then(() => {
      isOver = true;
    });
    await send(() => isOver && sent >= count);
    await happening;
    while (seen.size < sent) await wait(PAUSE);
    await cluster.restore();
    const written = accountOf(await readTopic(cluster, topic), sent);
    return { sent, written, uncertain: sink.counts.uncertain, read: accountOf(read, sent) };
  } finally {
    await source.close();
    await sink.close();
  }
}

/** @param count how many were sent */
export function accountOf(records: readonly Keyed[], count: number): Account {
  const values = records.map(({ value }) => value);
  const { missing, doubled } = account(values, count);
  return { missing: missing.length, doubled, outOfOrder: outOfOrder(firstTimes(records)).length };
}

export function keyAndValue({ key, value }: IncomingRecord): { key: string; value: string } {
  return { key: Buffer.from(key ?? []).toString(), value: Buffer.from(value ?? []).toString() };
}

/** Without those that come again. */
export function firstTimes<T extends { value: string }>(records: readonly T[]): T[] {
  const seen = new Set<string>();
  return records.filter(({ value }) => !seen.has(value) && seen.add(value));
}
