import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { compileGuest } from '../../microvisor/rig/compile-guest.js';
import { withLocalStore } from '../local-values.js';

const SID = `UV${'c1'.repeat(16)}`;
const undo = undoAfterEach();
let folder: string;
let data: string;

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
  data = join(folder, 'data');
});

function start(...args: string[]): Command {
  const command = new Command(args);
  undo.push(() => command.kill());
  return command;
}

/** Prints its letter and the wake reason, as two digits. */
const compiled = new Map<string, Promise<Uint8Array>>();
function guest(letter: string): Promise<Uint8Array> {
  const source = `
    @external("env", "mv_host_timer") declare function mv_host_timer(milliseconds: i32): void;
    @external("env", "mv_host_print") declare function mv_host_print(address: usize, length: u32): void;
    const text = memory.data(8, 8);
    export function mv_app_start(): void { mv_host_timer(0); }
    export function mv_app_timer(): void {
      mv.mvGetWakeReason(text + 4);
      const reason = load<u8>(text + 4);
      store<u8>(text, ${letter.charCodeAt(0)});
      store<u8>(text + 1, 0x30 + reason / 10);
      store<u8>(text + 2, 0x30 + reason % 10);
      mv_host_print(text, 3);
    }`;
  const module = compiled.get(letter) ?? compileGuest(source);
  compiled.set(letter, module);
  return module;
}

async function guestFile(letter: string): Promise<string> {
  const file = join(folder, `${letter}.wasm`);
  writeFileSync(file, await guest(letter));
  return file;
}

/** The log lines of a run, when there are so many. */
function lines(run: Command, count: number): Promise<string[]> {
  return run.until(`${count} log lines`, () => {
    const texts = run.events.filter(({ event }) => event === 'log').map(({ text }) => text as string);
    return texts.length >= count ? texts : undefined;
  });
}

async function target(letter: string): Promise<string> {
  const module = await guest(letter);
  return withLocalStore(data, async (store, accountSid) => {
    const { sid } = await store.apps(accountSid).create(module);
    await store.devices(accountSid).update(SID, { targetApp: sid });
    return sid;
  });
}

const restart = () =>
  withLocalStore(data, (store, accountSid) => store.devices(accountSid).update(SID, { restartApp: true }));

describe('a run over the store of its folder', () => {
  it.each(['--isolate', '--no-isolate'])(
    'takes updates and restarts from it, whoever wants them (%s)',
    async (where) => {
      const ports = ['--cloud-port', '0', '--broker-port', `${await freePort()}`];
      const file = await guestFile('A');
      const run = start('run', '--data', data, '--device-sid', SID, '--guest', file, where, '--json', ...ports);
      await lines(run, 1);
      await restart();
      await lines(run, 2);
      const app = await target('B');
      expect(await lines(run, 3)).toEqual(['A00', 'A02', 'B09']);
      await run.event('cloud', ({ text }) => text.includes(app));
      expect((await run.interrupt()).code).toBe(0);

      const device = await withLocalStore(data, (store, accountSid) => store.devices(accountSid).fetch(SID));
      expect(device).toMatchObject({ updateStatus: 'up-to-date', reported: { appSid: app } });
      const logs = start('logs', SID, '--data', data, '--json');
      await logs.ended;
      expect(logs.events.map(({ text }) => text)).toEqual(['A00', 'A02', 'B09']);

      const again = start('run', '--data', data, '--device-sid', SID, '--guest', file, where, '--json', ...ports);
      expect(await lines(again, 1)).toEqual(['B00']);
    },
  );
});

