// needs: mosquitto_pub, script
import { watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '../../../../host/cloud/index.js';
import { Child, done } from '../../../interop/child.js';
import { CLI, Command, cleanEnvironment, type JsonEvent } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { withLocalValues } from '../local-values.js';

const DEVICE_SID = `UV${'c0'.repeat(16)}`;
const DEVICE: Scope = { kind: 'device', deviceSid: DEVICE_SID };

let data: string;
let folder: string;
const undo = undoAfterEach();

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
  data = join(folder, 'data');
});

async function run(...args: string[]): Promise<Command> {
  const ports = ['--cloud-port', '0', '--broker-port', `${await freePort()}`];
  return start(['run', '--data', data, '--device-sid', DEVICE_SID, ...ports, ...args]);
}

function start(args: string[]): Command {
  const command = new Command(args);
  undo.push(() => command.kill());
  return command;
}

/** mosquitto_pub to the embedded broker, with the device's own certificate. */
async function command(broker: JsonEvent, topic: string, message: string): Promise<void> {
  const file = (name: string) => join(data, 'pki', name);
  const credentials = ['--cert', file(`device-${DEVICE_SID}.pem`), '--key', file(`device-${DEVICE_SID}.key`)];
  const where = ['-h', 'localhost', '-p', `${broker.port}`, '--cafile', file('ca.pem'), ...credentials];
  await done('mosquitto_pub', [...where, '-q', '1', '-t', topic, '-m', message]);
}

