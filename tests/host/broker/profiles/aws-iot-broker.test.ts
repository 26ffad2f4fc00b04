// needs: openssl, mosquitto_pub, mosquitto_sub
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AwsIotBroker,
  type AwsIotBrokerOptions,
  LmdbStore,
  loadRegistry,
  type OccasionalEvent,
  type PolicyRefusal,
  startAwsIotBroker,
} from '../../../../host/broker/index.js';
import { Child } from '../../../interop/child.js';
import { TestPki } from '../listeners/certificates.js';
import { ALL, policy } from '../rules/aws-iot/aws-iot-rig.js';

let pki: TestPki;
let running: AwsIotBroker;
const clients: MqttClient[] = [];
const refusals: PolicyRefusal[] = [];
const events: OccasionalEvent[] = [];
let folder: string;

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasmqtt-aws-iot-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await running.broker.close();
  rmSync(folder, { recursive: true, force: true });
  refusals.length = 0;
  events.length = 0;
});

const idOf = (name: string) =>
  createHash('sha256')
    .update(new X509Certificate(pki.read(`${name}.crt`)).raw)
    .digest('hex');

/** Things named after certificates of the test PKI, each with the same policy. */
function registry(statements: string[], names = ['device']) {
  const things = {
    policies: { own: 'own.json' },
    certificates: Object.fromEntries(names.map((name) => [name, { certificateId: idOf(name), policies: 'own' }])),
    things: Object.fromEntries(names.map((name) => [name, { certificates: name }])),
  };
  const read = (path: string) => Buffer.from(path === 'own.json' ? policy(...statements) : JSON.stringify(things));
  const loaded = loadRegistry({ things: 'things.json', policies: [], certificates: [] }, read);
  if (!loaded.registry) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.registry;
}

async function start(options: Partial<AwsIotBrokerOptions> = {}): Promise<void> {
  running = await startAwsIotBroker({
    registry: registry([ALL]),
    tls: { cert: pki.read('server.crt'), key: pki.read('server.key') },
    ports: [0],
    limitRates: false,
    onRefusal: (refusal) => refusals.push(refusal),
    logOccasional: (event) => events.push(event),
    ...options,
  });
}

/** A client of mqtt.js; `opened` resolves when it is connected, or with what went wrong. */
function dial(name: string | undefined, options: IClientOptions = {}, listener = 0) {
  const { port } = running.broker.listeners[listener];
  const own = name ? { cert: pki.read(`${name}.crt`), key: pki.read(`${name}.key`) } : {};
  const common = { clientId: name, protocolVersion: 5 as const, reconnectPeriod: 0, ca: pki.read('ca.crt'), ...own };
  const client = connect(`mqtts://localhost:${port}`, { ...common, ...options });
  clients.push(client);
  const opened = new Promise<string>((resolve) => {
    client.on('connect', () => resolve('connected'));
    client.on('error', ({ message }) => resolve(message));
    client.on('close', () => resolve('closed'));
  });
  return { client, opened };
}

/** The next messages of a client, by topic. */
function messages(client: MqttClient, count: number): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  return new Promise((resolve) => {
    client.on('message', (topic, payload) => {
      found[topic] = JSON.parse(payload.toString() || 'null');
      if (Object.keys(found).length === count) resolve(found);
    });
  });
}

const refusalsOf = () => events.flatMap((event) => (event.type === 'refused' ? [event.reason] : []));

