// needs: kafka, mosquitto, mosquitto_pub, mosquitto_sub
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Program } from '../host/broker/listeners/programs.js';
import { RealMosquitto } from '../host/broker/real-mosquitto.js';
import { Command } from '../interop/command.js';
import { freePort, temporaryFolder } from '../interop/temporary.js';
import type { KafkaCluster } from './kafka-cluster.js';
import { account, newTopic, readTopic } from './kafka-records.js';
import { newSink, theCluster } from './kafka-rig.js';

async function mosquittoFor(): Promise<RealMosquitto> {
  const mosquitto = await RealMosquitto.start(['max_queued_messages 0']);
  onTestFinished(() => mosquitto.stop());
  return mosquitto;
}

function started(args: string[], variables: Record<string, string> = {}): Command {
  const command = new Command([...args, '--json'], variables);
  onTestFinished(() => command.kill());
  return command;
}

function dojot(kind: 'v2k' | 'k2v', cluster: KafkaCluster, port: number, more: Record<string, string> = {}): Command {
  const prefix = kind.toUpperCase();
  return started(['dojot', kind, '--status', '0'], {
    [`${prefix}_MQTT_HOST`]: '127.0.0.1',
    [`${prefix}_MQTT_PORT`]: String(port),
    [`${prefix}_MQTT_SECURE`]: 'false',
    KAFKA_BROKER_LIST: cluster.brokers.join(','),
    ...more,
  });
}

/** Resolves when all of the numbers are there. */
async function whole(cluster: KafkaCluster, topic: string, count: number) {
  for (;;) {
    const values = (await readTopic(cluster, topic)).map(({ value }) => value);
    const found = account(values, count);
    if (found.missing.length === 0) return { ...found, total: values.length };
  }
}

const publish = async (port: number, topic: string, from: number, to: number) => {
  const script = `seq ${from} ${to - 1} | mosquitto_pub -p ${port} -q 1 -t ${topic} -l`;
  expect((await new Program('bash', ['-c', script]).ended).code).toBe(0);
};

describe('dojot on the desk', () => {
  it('carries what mosquitto_pub says on attrs to the topic of the tenant', async () => {
    const cluster = theCluster();
    const mosquitto = await mosquittoFor();
    const tenant = `t${randomUUID().slice(0, 8)}`;
    const v2k = dojot('v2k', cluster, mosquitto.port);
    await v2k.event('subscribed');
    const { status } = await v2k.event('started');
    const args = [
      '-p',
      String(mosquitto.port),
      '-q',
      '1',
      '-t',
      `${tenant}:a1998e/attrs`,
      '-m',
      '{"attr_example": 10 }',
    ];
    expect((await new Program('mosquitto_pub', args).ended).code).toBe(0);
    expect(status).toMatch(/^http:/);
    const metric = async () =>
      (await (await fetch(`${status}/metrics`)).text()).match(/^\w+_carried_total\S* (\d+)$/m)?.[1];
    await expect.poll(metric).toBe('1');
    const { summary } = await v2k.interrupt();
    expect(summary).toMatchObject({ event: 'stopped', received: 1, carried: 1 });
    const [record] = await readTopic(cluster, `${tenant}.device-data`);
    expect(record).toMatchObject({ key: `${tenant}:a1998e` });
    expect(JSON.parse(record.value)).toEqual({
      metadata: { deviceid: 'a1998e', tenant, timestamp: expect.any(Number) },
      attrs: { attr_example: 10 },
    });
  });

  it('carries a configuration to mosquitto_sub on config', async () => {
    const cluster = theCluster();
    const mosquitto = await mosquittoFor();
    const tenant = `t${randomUUID().slice(0, 8)}`;
    const subscriber = new Program('mosquitto_sub', [
      '-p',
      String(mosquitto.port),
      '-q',
      '1',
      '-t',
      `${tenant}:a1998e/config`,
    ]);
    onTestFinished(() => subscriber.stop());
    await mosquitto.line(/^Sending SUBACK to/);
    const { sink } = newSink(cluster, { newTopics: { partitions: 1, replicas: 3 } });
    const event = {
      event: 'configure',
      meta: { service: tenant, timestamp: 1 },
      data: { id: 'a1998e', attrs: { led: 'on' } },
    };
    await sink.send([{ topic: `${tenant}.dojot.device-manager.device`, value: Buffer.from(JSON.stringify(event)) }]);
    const k2v = dojot('k2v', cluster, mosquitto.port, { KAFKA_GROUP_ID: randomUUID() });
    await k2v.event('connected');
    expect(await subscriber.lines(1)).toEqual(['{"led":"on"}']);
    expect((await k2v.interrupt()).code).toBe(0);
  });
});

describe('a bridge by templates', () => {
  const bridge = (cluster: KafkaCluster, port: number, topic: string) =>
    started([
      'bridge',
      'kafka',
      '--from',
      'sensor/#',
      '--topic',
      topic,
      '--mqtt',
      `mqtt://127.0.0.1:${port}`,
      '--kafka',
      cluster.brokers.join(','),
    ]);

  it('that is killed in the middle loses nothing that Mosquitto acknowledged; what comes twice is what it had in hand', async () => {
    const cluster = theCluster();
    const mosquitto = await mosquittoFor();
    const topic = await newTopic(cluster);
    const first = bridge(cluster, mosquitto.port, topic);
    await first.event('subscribed');
    const published = publish(mosquitto.port, 'sensor/1', 0, 3000);
    await mosquitto.line(/^Received PUBACK from wasmqtt-bridge/);
    await first.kill();
    await published;
    await bridge(cluster, mosquitto.port, topic).event('connected');
    const { doubled, total } = await whole(cluster, topic, 3000);
    expect(total).toBe(3000 + doubled);
    expect(doubled).toBeLessThanOrEqual(500);
  });

  it('loses nothing when our broker is killed in the middle', async () => {
    const cluster = theCluster();
    const topic = await newTopic(cluster);
    const { folder, remove } = temporaryFolder();
    onTestFinished(remove);
    const port = await freePort();
    const lines = ['max_queued_messages 0', `listener ${port} 127.0.0.1`, 'allow_anonymous true'];
    writeFileSync(
      join(folder, 'b.conf'),
      `${[...lines, 'persistence true', `persistence_location ${folder}/`].join('\n')}\n`,
    );
    const broker = () => started(['broker', '-c', join(folder, 'b.conf')]);
    const first = broker();
    await first.event('listening');
    const running = bridge(cluster, port, topic);
    await running.event('subscribed');
    await publish(port, 'sensor/1', 0, 1000);
    await first.kill();
    await broker().event('listening');
    await publish(port, 'sensor/1', 1000, 1500);
    const { doubled } = await whole(cluster, topic, 1500);
    // The broker may have sent one again that had not arrived before it was killed.
    const { summary } = await running.interrupt();
    expect(doubled).toBeLessThanOrEqual(summary!.repeated);
  });
});
