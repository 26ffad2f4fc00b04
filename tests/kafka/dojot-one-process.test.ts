// needs: kafka, openssl
import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { BrokerConnection } from '../../host/mqtt-client/broker-connection.js';
import { DojotSystem } from '../interop/dojot-system.js';
import { freePort } from '../interop/temporary.js';
import { account, readTopic } from './kafka-records.js';
import { newSink, theCluster } from './kafka-rig.js';

/** Readings of the device, and configurations for it. */
const READINGS = 3000;
const CONFIGURATIONS = 300;
/** Messages in flight of a client, at most. */
const IN_FLIGHT = 64;

/** What the broker shows, and what it checks devices against; here they come by the plain port. */
const CERTIFICATE = `mkdir certs; cd certs
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -keyout key.pem -out cert.pem -subj /CN=localhost 2>/dev/null
  cp cert.pem ca.pem`;

it('a broker with both bridges in its process is killed in the middle: nothing acknowledged is lost, either way', async () => {
  const cluster = theCluster();
  const system = new DojotSystem();
  onTestFinished(() => system.remove());
  await system.shell(CERTIFICATE);
  const tenant = `t${randomUUID().slice(0, 8)}`;
  const port = await freePort();
  const start = async () => {
    const environment = { KAFKA_BROKER_LIST: cluster.brokers.join(), KAFKA_GROUP_ID: tenant };
    const args = [
      '--certificates',
      'certs',
      '--state',
      'state',
      '--bridges',
      'v2k,k2v',
      '--status',
      '0',
      '-p',
      `${port}`,
    ];
    const broker = system.broker(environment, ...args);
    await broker.event('listening');
    return broker;
  };
  const first = await start();
  const { sink } = newSink(cluster, { newTopics: { partitions: 1, replicas: 3 } });
  const topic = `${tenant}.dojot.device-manager.device`;
  const configure = (from: number, to: number) =>
    sink.send(
      Array.from({ length: to - from }, (_, index) => {
        const data = { id: 'd', attrs: { n: from + index } };
        const event = { event: 'configure', meta: { service: tenant, timestamp: 1 }, data };
        return { topic, value: Buffer.from(JSON.stringify(event)) };
      }),
    );
  await configure(0, 1);

  const configured: string[] = [];
  let acknowledged = 0;
  const device = new BrokerConnection({
    end: { addresses: [{ host: '127.0.0.1', port }], clientId: 'device', userName: `${tenant}:d` },
    filters: new Map([[`${tenant}:d/config`, 1]]),
    restart: { constant: 0.1 },
    event: () => {},
    message: async ({ payload }) => void configured.push(String(JSON.parse(String(payload)).n)),
  });
  onTestFinished(() => device.close());
  device.start();
  await expect.poll(() => configured.length).toBeGreaterThan(0);
  const published = Array.from({ length: READINGS }, async (_, n) => {
    const payload = Buffer.from(`{"n":${n}}`);
    await device.publish({ topic: `${tenant}:d/attrs`, payload, qos: 1, retain: false });
    acknowledged++;
  });
  const configuring = configure(1, CONFIGURATIONS);
  await expect.poll(() => acknowledged, { interval: 2 }).toBeGreaterThan(READINGS / 10);
  await first.kill();
  expect(acknowledged).toBeLessThan(READINGS);

  const second = await start();
  await Promise.all([...published, configuring]);
  const all = () => account(configured, CONFIGURATIONS).missing;
  await expect.poll(all).toEqual([]);
  const { url } = await second.event('status');
  type Listed = { bridges: { waiting: number }[] };
  const waiting = async () => ((await (await fetch(`${url}/v1/bridges`)).json()) as Listed).bridges[0].waiting;
  await expect.poll(waiting).toBe(0);
  const { code } = await second.interrupt();
  expect(code).toBe(0);
  const stopped = second.events.filter(({ event }) => event === 'bridge stopped');
  expect(stopped).toMatchObject([
    { bridge: 'k2v', inHand: 0 },
    { bridge: 'v2k', inHand: 0, deadLetters: 0, dropped: 0 },
  ]);
  const records = await readTopic(cluster, `${tenant}.device-data`);
  const { missing, doubled } = account(
    records.map(({ value }) => JSON.parse(value).attrs.n),
    READINGS,
  );
  expect(missing).toEqual([]);
  // What the device had in flight is published again, and what V2K had is carried again: that has a header.
  const repeated = records.filter(({ headers }) => headers['mqtt-dup'] !== undefined).length;
  expect(repeated).toBe(stopped[1].repeated);
  expect(doubled).toBeLessThanOrEqual(IN_FLIGHT + repeated);
});
