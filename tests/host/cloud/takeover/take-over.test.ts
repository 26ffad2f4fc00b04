// engine: LMDB
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Store } from '../../../../host/cloud/index.js';
import { bundle, runScript } from '../../bundled-script.js';
import { ACCOUNT, openStore, storeError, temporaryFolder } from '../cloud-rig.js';

/** What the README has written with the code of 0.1. */
const OLD = {
  accountSid: `AC${'0a'.repeat(16)}`,
  deviceSid: `UV${'0b'.repeat(16)}`,
  secret: 'the-old-secret-in-the-clear',
  deleted: 'the-deleted-secret-in-the-clear',
};
const DEVICE = { kind: 'device', deviceSid: OLD.deviceSid } as const;

/** A folder with a store of 0.1. */
function oldFolder(): string {
  const folder = join(temporaryFolder(), 'store');
  mkdirSync(folder);
  const packed = readFileSync(join(import.meta.dirname, 'store-0.1.mdb.gz'));
  writeFileSync(join(folder, 'data.mdb'), gunzipSync(packed), { mode: 0o600 });
  return folder;
}

async function expectOldValues(store: Store, accountSid = OLD.accountSid): Promise<void> {
  const values = store.values(accountSid);
  expect((await values.fetch(DEVICE, 'secrets', 'private_key')).value).toBe(OLD.secret);
  expect(await values.fetch(DEVICE, 'configs', 'broker-host')).toEqual({
    key: 'broker-host',
    value: 'broker.example.com',
    dateUpdated: new Date(1_609_504_496_789),
  });
  expect((await values.fetch(ACCOUNT, 'configs', 'long')).value).toBe('é'.repeat(4096));
  expect((await values.list(ACCOUNT, 'configs')).map(({ key }) => key)).toEqual(['a/b', 'long']);
  expect(await values.get(ACCOUNT, 'secrets', 'gone')).toBeUndefined();
  const since = new Date(1_609_504_496_789);
  expect(await store.devices(accountSid).list()).toMatchObject([{ sid: OLD.deviceSid, dateCreated: since }]);
  expect(await store.meta.get('account-sid')).toBe(accountSid);
  expect(await store.meta.get('auth-token')).toBe('0c'.repeat(16));
  expect(await store.meta.get('device-sid')).toBe(OLD.deviceSid);
  expect(await store.meta.get(`provisioned.${accountSid}.${OLD.deviceSid}`)).toBe('{"cert":["00"]}');
}

/** The text in any file of the folder. */
function holds(folder: string, text: string): boolean {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text));
}

async function script(contents: string, ...args: string[]): Promise<ChildProcess> {
  const child = runScript(await bundle(contents), ...args);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null; output: string }> {
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, output })));
}

