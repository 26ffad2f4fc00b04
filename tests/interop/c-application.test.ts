// needs: mosquitto, mosquitto_pub, mosquitto_sub, openssl, clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32, wasi/c++/v1/string, wasi/libc++abi.a
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from './authority.js';
import { Command, type JsonEvent, TAKES_LONG } from './command.js';
import { Mosquitto } from './mosquitto.js';
import { freePort, temporaryFolder } from './temporary.js';

const SID = `UV${'7'.repeat(32)}`;
const COMMANDS = `command/device/${SID}`;
const READINGS = `sensor/device/${SID}`;
const example = (name: string) => join(import.meta.dirname, '../../host/microvisor/examples', name);

let authority: Authority;
const undo: (() => unknown)[] = [];

beforeAll(() => {
  authority = new Authority().issue('server', { names: 'DNS:localhost' });
  for (const name of ['device', 'watcher']) authority.issue(name);
});

afterAll(() => authority[Symbol.dispose]());

afterEach(async () => {
  for (const action of undo.splice(0).reverse()) await action();
});

function folder(): string {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  return temporary.folder;
}

function start(...args: string[]): Command {
  const device = new Command(['run', ...args, '--json', '--data', folder(), '--cloud-port', '0', '--device-sid', SID]);
  undo.push(() => device.kill());
  return device;
}

/** Builds an example and runs it with mosquitto over mutual TLS. */
async function startOnMosquitto(name: string, ...options: string[]): Promise<{ broker: Mosquitto; device: Command }> {
  const guest = join(folder(), 'app.wasm');
  const built = await new Command(['build-guest', example(name), '-o', guest, ...options]).ended;
  expect(built).toMatchObject({ code: 0, stderr: '' });
  const broker = await Mosquitto.start(authority, { requireCertificate: true });
  undo.push(() => broker.remove());
  const where = [
    '--broker-host',
    'localhost',
    '--broker-port',
    `${broker.port}`,
    '--root-ca',
    authority.path('ca.pem'),
  ];
  const who = ['--cert', authority.path('device.pem'), '--key', authority.path('device.key')];
  return { broker, device: start('--guest', guest, ...where, ...who) };
}

async function endWell(device: Command): Promise<JsonEvent> {
  const { code, stderr, summary } = await device.interrupt();
  expect({ code, stderr: stderr.replace(TAKES_LONG, '') }).toEqual({ code: 0, stderr: '' });
  return summary as JsonEvent;
}

const readingOf = ({ payload }: JsonEvent): { reading: number; commands: number } => JSON.parse(payload);
const numbers = (device: Command) =>
  device.events.filter(({ event }) => event === 'published').map((event) => readingOf(event).reading);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('the example in C that speaks MQTT', () => {
  it('takes commands from mosquitto over mutual TLS, and after a drop comes back with all that it has measured', async () => {
    const { broker, device } = await startOnMosquitto('mqtt', '-D', 'READING_INTERVAL=100');

    await device.event('subscribed', ({ topic }) => topic === COMMANDS);
    await broker.publish(COMMANDS, 'on');
    expect(await device.event('message')).toMatchObject({ topic: COMMANDS, payload: 'on', qos: 1 });
    await broker.log(new RegExp(`Received PUBACK from ${SID} `));
    await device.event('published', (event) => readingOf(event).commands === 1);

    const before = device.events.length;
    await broker.kill();
    await device.event('disconnected', undefined, before);
    await broker.start();
    await device.event('subscribed', ({ topic }) => topic === COMMANDS, before);
    const watcher = await broker.subscribe(['-t', READINGS, '-q', '1', '-C', '3']);
    undo.push(() => watcher.kill());
    expect((await watcher.ended).stdout).toMatch(
      /^(\{"reading":\d+,"temperature_celsius":2\d\.\d,"commands":1\}\n){3}$/,
    );
    await broker.publish(COMMANDS, 'off');
    await device.event('published', (event) => readingOf(event).commands === 2);

    expect(await endWell(device)).toMatchObject({ received: 2 });
    expect([...new Set(numbers(device))]).toEqual(upTo(numbers(device).at(-1) as number));
  });

  it('runs with the embedded broker when no other is named', async () => {
    const device = start(example('mqtt'), '--broker-port', `${await freePort()}`);
    expect(await device.event('connected')).toMatchObject({ clientId: SID, tls: 'TLSv1.3', protocol: '5' });
    expect(await device.event('published')).toMatchObject({ topic: READINGS });
    expect(await endWell(device)).toMatchObject({ errors: 0 });
  });
});

describe('the examples in C and C++ that only publish', () => {
  it.each([
    ['bare', /^\{"seconds":\d+,"interrupts":\d+\}$/],
    ['tasks', /^\{"reading":\d+\}$/],
    ['cpp', /^\{"several":2,"single":1\}$/],
  ])('%s: publishes to mosquitto over mutual TLS, and comes back after a drop', async (name, text) => {
    const { broker, device } = await startOnMosquitto(name);
    expect(await device.event('connected')).toMatchObject({ clientId: SID, protocol: '5', tls: 'TLSv1.3' });
    await device.event('published', ({ topic, payload }) => topic === READINGS && text.test(payload));

    const before = device.events.length;
    await broker.kill();
    await device.event('disconnected', undefined, before);
    await broker.start();
    await device.event('connected', undefined, before);
    const watcher = await broker.subscribe(['-t', READINGS, '-q', '1', '-C', '2']);
    undo.push(() => watcher.kill());
    const lines = (await watcher.ended).stdout.trim().split('\n');
    expect(lines).toEqual([expect.stringMatching(text), expect.stringMatching(text)]);
    await endWell(device);
  });
});
