import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command, type JsonEvent } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';

const undo = undoAfterEach();
let folder: string;
let data: string;

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
  data = join(folder, 'data');
});

async function store(args: readonly string[], env: Record<string, string> = {}, where = data) {
  const command = new Command(['store', ...args, '--data', where], env);
  undo.push(() => command.kill());
  return command.ended;
}

/** `wasmqtt cloud` on a data folder, and calls to it. */
async function cloud(where = data, env: Record<string, string> = {}) {
  const command = new Command(['cloud', '--port', '0', '--json', '--data', where], env);
  undo.push(() => command.kill());
  const { url, accountSid, authToken } = await command.event('listening');
  const base = url.replace(/\/v1$/, '');
  const headers = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
  return {
    async create(key: string, value: string) {
      const body = new URLSearchParams({ Key: key, Value: value });
      expect((await fetch(`${base}/v1/Configs`, { method: 'POST', headers, body })).status).toBe(201);
    },
    async value(key: string) {
      const response = await fetch(`${base}/v1/Configs/${key}`, { headers });
      return response.status === 200 ? ((await response.json()) as JsonEvent).value : response.status;
    },
    end: () => command.interrupt(),
  };
}

describe('wasmqtt store', () => {
  it('exports while wasmqtt cloud runs, and imports into another folder with the same master key', async () => {
    const running = await cloud();
    await running.create('colour', 'blue');
    const backup = join(folder, 'backup.wqs');
    const exported = await store(['export', backup, '--json']);
    expect(JSON.parse(exported.stdout)).toMatchObject({ event: 'exported', file: backup });
    expect(exported.code).toBe(0);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    await running.create('later', 'not in it');
    await running.end();

    const other = join(folder, 'other');
    const key = readFileSync(join(data, 'store/master.key'), 'utf8').trim();
    const imported = await store(['import', backup], { WASMQTT_MASTER_KEY: key }, other);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    // The store has a hash of the account's token; the token itself lies beside it.
    copyFileSync(join(data, 'credentials.json'), join(other, 'credentials.json'));
    const restored = await cloud(other, { WASMQTT_MASTER_KEY: key });
    expect(await restored.value('colour')).toBe('blue');
    expect(await restored.value('later')).toBe(404);
    await restored.end();
  });

  it('takes exports with a pass-phrase through standard input and output', async () => {
    const running = await cloud();
    await running.create('colour', 'green');
    await running.end();
    const phrase = join(folder, 'phrase.txt');
    writeFileSync(phrase, 'correct horse\n', { mode: 0o600 });
    const backup = join(folder, 'backup.wqs');
    expect((await store(['export', backup, '--passphrase-file', phrase])).code).toBe(0);
    const other = join(folder, 'other');
    expect(await store(['import', backup], {}, other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--passphrase-file'),
    });
    expect((await store(['import', backup, '--passphrase-file', phrase], {}, other)).code).toBe(0);
    expect(await store(['import', backup, '--passphrase-file', phrase], {}, other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not empty'),
    });
    expect((await store(['import', backup, '--passphrase-file', phrase, '--merge'], {}, other)).code).toBe(0);
    copyFileSync(join(data, 'credentials.json'), join(other, 'credentials.json'));
    const restored = await cloud(other);
    expect(await restored.value('colour')).toBe('green');
    await restored.end();
  });

  it('refuses a changed export before anything is written', async () => {
    await (await cloud()).end();
    const backup = join(folder, 'backup.wqs');
    await store(['export', backup]);
    const bytes = readFileSync(backup);
    bytes[bytes.length - 5] ^= 1;
    writeFileSync(backup, bytes);
    const key = readFileSync(join(data, 'store/master.key'), 'utf8').trim();
    const other = join(folder, 'other');
    const { code, stderr } = await store(['import', backup], { WASMQTT_MASTER_KEY: key }, other);
    expect(stderr).toContain('cut off or was changed; nothing was written');
    expect(code).toBe(1);
    expect((await store(['check', '--json'], { WASMQTT_MASTER_KEY: key }, other)).stdout).toContain('"records":0');
  });

  it('changes the keys while wasmqtt cloud runs', async () => {
    const running = await cloud();
    await running.create('before', '1');
    const key = () => readFileSync(join(data, 'store/master.key'), 'utf8');
    const old = key();
    const { code, stdout } = await store(['rotate-key']);
    expect(code).toBe(0);
    expect(stdout).toContain('the old one opens nothing any more');
    expect(key()).not.toBe(old);
    expect(await running.value('before')).toBe('1');
    await running.create('after', '2');
    await running.end();
    const again = await cloud();
    expect([await again.value('before'), await again.value('after')]).toEqual(['1', '2']);
    await again.end();
    expect(await store(['check'], { WASMQTT_MASTER_KEY: old.trim() })).toMatchObject({ code: 1 });
  });

  it('changes a master key that commands print', async () => {
    const [first, second] = ['echo '.concat('11'.repeat(32)), 'echo '.concat('22'.repeat(32))];
    const made = new Command(['cloud', '--port', '0', '--for', '1ms', '--data', data, '--master-key-command', first]);
    expect((await made.ended).code).toBe(0);
    expect(await store(['rotate-key', '--master-key-command', first])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--new-master-key-command'),
    });
    const rotated = await store(['rotate-key', '--master-key-command', first, '--new-master-key-command', second]);
    expect(rotated).toMatchObject({ code: 0, stderr: '' });
    expect((await store(['check', '--master-key-command', first])).code).toBe(1);
    expect((await store(['check', '--master-key-command', second])).code).toBe(0);
  });

  it.each([['check'], ['rotate-key'], ['export', 'backup.wqs']])('does not make a store to %s it', async (...args) => {
    const { code, stderr } = await store(args);
    expect(stderr).toContain(`there is no store in ${join(data, 'store')}; name its data folder with --data`);
    expect(code).toBe(1);
    expect(existsSync(data)).toBe(false);
  });

  it('says how many records are what was written', async () => {
    await (await cloud()).end();
    const { code, stdout } = await store(['check']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ records of the store in .* are what was written\n$/);
  });
});
