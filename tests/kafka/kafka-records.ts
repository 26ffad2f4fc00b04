import { randomUUID } from 'node:crypto';
import { Admin, Consumer } from '@platformatic/kafka';
import { closeConsumer } from '../../host/dojot/bridge/kafka/close-consumer.js';
import type { KafkaCluster } from './kafka-cluster.js';

/** A topic of its own for a test. @returns its name */
export async function newTopic(cluster: KafkaCluster, partitions = 3, replicas = 3): Promise<string> {
  const topic = `t-${randomUUID()}`;
  await withAdmin(cluster, (admin) => admin.createTopics({ topics: [topic], partitions, replicas }));
  await cluster.ready();
  return topic;
}

async function withAdmin<T>(cluster: KafkaCluster, action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: cluster.brokers });
  try {
    return await action(admin);
  } finally {
    await admin.close();
  }
}

/** The node that leads a partition, counted from 0. */
export function leaderOf(cluster: KafkaCluster, topic: string, partition = 0): Promise<number> {
  return withAdmin(cluster, async (admin) => {
    const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true });
    return topics.get(topic)!.partitions[partition].leader - 1;
  });
}

/** Records `first`... of a topic: each has its number as value, and one of ten keys. */
export function numbered(topic: string, first: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    topic,
    key: Buffer.from(`k${(first + index) % 10}`),
    value: Buffer.from(String(first + index)),
  }));
}

/** What order is a matter of. */
export interface Keyed {
  key?: string;
  value: string;
}

export interface ReadRecord extends Keyed {
  partition: number;
  key: string | undefined;
  value: string;
  headers: Record<string, string>;
}

/** All that a topic holds, partition after partition. */
export async function readTopic(cluster: KafkaCluster, topic: string): Promise<ReadRecord[]> {
  const consumer = new Consumer({ clientId: 'test', groupId: randomUUID(), bootstrapBrokers: cluster.brokers });
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic)!;
    let left = Number(ends.reduce((sum, end) => sum + end, 0n));
    const records: ReadRecord[] = [];
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false, maxWaitTime: 100 });
    if (left > 0) {
      for await (const { partition, key, value, headers } of stream) {
        const entries = [...headers].map(([name, text]) => [String(name), String(text)]);
        records.push({
          partition,
          key: key && String(key),
          value: String(value),
          headers: Object.fromEntries(entries),
        });
        if (--left === 0) break;
      }
    }
    return records.sort((a, b) => a.partition - b.partition);
  } finally {
    // A machine that is busy may lose its membership: what was read is whole all the same.
    await closeConsumer(consumer);
  }
}

/** What is missing of the numbers 0 to below `count`, and how many came more than once. */
export function account(values: Iterable<string>, count: number): { missing: number[]; doubled: number } {
  const times = new Map<number, number>();
  for (const value of values) times.set(Number(value), (times.get(Number(value)) ?? 0) + 1);
  return {
    missing: Array.from({ length: count }, (_, number) => number).filter((number) => !times.has(number)),
    doubled: [...times.values()].reduce((sum, n) => sum + n - 1, 0),
  };
}

/** Keys whose numbers do not rise. */
export function outOfOrder(records: readonly Keyed[]): string[] {
  const last = new Map<string, number>();
  return records.flatMap(({ key = '', value }) => {
    const isRising = Number(value) >= (last.get(key) ?? -1);
    last.set(key, Number(value));
    return isRising ? [] : [`${key}: ${value}`];
  });
}
