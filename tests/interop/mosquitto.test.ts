// needs: mosquitto, mosquitto_pub, mosquitto_sub, openssl
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from './authority.js';
import { Command } from './command.js';
import { Mosquitto, type MosquittoOptions } from './mosquitto.js';
import { freePort, temporaryFolder } from './temporary.js';
import { undoAfterEach } from './undo.js';

const DEVICE_SID = `UV${'5'.repeat(32)}`;
const PROTOCOLS = [
  { protocol: '3.1.1', version: 'mqttv311', level: 'p2' },
  { protocol: '5', version: 'mqttv5', level: 'p5' },
] as const;
const USERS = { 'ann & co': 'p ä$$"w0rd' };

let authority: Authority;
const undo = undoAfterEach();

beforeAll(() => {
  authority = new Authority().issue('server', { names: 'DNS:localhost' });
  for (const [name, key] of [
    ['device', 'ec'],
    ['rsa-device', 'rsa'],
    ['watcher', 'ec'],
  ] as const) {
    authority.issue(name, { key });
  }
  authority.toDer('ca', 'device', 'rsa-device');
});

afterAll(() => authority[Symbol.dispose]());

async function mosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const broker = await Mosquitto.start(authority, options);
  undo.push(() => broker.remove());
  return broker;
}

function folder(): string {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  return temporary.folder;
}

function run(broker: Mosquitto, ...args: string[]): Command {
  const common = ['run', '--json', '--data', folder(), '--cloud-port', '0', '--device-sid', DEVICE_SID];
  const where = ['--broker-host', 'localhost', '--broker-port', `${broker.port}`];
  const device = new Command([...common, ...where, '--interval', '200ms', ...args]);
  undo.push(() => device.kill());
  return device;
}

const trust = (file = 'ca.pem') => ['--root-ca', authority.path(file)];
const certificate = (cert = 'device.pem', key = 'device.key') => [
  ...['--cert', authority.path(cert)],
  ...['--key', authority.path(key)],
];

function password(text: string): string[] {
  const file = join(folder(), 'password.txt');
  writeFileSync(file, `${text}\n`);
  return ['--username', Object.keys(USERS)[0], '--password-file', file];
}

/** The readings arrive at mosquitto_sub; a command of mosquitto_pub arrives at the device, which answers. */
async function talk(
  broker: Mosquitto,
  device: Command,
  topics = { publish: `sensor/device/${DEVICE_SID}`, command: `command/device/${DEVICE_SID}` },
) {
  await device.event('subscribed', ({ topic }) => topic === topics.command);
  const watcher = await broker.subscribe(['-t', topics.publish, '-F', '%q %p', '-q', '1', '-C', '3']);
  undo.push(() => watcher.kill());
  const { stdout } = await watcher.ended;
  const readings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line.replace(/^1 /, '')));
  expect(readings.map(({ reading }) => reading)).toEqual([0, 1, 2].map((step) => readings[0].reading + step));
  expect(readings[0]).toMatchObject({ temperature_celsius: expect.any(Number), commands: 0 });

  await broker.publish(topics.command, 'blink "twice" ü');
  expect(await device.event('message')).toMatchObject({ topic: topics.command, payload: 'blink "twice" ü', qos: 1 });
  const answer = await device.event('published', ({ payload }) => JSON.parse(payload).commands === 1);
  expect(answer.topic).toBe(topics.publish);
}

/** Ctrl-C: the broker sees a DISCONNECT, the command ends with 0 and its summary. */
async function leave(broker: Mosquitto, device: Command, clientId = DEVICE_SID) {
  const { code, stderr, summary } = await device.interrupt();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(summary).toMatchObject({ event: 'summary', received: 1, errors: 0 });
  expect(summary?.published).toBe(device.events.filter(({ event }) => event === 'published').length);
  await broker.log(new RegExp(`Received DISCONNECT from ${clientId}$`));
  await broker.log(new RegExp(`Client ${clientId} disconnected\\.$`));
}