describe('a run with --cloud', () => {
  /** A cloud in a process of its own, and the file of a device key. */
  async function openCloud() {
    const cloud = start('cloud', '--data', data, '--port', '0', '--json');
    const { url, accountSid, authToken } = await cloud.event('listening');
    const key = join(folder, 'device.key');
    const made = start('cloud', 'device', 'create-key', SID, '--data', data, '--out', key);
    expect(await made.ended).toMatchObject({ code: 0 });
    expect(statSync(key).mode & 0o777).toBe(0o600);
    return { cloud, url, key, env: { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } };
  }

  it('needs no store of its own: values, updates, restarts and logs go over the network', async () => {
    const { url, key } = await openCloud();
    const file = await guestFile('A');
    const elsewhere = join(folder, 'elsewhere');
    const run = start('run', '--data', elsewhere, '--cloud', url, '--device-key', key, '--guest', file, '--json');
    expect(await run.event('device')).toMatchObject({ deviceSid: SID, source: 'cloud' });
    await lines(run, 1);
    await restart();
    await lines(run, 2);
    await target('B');
    expect(await lines(run, 3)).toEqual(['A00', 'A02', 'B09']);

    await withLocalStore(data, (store, accountSid) => store.devices(accountSid).update(SID, { uniqueName: 'pump' }));
    const follow = start('logs', 'pump', '--follow', '--data', data, '--json');
    await lines(follow, 3);
    await restart();
    expect(await lines(follow, 4)).toEqual(['A00', 'A02', 'B09', 'B02']);
    follow.signal('SIGINT');
    expect((await follow.ended).code).toBe(0);
    expect((await run.interrupt()).code).toBe(0);
  });

  it('goes on without it, and says so once', async () => {
    const { cloud, url, key } = await openCloud();
    cloud.signal('SIGINT');
    await cloud.ended;
    const run = start(
      'run',
      '--cloud',
      url,
      '--device-key',
      key,
      '--guest',
      await guestFile('A'),
      '--for',
      '5s',
      '--json',
    );
    expect(await lines(run, 1)).toEqual(['A00']);
    expect((await run.ended).code).toBe(0);
    expect(run.events.filter(({ event }) => event === 'cloud')).toEqual([
      { event: 'cloud', text: expect.stringMatching(/^the cloud is away, the device goes on: .*cannot be reached/) },
    ]);
  });

  it.each([
    [['--cloud', 'http://127.0.0.1:1'], 2, '--cloud needs the key of a device'],
    [['--cloud', 'http://cloud.example.com', '--device-key', 'KEY'], 2, 'give an https address'],
    [['--cloud', 'nowhere', '--device-key', 'KEY'], 2, 'is not an address'],
    [['--cloud', 'http://127.0.0.1:1', '--device-key', 'none'], 1, '--device-key none: cannot be read'],
    [['--cloud', 'http://127.0.0.1:1', '--device-key', 'KEY'], 1, 'is not a device key'],
    [['--cloud', 'http://127.0.0.1:1', '--device-key', 'KEY', '--devices', '2'], 2, '--devices: with --cloud'],
    [
      ['--cloud', 'https://127.0.0.1:1', '--device-key', 'KEY', '--cloud-ca', 'none'],
      1,
      '--cloud-ca none: cannot be read',
    ],
  ])('refuses %j', async (args, code, message) => {
    const key = join(folder, 'bad.key');
    writeFileSync(key, 'not a key\n');
    const run = start('run', '--data', data, ...args.map((arg) => (arg === 'KEY' ? key : arg)));
    const ended = await run.ended;
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(message);
  });
});

describe('wasmqtt logs', () => {
  it('says which device there is not', async () => {
    const logs = start('logs', 'pump', '--data', data);
    const { code, stderr } = await logs.ended;
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no device "pump"') });
  });

  it('shows what was logged since a time, with what a terminal may act on made visible', async () => {
    await withLocalStore(data, (store, accountSid) =>
      store.logs(accountSid).append(SID, [
        { date: new Date(Date.now() - 7_200_000), text: 'two hours ago' },
        { date: new Date(), text: 'now \u001b[31m' },
      ]),
    );
    const logs = start('logs', SID, '--since', '1h', '--data', data);
    await logs.ended;
    expect(logs.lines('stdout')).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}now \\u001b\[31m$/)]);
    for (const since of ['yesterday', '2026-13-01', '5']) {
      expect((await start('logs', SID, '--since', since, '--data', data).ended).code).toBe(2);
    }
  });
});

describe('wasmqtt cloud device', () => {
  it('makes, lists and deletes keys, and does not overwrite a file', async () => {
    const done = async (...args: string[]) => {
      const command = start('cloud', 'device', ...args, '--data', data, '--json');
      return { ...(await command.ended), events: command.events };
    };
    const [{ id, key }] = (await done('create-key', SID)).events;
    expect(key).toContain(`.${SID}.${id}.`);
    expect((await done('list-keys', SID)).events).toMatchObject([{ id, deviceSid: SID }]);
    const file = join(folder, 'there');
    writeFileSync(file, 'mine');
    expect(await done('create-key', SID, '--out', file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('name a file that does not exist yet'),
    });
    expect((await done('list-keys', SID)).events).toHaveLength(1);
    expect((await done('delete-key', SID, id)).code).toBe(0);
    expect((await done('list-keys', SID)).events).toEqual([]);
    expect((await done('delete-key', SID, id)).code).toBe(1);
    expect((await done('create-key')).code).toBe(2);
  });
});