describe('run --for 10s --json in a fresh folder', () => {
  it('publishes at least 8 times without errors, and reports every promised event', async () => {
    const begin = performance.now();
    const device = await run('--for', '10s', '--json');
    await device.event('published');
    expect(performance.now() - begin).toBeLessThan(5000);
    const broker = await device.event('listening', ({ service }) => service === 'broker');
    await command(broker, `command/device/${DEVICE_SID}`, 'blink');

    const { code, stderr } = await device.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { events } = device; // every line of standard output is JSON, or this throws
    const first = (kind: string) => events.find(({ event }) => event === kind);
    expect(first('listening')).toEqual({
      event: 'listening',
      service: 'cloud',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      accountSid: expect.stringMatching(/^AC[0-9a-f]{32}$/),
      authToken: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(broker).toMatchObject({ url: `mqtts://localhost:${broker.port}` });
    expect(first('device')).toMatchObject({ deviceSid: DEVICE_SID, source: 'embedded broker' });
    expect(first('connected')).toMatchObject({
      broker: `localhost:${broker.port}`,
      protocol: '5',
      tls: 'TLSv1.3',
      clientId: DEVICE_SID,
    });
    expect(first('subscribed')).toMatchObject({ topic: `command/device/${DEVICE_SID}` });
    expect(first('message')).toMatchObject({ topic: `command/device/${DEVICE_SID}`, payload: 'blink', qos: 1 });
    expect(first('disconnected')).toMatchObject({ reason: expect.any(String) });
    expect(first('log')).toEqual({ event: 'log', text: expect.any(String) });
    const published = events.filter(({ event }) => event === 'published');
    expect(published.length).toBeGreaterThanOrEqual(8);
    for (const [index, { topic, payload }] of published.entries()) {
      expect(topic).toBe(`sensor/device/${DEVICE_SID}`);
      expect(JSON.parse(payload)).toMatchObject({ reading: index + 1, temperature_celsius: expect.any(Number) });
    }
    expect(JSON.parse(published.at(-1)?.payload).commands).toBe(1);
    expect(events.at(-1)).toEqual({ event: 'summary', published: published.length, received: 1, errors: 0 });
  });
});

describe('the data folder', () => {
  it('keeps account, device and certificates for the next run', async () => {
    const seen = [];
    for (let round = 0; round < 2; round++) {
      const device = start([
        'run',
        '--data',
        data,
        '--json',
        '--cloud-port',
        '0',
        '--broker-port',
        `${await freePort()}`,
      ]);
      await device.event('published');
      const { code, summary } = await device.interrupt();
      expect({ code, summary }).toMatchObject({ code: 0, summary: { event: 'summary', errors: 0 } });
      const { accountSid, authToken } = await device.event('listening');
      const { deviceSid } = await device.event('device');
      const values = await withLocalValues(data, async (stored) => ({
        ca: await stored.get({ kind: 'device', deviceSid }, 'configs', 'root-CA'),
        cert: await stored.get({ kind: 'device', deviceSid }, 'configs', 'cert'),
        key: await stored.get({ kind: 'device', deviceSid }, 'secrets', 'private_key'),
      }));
      seen.push({ accountSid, authToken, deviceSid, ...values });
    }
    expect(seen[0].cert?.value).toMatch(/^3082/);
    expect(seen[1]).toEqual(seen[0]); // dates too: nothing was written a second time
  });

  it('keeps a broker-host of the user: no embedded broker starts, and no value is overwritten', async () => {
    const values = { 'broker-host': 'localhost', 'broker-port': '1' };
    const list = () => withLocalValues(data, (stored) => stored.list(DEVICE, 'configs'));
    await withLocalValues(data, async (stored) => {
      for (const [key, value] of Object.entries(values)) await stored.create(DEVICE, 'configs', key, value);
    });
    const before = await list();
    const device = await run('--json');
    expect((await device.ended).code).toBe(1);
    expect(await device.event('device')).toMatchObject({ source: 'store' });
    expect(device.events.some(({ service }) => service === 'broker')).toBe(false);
    expect(await list()).toEqual(before);
  });

  it('belongs to the broker of the user as soon as the user stores its host', async () => {
    const first = await run('--json');
    await first.event('published');
    await first.interrupt();
    await withLocalValues(data, (stored) => stored.update(DEVICE, 'configs', 'broker-host', 'nosuch.invalid'));
    const second = await run('--json');
    const { code, stderr } = await second.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot connect to nosuch\.invalid/);
    expect((await withLocalValues(data, (stored) => stored.fetch(DEVICE, 'configs', 'broker-host'))).value).toBe(
      'nosuch.invalid',
    );
  });

  it('survives SIGKILL at any moment of the start', async () => {
    const mine = { colour: 'blau', note: 'mine' };
    await withLocalValues(data, async (stored) => {
      await stored.create(DEVICE, 'configs', 'colour', mine.colour);
      await stored.create({ kind: 'account' }, 'secrets', 'note', mine.note);
    });
    let account: string | undefined;
    const kept = async () => {
      await withLocalValues(data, async (stored) => {
        expect((await stored.fetch(DEVICE, 'configs', 'colour')).value).toBe(mine.colour);
        expect((await stored.fetch({ kind: 'account' }, 'secrets', 'note')).value).toBe(mine.note);
      });
    };
    // Moments: so many changes in the folder, or such an event, whichever is the aim; every run ends by SIGKILL.
    const moments = [1, 2, 3, 5, 8, 12, 16, 'cloud', 'broker', 'device', 'connected', 'subscribed', 'published'];
    for (const moment of moments) {
      const device = await killAt(moment);
      const [listening] = device.events.filter(({ event }) => event === 'listening');
      if (listening) {
        account ??= listening.accountSid;
        expect(listening.accountSid, `after ${moment}`).toBe(account);
      }
      await kept();
    }
    const last = await run('--json', '--for', '500ms', '--interval', '100ms');
    expect((await last.ended).code).toBe(0);
    expect(last.events.at(-1)).toMatchObject({ event: 'summary', errors: 0 });
    expect((await last.event('listening')).accountSid).toBe(account);
    await kept();
    // fourteen runs of the command one after the other: a busy machine takes its time
  });

  async function killAt(moment: number | string): Promise<Command> {
    const device = await run('--json');
    let changes = 0;
    const watcher = watch(folder, { recursive: true }, () => {
      if (++changes === moment) device.signal('SIGKILL');
    });
    watcher.on('error', () => {}); // a file that was gone before it could be watched
    const found = device.until(`the moment ${moment}`, () =>
      device.events.find(({ event, service }) => [event, service].includes(`${moment}`) || event === 'published'),
    );
    await found.catch(() => {}); // killed before, by a change in the folder
    watcher.close();
    device.signal('SIGKILL');
    expect((await device.ended).signal).toBe('SIGKILL');
    return device;
  }
});

it('run uses other ports when 8180 and 8883 are taken', async () => {
  for (const port of [8180, 8883]) {
    const server = createServer().on('error', () => {}); // somebody else has it: just as well
    await new Promise<void>((resolve) => {
      server.once('error', () => resolve());
      server.listen(port, '127.0.0.1', resolve);
    });
    undo.push(() => server.close());
  }
  const device = start(['run', '--data', data, '--json']);
  await device.event('published');
  const [cloud, broker] = device.events.filter(({ event }) => event === 'listening');
  expect(new URL(cloud.url).port).not.toBe('8180');
  expect(broker.port).not.toBe(8883);
  expect((await device.interrupt()).code).toBe(0);
});

describe('the text output', () => {
  const ESCAPE = '\u001b[';

  it('has no escape codes unless on a terminal, and ends with the summary', async () => {
    const device = await run('--interval', '100ms');
    await device.line('stdout', / published /);
    device.signal('SIGINT');
    const { code, stdout, stderr } = await device.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain(ESCAPE);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^[\d:.]{12} {2}summary +\d+ published, 0 received, 0 errors$/);
  });

  it.each([
    ['is coloured on a terminal', {}, true],
    ['is not coloured where NO_COLOR is set', { NO_COLOR: '1' }, false],
  ])('%s', async (_name, env, coloured) => {
    const args = ['run', '--data', data, '--cloud-port', '0', '--broker-port', await freePort(), '--for', '300ms'];
    const line = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
    const typed = ['--quiet', '--return', '--command', line, '/dev/null'];
    const terminal = new Child('script', typed, { env: cleanEnvironment({ TERM: 'xterm', ...env }) });
    undo.push(() => terminal.kill());
    const { code, stdout } = await terminal.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/published/);
    expect(stdout.includes(ESCAPE)).toBe(coloured);
  });

  it('shows a failure once, as the last line on standard error', async () => {
    const device = start([
      'run',
      '--data',
      data,
      '--broker-host',
      'localhost',
      '--broker-port',
      '1',
      '--cloud-port',
      '0',
    ]);
    const { code, stdout, stderr } = await device.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wasmqtt: cannot connect to localhost:1: .*\n$/);
    expect(stdout).not.toMatch(/cannot connect/);
    expect(stdout).toMatch(/summary +0 published, 0 received, 1 errors\n$/);
  });
});

describe('--guest', () => {
  /** A module that imports functions of no arguments by these names from env, with a memory. */
  function moduleWith(names: string[]): Buffer {
    const text = (value: string) => [value.length, ...Buffer.from(value)];
    const section = (id: number, ...bytes: number[]) => [id, bytes.length, ...bytes];
    const imports = names.flatMap((name) => [...text('env'), ...text(name), 0, 0]);
    return Buffer.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, 1, 0x60, 0, 0),
      ...section(2, names.length, ...imports),
      ...section(5, 1, 0, 1),
      ...section(7, 1, ...text('memory'), 2, 0),
    ]);
  }

  it('refuses a module that imports unknown calls, with the list of them', async () => {
    const guest = join(folder, 'guest.wasm');
    writeFileSync(guest, moduleWith(['mvTeleport', 'mvFly']));
    const device = await run('--guest', guest, '--json');
    const { code, stderr } = await device.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`wasmqtt: ${guest}: `);
    expect(stderr).toMatch(/mvTeleport/);
    expect(stderr).toMatch(/mvFly/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(device.events.at(-1)).toMatchObject({ event: 'summary', errors: 1 });
  });
});
