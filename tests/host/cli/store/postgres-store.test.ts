// engine: PostgreSQL
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command, type JsonEvent } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { asOwner, schemaOf, schemaUrl } from '../../cloud/postgres/postgres-place.js';

const undo = undoAfterEach();
let folder: string;
let url: string;

beforeEach(() => {
  const temporary = temporaryFolder();
  folder = temporary.folder;
  undo.push(temporary.remove);
  url = schemaUrl();
});

/** Neither a password nor a stack is on any output. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const command = new Command(args, env, folder);
  undo.push(() => command.kill());
  const { code, stdout, stderr } = await command.ended;
  expect(stdout + stderr).not.toMatch(/pass( |%20)word/);
  expect(stderr).not.toMatch(/^ +at /m);
  return { code, stderr, stdout, events: args.includes('--json') ? command.events : [] };
}

/** A cloud in a process of its own. */
async function cloud(args: readonly string[], env: Record<string, string> = {}): Promise<JsonEvent & { call: Call }> {
  const command = new Command(['cloud', '--json', '--port', '0', ...args], env, folder);
  undo.push(() => command.kill());
  const listening = await command.event('listening');
  const authorization = `Basic ${btoa(`${listening.accountSid}:${listening.authToken}`)}`;
  const call: Call = async (method, path, form) => {
    const body = form && new URLSearchParams(form);
    const response = await fetch(`${listening.url}/v1${path}`, { method, body, headers: { authorization } });
    return (await response.json()) as JsonEvent;
  };
  return { ...listening, call };
}

type Call = (method: string, path: string, form?: Record<string, string>) => Promise<JsonEvent>;

describe('wasmqtt cloud --store postgres://...', () => {
  it('serves one fleet from several processes, each of which sees what the others wrote', async () => {
    const [one, other] = [await cloud(['--store', url]), await cloud([], { WASMQTT_STORE: url })];
    expect(other.accountSid).toBe(one.accountSid);
    await one.call('POST', '/Configs', { Key: 'k', Value: 'one' });
    expect((await other.call('GET', '/Configs/k')).value).toBe('one');
    await other.call('POST', '/Configs/k', { Value: 'two' });
    expect((await one.call('GET', '/Configs/k')).value).toBe('two');
    expect((await one.call('POST', '/Configs', { Key: 'k', Value: 'x' })).status).toBe(409);
  });

  it.each<[string, (url: URL) => void, RegExp]>([
    ['a wrong password', (url) => (url.password = 's3cret'), /refuses the password; give the right one in the address/],
    ['no such database', (url) => (url.pathname = '/none'), /"none" does not exist; make the database with createdb/],
    [
      'nothing that listens',
      (url) => (url.port = '1'),
      /cannot be reached: .*ECONNREFUSED.*; see that PostgreSQL runs/,
    ],
    ['an unknown parameter', (url) => url.searchParams.set('ssl', '1'), /has a parameter "ssl"; there are schema,/],
  ])('ends with one sentence for %s', async (_, change, sentence) => {
    const wrong = new URL(url);
    change(wrong);
    const { code, stderr, stdout } = await run(['cloud', '--store', wrong.href]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^wasmqtt: [^\n]*\n$/);
    expect(stderr).not.toContain('s3cret');
  });

  it('is what provision writes to and doctor reads, with remedies that name it', async () => {
    const values = ['--broker-host', 'broker.example.com', '--client-id', 'one'];
    const written = await run(['provision', '--json', '--store', url, '--scope', 'account', '--force', ...values]);
    expect(written.code).toBe(0);
    const keys = await asOwner(`select key from ${schemaOf(url)}.value order by key`);
    expect(keys.map(({ key }) => key)).toEqual(['broker-host', 'broker-port', 'client-id']);

    const shown = url.replace(/:[^:@]*@/, '@');
    const found = await run(['doctor', '--json', '--store', url, '--scope', 'account']);
    expect(found.events.at(-1)?.stores).toContain(shown);
    const remedies = found.events.flatMap(({ remedy }) => remedy ?? []).join('\n');
    expect(remedies).toContain(`--store '${shown}'`);
    const fromEnvironment = await run(['doctor', '--json', '--scope', 'account'], { WASMQTT_STORE: url });
    expect(fromEnvironment.events.flatMap(({ remedy }) => remedy ?? []).join('\n')).not.toContain('--store');
  });

  it('is what a device of wasmqtt run is provisioned in', async () => {
    const { code, events, stderr } = await run(['run', '--json', '--for', '3s', '--store', url, '--cloud-port', '0']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(events.some(({ event }) => event === 'connected')).toBe(true);
    const [{ values }] = await asOwner(`select count(*) as values from ${schemaOf(url)}.value`);
    expect(Number(values)).toBe(5);
  });
});

describe('wasmqtt store copy', () => {
  it('moves a fleet from a folder to PostgreSQL and back, with its account', async () => {
    const first = await cloud(['--data', 'data']);
    await first.call('POST', '/Secrets', { Key: 'k', Value: 'v' });
    const [from, back] = [join('data', 'store'), 'copy'];
    const there = await run(['store', 'copy', '--json', '--from', from, '--to', url]);
    expect(there).toMatchObject({ code: 0, stderr: '' });
    expect(there.events).toMatchObject([{ event: 'copied', from, tables: { value: 1 } }]);
    const again = await run(['store', 'copy', '--from', url, '--to', back]);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(
      /^copied \d+ records\n {2}from postgres:\/\/fleet@[^\n]*\n {2}to copy\n(?: {2}\w+ \d+\n)+$/,
    );
    copyFileSync(join(folder, from, 'master.key'), join(folder, back, 'master.key'));
    const second = await cloud(['--data', 'data', '--store', back]);
    expect(second.accountSid).toBe(first.accountSid);
    expect((await second.call('GET', '/Secrets')).secrets).toMatchObject([{ key: 'k' }]);
  });

  it('says in one sentence what it cannot do, and does nothing', async () => {
    await (await cloud(['--store', url])).call('POST', '/Configs', { Key: 'k', Value: 'v' });
    const to = join(folder, 'copy');
    const missing = await run(['store', 'copy', '--from', 'none', '--to', to]);
    expect(missing.stderr).toMatch(
      /^wasmqtt: --from none: there is no store; name the folder that has its data.mdb\n$/,
    );
    expect((await run(['store', 'copy', '--from', url, '--to', to])).code).toBe(0);
    const full = await run(['store', 'copy', '--from', url, '--to', to]);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(
      /holds something already; name an empty one, or merge, which replaces what has the same/,
    );
    expect((await run(['store', 'copy', '--merge', '--from', url, '--to', to])).code).toBe(0);
    const wrong = await run(['store', 'copy', '--from', url, '--to', `${schemaUrl()}&listen=x`]);
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stderr).toMatch(/^wasmqtt: listen= cannot be read; write postgres:/);
    const empty = await run(['store', 'copy', '--from', schemaUrl(), '--to', to]);
    expect(empty.stderr).toMatch(/holds nothing; name another place, or start wasmqtt cloud on it once if wasmqtt 0.1/);
    const same = await run(['store', 'copy', '--from', to, '--to', 'copy']);
    expect(same).toMatchObject({ code: 2, stderr: 'wasmqtt: --from and --to name the same store\n' });
    expect(await run(['store', 'copy', '--from', to])).toMatchObject({ code: 2 });
  });
});
