// needs: kafka
import { describe, expect, it } from 'vitest';
import { RecordRefusedError } from '../../host/dojot/bridge/record-ports.js';
import { KAFKA_USER } from './kafka-properties.js';
import { newTopic, numbered, outOfOrder, readTopic } from './kafka-records.js';
import { newSink, theCluster } from './kafka-rig.js';

const bytes = (text: string) => Buffer.from(text);

describe('records into Kafka', () => {
  it('are there with key, value and headers when the promise resolves, and each key keeps its order', async () => {
    const cluster = theCluster();
    const topic = await newTopic(cluster, 12);
    const { sink } = newSink(cluster);
    await Promise.all([0, 1, 2].map((part) => sink.send(numbered(topic, part * 1000, 1000))));
    await sink.send([{ topic, value: bytes('3000'), headers: { reason: 'not JSON: é' } }]);
    const records = await readTopic(cluster, topic);
    expect(records.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 3001 }, (_, n) => n),
    );
    expect(outOfOrder(records)).toEqual([]);
    expect(records.find(({ value }) => value === '3000')).toMatchObject({
      key: undefined,
      headers: { reason: 'not JSON: é' },
    });
    expect(sink.counts).toMatchObject({ sent: 3001, uncertain: 0 });
  });

  it("go to the partitions that Kafka's own producer chooses for their keys", async () => {
    const cluster = theCluster();
    const [ours, theirs] = [await newTopic(cluster, 12), await newTopic(cluster, 12)];
    const keys = Array.from({ length: 200 }, (_, n) => `admin:${n.toString(16)}é`);
    const { sink } = newSink(cluster);
    await sink.send(keys.map((key) => ({ topic: ours, key: bytes(key), value: bytes('v') })));
    const lines = keys.map((key) => `${key}\tv`).join('\n');
    const args = ['--topic', theirs, '--property', 'parse.key=true', '--property', 'key.separator=\t'];
    cluster.program('org.apache.kafka.tools.ConsoleProducer', args, lines);
    const placed = async (topic: string) =>
      (await readTopic(cluster, topic)).map(({ key, partition }) => `${key} ${partition}`);
    expect((await placed(ours)).sort()).toEqual((await placed(theirs)).sort());
  });

  it('of a topic that there is not are refused, or the topic is made', async () => {
    const cluster = theCluster();
    const topic = await newTopic(cluster);
    const missing = `${topic}.missing`;
    const { sink } = newSink(cluster);
    const error = await sink.send([...numbered(topic, 0, 1), ...numbered(missing, 1, 1)]).catch((reason) => reason);
    expect(error).toBeInstanceOf(RecordRefusedError);
    expect(error).toMatchObject({ index: 1, message: `there is no topic ${missing}; make it, or let topics be made` });
    expect(await readTopic(cluster, topic)).toEqual([]);
    const { sink: making, states } = newSink(cluster, { newTopics: { partitions: 2, replicas: 3 } });
    await making.send(numbered(missing, 0, 10));
    expect(await readTopic(cluster, missing)).toHaveLength(10);
    expect(states).toEqual([{ state: 'ready' }]);
  });

  it.each([
    ['is too large', { value: Buffer.alloc(1_000_001) }, /it takes 1000\d{3} bytes; 1000000 are the limit/],
    ['has a topic that cannot be', { topic: 'a/b' }, /"a\/b" cannot be the name of a topic/],
  ])('are refused when one %s, before any is sent', async (_, part, message) => {
    const cluster = theCluster();
    const topic = await newTopic(cluster);
    const { sink } = newSink(cluster);
    const refused = sink.send([...numbered(topic, 0, 2), { topic, value: bytes('2'), ...part }]);
    await expect(refused).rejects.toMatchObject({
      name: 'RecordRefusedError',
      index: 2,
      message: expect.stringMatching(message),
    });
    await sink.send(numbered(topic, 0, 1));
    expect(await readTopic(cluster, topic)).toHaveLength(1);
  });

  it('are refused one by one when a broker says that one is too large', async () => {
    const cluster = theCluster();
    const topic = await newTopic(cluster, 1);
    const limit = ['--alter', '--add-config', 'max.message.bytes=2000'];
    cluster.program('kafka.admin.ConfigCommand', ['--entity-type', 'topics', '--entity-name', topic, ...limit]);
    const { sink } = newSink(cluster);
    const records = [...numbered(topic, 0, 2), { topic, value: Buffer.alloc(3000, 'x') }, ...numbered(topic, 3, 1)];
    await expect(sink.send(records)).rejects.toMatchObject({
      name: 'RecordRefusedError',
      index: 2,
      message: expect.stringMatching(/^MESSAGE_TOO_LARGE/),
    });
    await sink.send(numbered(topic, 3, 1));
    expect((await readTopic(cluster, topic)).map(({ value }) => value)).toEqual(['0', '1', '3']);
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
    'go over TLS with a password (%s)',
    async (mechanism) => {
      const cluster = theCluster();
      const topic = await newTopic(cluster);
      const brokers = cluster.secureBrokers;
      const { sink } = newSink(cluster, { brokers, tls: { ca: cluster.ca }, sasl: { mechanism, ...KAFKA_USER } });
      await sink.send(numbered(topic, 0, 100));
      expect(await readTopic(cluster, topic)).toHaveLength(100);
    },
  );

  it.each([
    ['a wrong password', { password: 'wrong' }, {}, /SASL|uthentication/],
    ['an unknown CA', {}, { ca: undefined }, /certificate/],
  ])('wait, with one line about it, for %s to be put right', async (_, user, tls, reason) => {
    const cluster = theCluster();
    const { sink, states } = newSink(cluster, {
      brokers: cluster.secureBrokers,
      tls: { ca: cluster.ca, ...tls },
      sasl: { mechanism: 'PLAIN', ...KAFKA_USER, ...user },
    });
    const sent = sink.send(numbered('t', 0, 1));
    while (sink.counts.retries < 2) await new Promise(setImmediate);
    expect(states).toEqual([{ state: 'away', reason: expect.stringMatching(reason) }]);
    expect(states[0]).not.toMatchObject({ reason: expect.stringMatching(/\n/) });
    await sink.close();
    await expect(sent).rejects.toThrow('the connection to Kafka is closed');
  });
});
