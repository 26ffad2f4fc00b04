// needs: kafka, mosquitto, openssl, curl, jq
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Child } from '../interop/child.js';
import { Command } from '../interop/command.js';
import { DojotSystem } from '../interop/dojot-system.js';
import { freePort } from '../interop/temporary.js';
import type { KafkaCluster } from './kafka-cluster.js';
import { leaderOf, readTopic } from './kafka-records.js';
import { newSink, theCluster } from './kafka-rig.js';

/** The commands of dojot's document on certificates, as they stand there. */
const CERTIFICATE = readFileSync(
  join(import.meta.dirname, '../host/dojot/pki/fixtures/documented-commands.sh'),
  'utf8',
);
const PUBLISH = `mosquitto_pub -h myhost -p 30311 -t admin:a1998e/attrs -m '{"attr_example": 10 }' --cert client.crt  --key client.key --cafile root.crt`;
const SUBSCRIBE = `mosquitto_sub -h myhost -p 30311 -t admin:a1998e/config --cert client.crt  --key client.key --cafile root.crt`;

/** Readings of the device, and configurations for it, while things are killed. */
const READINGS = 6000;
const CONFIGURATIONS = 500;
const TOPIC = 'admin.device-data';

function bridge(kind: 'v2k' | 'k2v', cluster: KafkaCluster, port: number, variables: Record<string, string>): Command {
  const prefix = kind.toUpperCase();
  const command = new Command(['dojot', kind, '--status', '0', '--json'], {
    [`${prefix}_MQTT_HOST`]: 'localhost',
    [`${prefix}_MQTT_PORT`]: `${port}`,
    HOSTNAME: `${kind}-bridge`,
    KAFKA_BROKER_LIST: cluster.brokers.join(','),
    ...variables,
  });
  onTestFinished(() => command.kill());
  return command;
}

it('the document from the token to Kafka and back; nothing is lost when a node of Kafka and the broker are killed', async () => {
  const cluster = theCluster();
  const system = new DojotSystem();
  onTestFinished(() => system.remove());
  await system.addUser();
  const { url, internalUrl } = await system.pki();
  const port = await freePort();
  const startBroker = async () => {
    const broker = system.broker({ EJBCA_ADDRESS: internalUrl }, '--tls-port', `${port}`, '--state', 'state');
    await broker.event('listening');
    return broker;
  };
  const first = await startBroker();
  const here = (script: string) =>
    script.replaceAll('http://myhost:8000', url).replaceAll('myhost', 'localhost').replaceAll('30311', `${port}`);
  const inCerts = (command: string) => `cd certs; exec ${here(command)}`;
  const shell = async (script: string) => {
    const { code, stderr } = await system.shell(script);
    expect(code, stderr).toBe(0);
  };

  await shell(here(CERTIFICATE));
  const v2k = bridge('v2k', cluster, port, { EJBCA_ADDRESS: internalUrl });
  await v2k.event('pki certificate', ({ name }) => name === 'v2k-bridge');
  await v2k.event('subscribed');
  const k2v = bridge('k2v', cluster, port, { EJBCA_ADDRESS: internalUrl, KAFKA_GROUP_ID: randomUUID() });
  await k2v.event('pki certificate', ({ name }) => name === 'k2v-bridge');
  await k2v.event('connected');

  await shell(inCerts(PUBLISH));
  const records = () => readTopic(cluster, TOPIC);
  await expect.poll(async () => (await records()).length).toBe(1);
  const [{ key, value }] = await records();
  const { metadata, attrs } = JSON.parse(value);
  expect({ key, attrs }).toEqual({ key: 'admin:a1998e', attrs: { attr_example: 10 } });
  expect(metadata).toEqual({ deviceid: 'a1998e', tenant: 'admin', timestamp: expect.any(Number) });
  // Seconds, in generation 1.
  expect(Math.abs(metadata.timestamp - Date.now() / 1000)).toBeLessThan(120);

  // The node that leads the topic is killed while the device publishes; then the broker, which has the rest for the bridge.
  const { status } = await v2k.event('started');
  const carried = async () => {
    const text = await (await fetch(`${status}/metrics`)).text();
    return Number(/^\w+_carried_total\S* (\d+)$/m.exec(text)?.[1]);
  };
  const leader = cluster.nodes[await leaderOf(cluster, TOPIC)];
  const publisher = system.start('bash', [
    '-c',
    `seq 1 ${READINGS} | sed 's/.*/{"n":&}/' | (${inCerts(PUBLISH.replace(/-m '[^']*'/, '-q 1 -l'))})`,
  ]);
  await expect.poll(carried, { interval: 5 }).toBeGreaterThan(20);
  await leader.kill();
  expect((await publisher.ended).code).toBe(0);
  expect(await carried()).toBeLessThan(READINGS);
  await first.kill();
  const second = await startBroker();
  const numbersOf = async () => new Set((await records()).flatMap((record) => JSON.parse(record.value).attrs.n ?? []));
  await expect.poll(async () => (await numbersOf()).size).toBe(READINGS);

  // The broker is killed again, while configurations go to the device, whose session outlives it.
  const { sink } = newSink(cluster, { newTopics: { partitions: 1, replicas: 3 } });
  const command = SUBSCRIBE.replace('mosquitto_sub', 'stdbuf -oL mosquitto_sub');
  const subscribe = () => system.start('bash', ['-c', inCerts(`${command} -c -i device -q 1`)]);
  const before = subscribe();
  await second.event('subscribed', ({ subscriptions }) => subscriptions[0].topicFilter === 'admin:a1998e/config');
  const configure = (n: number) => ({
    event: 'configure',
    meta: { service: 'admin', timestamp: 1 },
    data: { id: 'a1998e', attrs: { n } },
  });
  const topic = 'admin.dojot.device-manager.device';
  const configurations = Array.from({ length: CONFIGURATIONS }, (_, n) => ({
    topic,
    value: Buffer.from(JSON.stringify(configure(n))),
  }));
  await sink.send(configurations.slice(0, 1));
  const configured = (...children: Child[]) =>
    new Set(children.flatMap((child) => child.lines('stdout').map((line) => JSON.parse(line).n)));
  await before.until('the first configuration', () => configured(before).size > 0 || undefined);
  await Promise.all([sink.send(configurations.slice(1)), second.kill()]);
  await startBroker();
  const after = subscribe();
  const all = () => configured(before, after).size === CONFIGURATIONS || undefined;
  await after.until('all configurations', all);
  // The broker was killed before it had them all.
  expect(configured(after).size).toBeGreaterThan(0);

  const { summary } = await v2k.interrupt();
  expect(summary).toMatchObject({ event: 'stopped', deadLetters: 0, inHand: 0 });
  // Twice comes only what the broker sent again, because it died before it had written the acknowledgement.
  const doubled = (await records()).length - READINGS - 1;
  expect(doubled).toBeLessThanOrEqual(summary!.repeated);
});
