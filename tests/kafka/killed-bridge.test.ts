// needs: kafka
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KafkaSource } from '../../host/dojot/bridge/kafka/kafka-source.js';
import type { IncomingRecord } from '../../host/dojot/bridge/record-ports.js';
import { OwnProcess } from './child-process.js';
import { type Keyed, newTopic, numbered, readTopic } from './kafka-records.js';
import { newSink, theCluster } from './kafka-rig.js';
import { accountOf, keyAndValue } from './rounds.js';

const COUNT = 20_000;
const BATCH = 100;
/** Records in hand of a source, at most. */
const IN_HAND = 1000;

/** Resolves when it holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(50);
}

describe('a process that is killed in the middle', () => {
  it('of reading is replaced by the others of its group: each record comes at least once', async () => {
    const cluster = theCluster();
    const topic = await newTopic(cluster, 6);
    const { sink } = newSink(cluster);
    const group = randomUUID();
    const children = [0, 1].map(() => new OwnProcess('source-process.ts', [cluster.brokers.join(), group, topic]));
    onTestFinished(async () => void (await Promise.all(children.map((child) => child.remove()))));
    const lines = () => children.flatMap((child) => child.lines);
    let sent = 0;
    const send = async (holds: () => boolean) => {
      while (!holds()) {
        await sink.send(numbered(topic, sent, BATCH));
        sent += BATCH;
        await wait(20);
      }
    };
    await send(() => children.every((child) => child.lines.length > 500));
    await children[0].kill();
    const before = children[1].lines.length;
    await send(() => sent > COUNT && children[1].lines.length > before + 1000);
    await until(() => new Set(lines()).size === sent);
    const records = (of: string[]): Keyed[] =>
      of.map((line) => ({ key: line.split(' ')[0], value: line.split(' ')[1] }));
    const { missing, doubled } = accountOf(records(lines()), sent);
    expect(missing).toBe(0);
    expect(doubled).toBeLessThan(6 * IN_HAND);
  });

  it('of writing leaves at most what it had in hand twice, when another sends again what was not acknowledged', async () => {
    const cluster = theCluster();
    const topic = await newTopic(cluster, 6);
    const args = (first: number) => [cluster.brokers.join(), topic, String(first), String(COUNT), String(BATCH)];
    const first = new OwnProcess('sink-process.ts', args(0));
    onTestFinished(() => first.remove());
    await until(() => first.lines.length > 30);
    await first.kill();
    const acknowledged = Number(first.lines.at(-1));
    expect(acknowledged).toBeLessThan(COUNT);
    const second = new OwnProcess('sink-process.ts', args(acknowledged));
    onTestFinished(() => second.remove());
    await second.end();
    const { missing, doubled, outOfOrder } = accountOf(await readTopic(cluster, topic), COUNT);
    expect({ missing, outOfOrder }).toEqual({ missing: 0, outOfOrder: 0 });
    // Those that Kafka had when the first was killed, and that it had not said so.
    expect(doubled).toBeLessThanOrEqual(BATCH);
  });
});

describe('a group whose members come and go', () => {
  it.each([1, 100])('misses no record, with %i in hand', async (maxInHand) => {
    const cluster = theCluster();
    const topic = await newTopic(cluster, 6);
    const { sink } = newSink(cluster);
    const group = randomUUID();
    const read: Keyed[] = [];
    const handle = async (record: IncomingRecord) => {
      read.push(keyAndValue(record));
      await new Promise(setImmediate);
    };
    const join = async () => {
      const { brokers } = cluster;
      const source = new KafkaSource({ brokers, clientId: 'source', groupId: group, topics: [topic], maxInHand });
      await source.start(handle);
      await until(() => source.isReady);
      return source;
    };
    let isOver = false;
    let sent = 0;
    const sending = (async () => {
      for (; !isOver; sent += 20) {
        await sink.send(numbered(topic, sent, 20));
        await wait(5);
      }
    })();
    const stay = await join();
    for (let times = 0; times < 3; times++) {
      const guest = await join();
      await wait(1000);
      await guest.close();
    }
    isOver = true;
    await sending;
    await until(() => new Set(read.map(({ value }) => value)).size === sent);
    await stay.close();
    const { missing, outOfOrder } = accountOf(read, sent);
    expect({ missing, outOfOrder }).toEqual({ missing: 0, outOfOrder: 0 });
  });

  it('reads topics that match its pattern, those that are made later too', async () => {
    const cluster = theCluster();
    const [one, other] = [await newTopic(cluster), await newTopic(cluster)];
    const { sink } = newSink(cluster, { newTopics: { partitions: 1, replicas: 3 } });
    const read: string[] = [];
    const source = new KafkaSource({
      brokers: cluster.brokers,
      clientId: 'source',
      groupId: randomUUID(),
      topics: new RegExp(`${one}.*`),
      topicsInterval: 200,
    });
    onTestFinished(() => source.close());
    await source.start(async ({ topic, value }) => void read.push(`${topic.replace(one, '1')} ${String(value)}`));
    await sink.send([...numbered(one, 0, 1), ...numbered(other, 0, 1)]);
    await until(() => read.length === 1);
    await sink.send(numbered(`${one}.later`, 7, 1));
    await until(() => read.length === 2);
    expect(read).toEqual(['1 0', '1.later 7']);
  });
});