describe('a broker that does as AWS IoT Core does', () => {
  it('lets in a registered certificate of any issuer, and no other', async () => {
    await start({ registry: registry([ALL], ['stranger']) });
    expect(await dial('stranger').opened).toBe('connected');
    expect(await dial('device').opened).not.toBe('connected');
    expect(await dial(undefined, { clientId: 'x' }).opened).not.toBe('connected');
    expect(refusalsOf()).toEqual([
      expect.stringContaining('DEVICE_CERTIFICATE_NOT_REGISTERED'),
      expect.stringContaining('NOT_AUTHENTICATED'),
    ]);
  });

  it('takes ALPN on a port of its own, and only with it', async () => {
    await start({ alpnPorts: [0] });
    expect(await dial('device', { ALPNProtocols: ['x-amzn-mqtt-ca'] }, 1).opened).toBe('connected');
    expect(await dial('device', { ALPNProtocols: ['other'] }, 1).opened).not.toBe('connected');
    expect(await dial('device', {}, 1).opened).toMatch(/Not authorized/i);
    expect(refusalsOf().at(-1)).toContain('no ALPN x-amzn-mqtt-ca');
  });

  it('disconnects mqtt.js for what its policy does not allow, and tells it why', async () => {
    await start({ registry: registry(['Allow Connect *', 'Allow Publish topic/yes']) });
    const { client, opened } = dial('device');
    await opened;
    await client.publishAsync('yes', 'x', { qos: 1 });
    const bye = new Promise<{ reasonCode?: number; properties?: { reasonString?: string } }>((resolve) =>
      client.on('disconnect', resolve),
    );
    client.publish('no', 'x', { qos: 1 }, () => {});
    const { reasonCode, properties } = await bye;
    expect(reasonCode).toBe(0x87);
    expect(properties?.reasonString).toContain('iot:Publish on topic/no');
    expect(refusals).toMatchObject([{ clientId: 'device', action: 'iot:Publish', resource: 'topic/no' }]);
  });

  it('serves the shadow of a thing to mqtt.js and mosquitto', async () => {
    await start();
    const { client, opened } = dial('device');
    await opened;
    await client.subscribeAsync('$aws/things/device/shadow/#', { qos: 1 });
    const answers = messages(client, 4);
    const prefix = '$aws/things/device/shadow';
    const state = { desired: { on: true }, reported: { on: false } };
    await client.publishAsync(`${prefix}/update`, JSON.stringify({ state }), { qos: 1 });
    expect(await answers).toMatchObject({
      [`${prefix}/update`]: { state },
      [`${prefix}/update/accepted`]: { state, version: 1 },
      [`${prefix}/update/delta`]: { state: { on: true } },
      [`${prefix}/update/documents`]: { current: { state } },
    });
    const path = (name: string) => pki.path(name);
    const { port } = running.broker.listeners[0];
    const common = ['-h', 'localhost', '-p', `${port}`, '--cafile', path('ca.crt')];
    const own = ['--cert', path('device.crt'), '--key', path('device.key')];
    const reader = new Child('mosquitto_sub', [
      ...common,
      ...own,
      '-i',
      'reader',
      '-t',
      `${prefix}/get/+`,
      '-C',
      '1',
      '-v',
    ]);
    await expect
      .poll(() => events.some((event) => event.type === 'subscribed' && event.clientId === 'reader'))
      .toBe(true);
    const writer = new Child('mosquitto_pub', [
      ...common,
      ...own,
      '-i',
      'writer',
      '-t',
      `${prefix}/get`,
      '-n',
      '-q',
      '1',
    ]);
    expect((await writer.ended).code).toBe(0);
    const { stdout } = await reader.ended;
    expect(stdout).toMatch(/^\$aws\/things\/device\/shadow\/get\/accepted \{.*"delta":\{"on":true\}/);
  });

  it('keeps shadows over a restart with a store', async () => {
    const prefix = '$aws/things/device/shadow';
    const store = () => new LmdbStore({ directory: join(folder, 'state') });
    await start({ store: store() });
    const first = dial('device');
    await first.opened;
    for (const reported of [{ n: 1 }, { n: 2 }]) {
      await first.client.publishAsync(`${prefix}/update`, JSON.stringify({ state: { reported } }), { qos: 1 });
    }
    await first.client.subscribeAsync(`${prefix}/get/accepted`, { qos: 1 });
    const before = messages(first.client, 1);
    await first.client.publishAsync(`${prefix}/get`, '', { qos: 1 });
    await before;
    await running.broker.close();
    await start({ store: store() });
    const { client, opened } = dial('device');
    await opened;
    await client.subscribeAsync(`${prefix}/get/accepted`, { qos: 1 });
    const answer = messages(client, 1);
    await client.publishAsync(`${prefix}/get`, '', { qos: 1 });
    expect(await answer).toMatchObject({ [`${prefix}/get/accepted`]: { state: { reported: { n: 2 } }, version: 2 } });
  });

  it('publishes who comes and goes', async () => {
    await start({ registry: registry([ALL], ['device', 'stranger']) });
    const { client, opened } = dial('device');
    await opened;
    await client.subscribeAsync('$aws/events/presence/+/stranger', { qos: 1 });
    const seen = messages(client, 2);
    const other = dial('stranger');
    await other.opened;
    await other.client.endAsync();
    expect(await seen).toMatchObject({
      '$aws/events/presence/connected/stranger': { ipAddress: '127.0.0.1', principalIdentifier: idOf('stranger') },
      '$aws/events/presence/disconnected/stranger': { disconnectReason: 'CLIENT_INITIATED_DISCONNECT' },
    });
  });

  it('takes another registry at once, for who is connected too', async () => {
    await start();
    const { client, opened } = dial('device');
    await opened;
    const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
    running.replace(registry(['Allow Connect client/other']));
    await closed;
    expect(refusals).toMatchObject([{ action: 'iot:Connect', resource: 'client/device' }]);
  });
});