describe('a store of 0.1', () => {
  it('has its secrets in the clear, deleted ones too', () => {
    const folder = oldFolder();
    expect(holds(folder, OLD.secret)).toBe(true);
    expect(holds(folder, OLD.deleted)).toBe(true);
  });

  it('is taken over when it is opened, and nothing of it is left in the clear', async () => {
    const folder = oldFolder();
    const store = await openStore(folder);
    await expectOldValues(store);
    await store.values(OLD.accountSid).delete(DEVICE, 'secrets', 'private_key');
    await store.close();
    for (const text of [OLD.secret, OLD.deleted, '0c'.repeat(16)]) expect(holds(folder, text)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['data.mdb', 'format', 'lock.mdb', 'master.key']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
  });

  it('belongs to the account that it is opened for', async () => {
    const accountSid = `AC${'0d'.repeat(16)}`;
    await expectOldValues(await openStore(oldFolder(), { oldAccountSid: accountSid }), accountSid);
  });

  it('stays as it is when the master key cannot be used', async () => {
    const folder = oldFolder();
    writeFileSync(join(folder, 'master.key'), 'nonsense', { mode: 0o600 });
    expect((await storeError(() => Store.open(folder))).message).toContain('master.key');
    expect(holds(folder, OLD.secret)).toBe(true);
    writeFileSync(join(folder, 'master.key'), '07'.repeat(32));
    await expectOldValues(await openStore(folder));
  });

  it('is taken over by one of several processes that start at once, and all of them go on', async () => {
    const folder = oldFolder();
    const children = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        script(
          `import { Store } from './host/cloud/store/store.ts';
           const store = await Store.open(process.argv[2]);
           const values = store.values('${OLD.accountSid}');
           await values.create({ kind: 'account' }, 'secrets', 'from-' + process.argv[3], 'new');
           process.stdout.write((await values.fetch(${JSON.stringify(DEVICE)}, 'secrets', 'private_key')).value);
           await store.close();`,
          folder,
          `${n}`,
        ),
      ),
    );
    const ends = await Promise.all(children.map(endOf));
    expect(ends).toEqual(ends.map(() => ({ code: 0, signal: null, output: OLD.secret })));
    const store = await openStore(folder);
    await expectOldValues(store);
    expect((await store.values(OLD.accountSid).list(ACCOUNT, 'secrets')).map(({ key }) => key)).toEqual(
      [1, 2, 3, 4].map((n) => `from-${n}`),
    );
    expect(existsSync(join(folder, 'take-over'))).toBe(false);
  });

  it('is one or the other after a kill at any call of the file system', async () => {
    // Ends itself at call number N; prints how many there were when N is beyond them.
    const killing = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      let calls = 0;
      for (const name of ['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'mkdirSync', 'renameSync', 'linkSync', 'rmSync']) {
        const real = fs[name];
        fs[name] = (...args) => {
          if (calls++ === Number(process.argv[3])) process.kill(process.pid, 'SIGKILL');
          return real(...args);
        };
      }
      syncBuiltinESMExports();
      const { Store } = await import('./host/cloud/store/store.ts');
      await (await Store.open(process.argv[2])).close();
      process.stdout.write(String(calls));`;
    const total = Number((await endOf(await script(killing, oldFolder(), '-1'))).output);
    expect(total).toBeGreaterThan(20);
    const step = process.env.WASMQTT_EVERY_KILL ? 1 : 4;
    let old = 0;
    for (let call = 0; call < total; call += step) {
      const folder = oldFolder();
      expect((await endOf(await script(killing, folder, `${call}`))).signal).toBe('SIGKILL');
      if (holds(folder, OLD.secret)) old += 1;
      await expectOldValues(await openStore(folder));
      expect(holds(folder, OLD.secret), `killed at call ${call} of ${total}`).toBe(false);
    }
    expect(old).toBeGreaterThan(2);
  });

  it('is not taken over while a process of 0.1 uses it, which would go on writing into the old file', async () => {
    const folder = oldFolder();
    const child = await script(
      `import { open } from 'lmdb';
       const lmdb = open({ path: process.argv[2], noSubdir: false, encoding: 'json' });
       lmdb.get(['meta', 'account-sid']);
       process.stdout.write('reading');
       process.stdin.resume();
       setInterval(() => {}, 1000);`,
      folder,
    );
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const error = await storeError(() => Store.open(folder));
    expect(error).toMatchObject({ code: 'unusable', message: expect.stringContaining(`process ${child.pid}`) });
    expect(holds(folder, OLD.secret)).toBe(true);
    child.kill('SIGKILL');
    await endOf(child);
    await expectOldValues(await openStore(folder));
  });
});

describe('a store of today', () => {
  it('is not taken for an old one when only its data file and its key were copied', async () => {
    const folder = oldFolder();
    await (await openStore(folder)).close();
    const copy = join(temporaryFolder(), 'copy');
    mkdirSync(copy);
    for (const name of ['data.mdb', 'master.key']) {
      writeFileSync(join(copy, name), readFileSync(join(folder, name)), { mode: 0o600 });
    }
    await expectOldValues(await openStore(copy));
  });

  it('is not made of what another program keeps in LMDB', async () => {
    const folder = join(temporaryFolder(), 'store');
    const child = await script(
      `import { open } from 'lmdb';
       const lmdb = open({ path: process.argv[2], noSubdir: false, encoding: 'json' });
       await lmdb.put('somebody', { else: true });
       await lmdb.close();`,
      folder,
    );
    expect((await endOf(child)).code).toBe(0);
    const before = readFileSync(join(folder, 'data.mdb'));
    const error = await storeError(() => Store.open(folder));
    expect(error.message).toContain('somebody');
    expect(readFileSync(join(folder, 'data.mdb'))).toEqual(before);
  });
});
