// needs: mosquitto, mosquitto_pub, mosquitto_sub, openssl
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Bridge } from '../../../../host/broker/bridges/bridge.js';
import type { BridgeEvent, BridgeOptions } from '../../../../host/broker/bridges/bridge-setup.js';
import { type Broker, createBroker, refuse } from '../../../../host/broker/index.js';
import { TestPki } from '../listeners/certificates.js';
import { Program } from '../listeners/programs.js';
import { LocalRig } from '../local/local-rig.js';
import { RealMosquitto } from '../real-mosquitto.js';
import { topic } from './bridge-rig.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function later<T extends { stop(): Promise<void> }>(program: T): T {
  cleanups.push(() => program.stop());
  return program;
}

/** Resolves with the first value that passes. */
class Stream<T> {
  readonly values: T[] = [];
  #checks: (() => void)[] = [];

  push(value: T): void {
    this.values.push(value);
    for (const check of this.#checks) check();
  }

  next(passes: (value: T) => boolean, from = 0): Promise<T> {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.values.slice(from).find(passes);
        if (found === undefined) return;
        this.#checks = this.#checks.filter((other) => other !== check);
        resolve(found);
      };
      this.#checks.push(check);
      check();
    });
  }
}

/** Our broker, without sockets, and a bridge to the other one over real ones. */
async function bridged(options: Partial<BridgeOptions>) {
  const rig = new LocalRig();
  const events = new Stream<BridgeEvent>();
  const bridge = new Bridge(
    {
      name: 'b',
      addresses: [],
      topics: topic('#', 'both', 2),
      remoteClientId: 'bridge',
      restart: { constant: 0.2 },
      ...options,
    },
    { local: rig.local, log: (event) => events.push(event) },
  );
  cleanups.push(() => bridge.close());
  await bridge.start();
  const client = await rig.local.connect();
  const got = new Stream<string>();
  await client.subscribe('#', { qos: 2 }, ({ topic: name, payload, qos, retain }) => {
    got.push(`${name}=${Buffer.from(payload)} q${qos} r${Number(retain)}`);
  });
  return { rig, bridge, client, got, events };
}

const at = (port: number) => ({ addresses: [{ host: '127.0.0.1', port }] });