describe.each(PROTOCOLS)('a device against mosquitto under MQTT $protocol', ({ protocol, version, level }) => {
  const speak = ['--protocol', protocol];

  it('with a client certificate, which the broker requires', async () => {
    const broker = await mosquitto({ requireCertificate: true, version });
    const device = run(broker, ...trust(), ...certificate(), ...speak);
    expect(await device.event('connected')).toMatchObject({
      protocol,
      broker: `localhost:${broker.port}`,
      tls: 'TLSv1.3',
    });
    await broker.log(new RegExp(`New client connected from .* as ${DEVICE_SID} \\(${level},`));
    await talk(broker, device);
    await leave(broker, device);
  });

  it('with user name and password', async () => {
    const broker = await mosquitto({ users: USERS, version });
    const device = run(broker, ...trust(), ...password(Object.values(USERS)[0]), ...speak);
    await broker.log(new RegExp(`as ${DEVICE_SID} \\(${level},.*u'ann & co'\\)`));
    await talk(broker, device);
    await leave(broker, device);
  });

  it('with both', async () => {
    const broker = await mosquitto({ requireCertificate: true, users: USERS, version });
    const device = run(broker, ...trust(), ...certificate(), ...password(Object.values(USERS)[0]), ...speak);
    await talk(broker, device);
    await leave(broker, device);
  });

  it('with a client id and topics of its own', async () => {
    const broker = await mosquitto({ requireCertificate: true, version });
    const topics = { publish: 'plant/7/readings', command: 'plant/7/commands' };
    const device = run(
      broker,
      ...[...trust(), ...certificate(), ...speak, '--client-id', 'pump-7'],
      ...['--publish-topic', topics.publish, '--subscribe-topic', topics.command],
    );
    await talk(broker, device, topics);
    await leave(broker, device, 'pump-7');
  });

  it('comes back when the broker was killed and started again', async () => {
    const broker = await mosquitto({ requireCertificate: true, version });
    const device = run(broker, ...trust(), ...certificate(), ...speak);
    await device.event('published');
    await broker.kill();
    await device.event('disconnected');
    for (const wait of [/next attempt in 1\d{3} ms/, /next attempt in 2\d{3} ms/]) {
      await device.event('log', ({ text }) => wait.test(text));
    }
    const since = device.events.length;
    await broker.start();
    await device.event('connected', undefined, since);
    await device.event('subscribed', undefined, since);
    await device.event('published', undefined, since);
    const { code, summary } = await device.interrupt();
    // The attempt while the broker was away is the one error.
    expect({ code, summary }).toMatchObject({ code: 0, summary: { event: 'summary', errors: 1 } });
    expect(device.events.find(({ event }) => event === 'error')?.message).toMatch(/ECONNREFUSED.*start the broker/);
  });
});

describe('credentials', () => {
  it.each([
    ['PEM files of an EC key', certificateFiles('device.pem', 'device.key', 'ca.pem')],
    ['DER files of an EC key', certificateFiles('device.der', 'device.key.der', 'ca.der')],
    ['PEM files of an RSA key', certificateFiles('rsa-device.pem', 'rsa-device.key', 'ca.pem')],
    ['DER files of an RSA key', certificateFiles('rsa-device.der', 'rsa-device.key.der', 'ca.der')],
  ])('%s are taken', async (_name, files) => {
    const broker = await mosquitto({ requireCertificate: true });
    const device = run(broker, ...trust(files.ca), ...certificate(files.cert, files.key));
    await device.event('published');
    expect((await device.interrupt()).code).toBe(0);
  });

  function certificateFiles(cert: string, key: string, ca: string) {
    return { cert, key, ca };
  }

  it('of the account are found with --scope account, and only there', async () => {
    const broker = await mosquitto({ requireCertificate: true });
    const data = folder();
    const cloud = new Command(['cloud', '--json', '--port', '0', '--data', data]);
    undo.push(() => cloud.kill());
    const { url, accountSid, authToken } = await cloud.event('listening');
    const values = [
      ['Configs', 'broker-host', 'localhost'],
      ['Configs', 'broker-port', `${broker.port}`],
      ['Configs', 'root-CA', authority.hex('ca.der')],
      ['Configs', 'cert', authority.hex('device.der')],
      ['Secrets', 'private_key', authority.hex('device.key.der')],
    ];
    for (const [collection, Key, Value] of values) {
      const { status } = await fetch(`${url}/v1/${collection}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
        body: new URLSearchParams({ Key, Value }),
      });
      expect(status).toBe(201);
    }
    const args = [
      'run',
      '--json',
      '--data',
      data,
      '--cloud-port',
      '0',
      '--device-sid',
      DEVICE_SID,
      '--interval',
      '200ms',
    ];
    const device = new Command([...args, '--scope', 'account']);
    undo.push(() => device.kill());
    expect(await device.event('device')).toMatchObject({ source: 'store', deviceSid: DEVICE_SID });
    await talk(broker, device);
    await leave(broker, device);

    const other = new Command([...args, '--broker-port', `${await freePort()}`]);
    undo.push(() => other.kill());
    expect(await other.event('device')).toMatchObject({ source: 'embedded broker' });
  });
});