describe('a bridge to Mosquitto', () => {
  it.each([
    ['3.1.1, as a bridge', { protocolVersion: 4 }],
    [
      '3.1.1, as a client',
      { protocolVersion: 4, tryPrivate: false, topics: [...topic('out/#', 'out', 2), ...topic('in/#', 'in', 2)] },
    ],
    ['5', { protocolVersion: 5 }],
  ] as const)('of MQTT %s carries messages of each QoS both ways, once', async (_name, options) => {
    const mosquitto = later(await RealMosquitto.start());
    const { client, got, events } = await bridged({ ...at(mosquitto.port), ...options });
    await events.next(({ type }) => type === 'connected');
    await mosquitto.line(/^Sending SUBACK to bridge/);
    const subscriber = later(
      new Program('mosquitto_sub', ['-p', String(mosquitto.port), '-t', '+/#', '-q', '2', '-F', '%t=%p q%q']),
    );
    await mosquitto.line(/^Sending SUBACK to auto-/);
    for (const qos of [0, 1, 2] as const) await client.publish(`out/${qos}`, 'x', { qos });
    await client.publish('out/last', 'x', { qos: 2 });
    const lines = await subscriber.lines(4);
    expect(lines).toEqual(['out/0=x q0', 'out/1=x q1', 'out/2=x q2', 'out/last=x q2']);
    for (const qos of ['0', '1', '2']) {
      const args = ['-p', String(mosquitto.port), '-t', `in/${qos}`, '-m', 'y', '-q', qos];
      expect((await new Program('mosquitto_pub', args).ended).code).toBe(0);
    }
    await got.next((line) => line.startsWith('in/2='));
    // Ours come once too: nothing went round.
    expect(got.values.sort()).toEqual(
      [
        'in/0=y q0 r0',
        'in/1=y q1 r0',
        'in/2=y q2 r0',
        ...[0, 1, 2].map((qos) => `out/${qos}=x q${qos} r0`),
        'out/last=x q2 r0',
      ].sort(),
    );
  });

  it('is known to it as a bridge, in 3.1.1', async () => {
    const mosquitto = later(await RealMosquitto.start());
    const { events } = await bridged(at(mosquitto.port));
    await events.next(({ type }) => type === 'connected');
    expect(await mosquitto.line(/^New bridge connected|^New client connected/)).toMatch(/^New bridge connected/);
  });

  it('says at both brokers that it is connected', async () => {
    const mosquitto = later(await RealMosquitto.start());
    const state = '$SYS/broker/connection/bridge/state';
    const { bridge } = await bridged(at(mosquitto.port));
    const subscriber = later(new Program('mosquitto_sub', ['-p', String(mosquitto.port), '-t', state, '-v']));
    expect((await subscriber.lines(1)).at(-1)).toBe(`${state} 1`);
    await bridge.close();
    expect((await subscriber.lines(2)).at(-1)).toBe(`${state} 0`);
  });

  it('comes back to one that was killed, with what was published in the meantime, retained messages among them', async () => {
    const first = await RealMosquitto.start();
    const { client, events } = await bridged({ ...at(first.port), topics: topic('out/#', 'out', 1) });
    await events.next(({ type }) => type === 'connected');
    await client.publish('out/kept', 'kept', { qos: 1, retain: true });
    await first.line(/^Received PUBLISH from bridge .*'out\/kept'/);
    await first.stop();
    await events.next(({ type }) => type === 'disconnected');
    await client.publish('out/missed', 'missed', { qos: 1, retain: true });
    const second = later(await RealMosquitto.start([], first.port));
    await second.line(/^Received PUBLISH from bridge .*'out\/missed'/);
    await second.line(/^Received PUBLISH from bridge .*'out\/kept'/);
  });

  it('carries messages over TLS, checks the certificate and its name, and says what is wrong', async () => {
    const files = [
      `cafile ${pki.path('ca.crt')}`,
      `certfile ${pki.path('server.crt')}`,
      `keyfile ${pki.path('server.key')}`,
    ];
    const mosquitto = later(await RealMosquitto.start(files));
    const ca = pki.read('ca.crt');
    const addresses = [{ host: 'localhost', port: mosquitto.port }];
    const { client, events } = await bridged({ addresses, tls: { ca } });
    await events.next(({ type }) => type === 'connected');
    await client.publish('a', 'x', { qos: 1 });
    await mosquitto.line(/^Received PUBLISH from bridge .*'a'/);
    const refused = await bridged({ addresses, tls: {}, remoteClientId: 'other' });
    expect(await refused.events.next(({ type }) => type === 'disconnected')).toMatchObject({
      reason: expect.stringMatching(/certificate/),
    });
  });

  it('starts again when its own broker has ended its client', async () => {
    const mosquitto = later(await RealMosquitto.start());
    const { rig, client, events } = await bridged(at(mosquitto.port));
    await events.next(({ type }) => type === 'connected');
    const taken = await rig.local.connect({
      clientId: 'local.bridge',
      cleanStart: false,
      sessionExpiryInterval: 60,
    });
    expect(await events.next(({ type }) => type === 'disconnected')).toMatchObject({
      address: 'the own broker',
      reason: 'another connection uses the same client id',
      retryIn: 0.2,
    });
    await taken.close();
    await client.publish('a', 'x', { qos: 1 });
    await mosquitto.line(/^Received PUBLISH from bridge .*'a'/);
  });

  it('does not start when its own broker refuses it, and leaves nothing behind', async () => {
    const rig = new LocalRig({ rules: { subscribe: () => refuse('not for bridges') } });
    const options = {
      name: 'b',
      addresses: [{ host: '127.0.0.1', port: 1 }],
      topics: topic('#', 'out'),
      remoteClientId: 'r',
    };
    const bridge = new Bridge(options, { local: rig.local });
    await expect(bridge.start()).rejects.toMatchObject({ code: 'refused', reasonCode: 0x87 });
    expect(rig.local.size).toBe(0);
    await bridge.close();
  });

  it('reports credentials that cannot be used, and does not end the process', async () => {
    const mosquitto = later(await RealMosquitto.start());
    const { events } = await bridged({ ...at(mosquitto.port), tls: { ca: 'not PEM', cert: 'x', key: 'y' } });
    expect(await events.next(({ type }) => type === 'disconnected')).toMatchObject({ retryIn: 0.2 });
  });
});

let pki: TestPki;
beforeAll(() => {
  pki = new TestPki();
});
afterAll(() => pki.remove());

describe('a bridge of Mosquitto to our broker', () => {
  it.each([
    ['3.1.1, known as a bridge', 'mqttv311', ''],
    ['3.1.1, as a client', 'mqttv311', 'try_private false'],
    ['5', 'mqttv50', ''],
  ])('of MQTT %s carries messages both ways', async (_name, version, more) => {
    const broker: Broker = await createBroker({ listeners: [{ protocol: 'mqtt', port: 0 }] });
    cleanups.push(() => broker.close());
    const [{ port }] = broker.listeners;
    const published = new Stream<string>();
    broker.on('published', ({ topic: name, payload }) => published.push(`${name}=${Buffer.from(payload)}`));
    const mosquitto = later(
      await RealMosquitto.start([
        'connection test',
        `address 127.0.0.1:${port}`,
        'remote_clientid theirs',
        `bridge_protocol_version ${version}`,
        ...(more ? [more] : []),
        'topic out/# out 2',
        'topic in/# in 2',
      ]),
    );
    await published.next((line) => line === '$SYS/broker/connection/theirs/state=1');
    await new Program('mosquitto_pub', ['-p', String(mosquitto.port), '-t', 'out/1', '-m', 'x', '-q', '2']).ended;
    await published.next((line) => line === 'out/1=x');
    await mosquitto.line(/^Received SUBACK from/);
    broker.publish('in/1', 'y', { qos: 2 });
    expect(await mosquitto.line(/'in\/1'/)).toMatch(/^Received PUBLISH from .*q2/);
  });
});
