// engine: LMDB
import type { ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Store } from '../../../host/cloud/index.js';
import { bundle, runScript } from '../bundled-script.js';
import { ACCOUNT, ACCOUNT_SID, DEVICE, openStore, openValues, storeError, temporaryFolder } from './cloud-rig.js';

/** Runs a script that sees `ACCOUNT`, and its `values` in the store of the folder. */
async function startScript(directory: string, script: string): Promise<ChildProcess> {
  const contents = `import { Store } from './host/cloud/store/store.ts';
    const ACCOUNT = { kind: 'account' };
    const values = (await Store.open(process.argv[2])).values('${ACCOUNT_SID}'); ${script}`;
  const child = runScript(await bundle(contents), directory);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function linesOf(child: ChildProcess): AsyncIterable<string> {
  return createInterface({ input: child.stdout! });
}

describe('a store whose process is killed', () => {
  it.each([1, 7, 40])('has every value that was acknowledged, after %i of them', async (enough) => {
    const directory = join(temporaryFolder(), 'store');
    const child = await startScript(
      directory,
      `for (let n = 0; ; n++) {
         await values.create(ACCOUNT, 'configs', 'key-' + n, 'v'.repeat(n * 37 % 4096));
         await values.write([
           { op: 'set', scope: ACCOUNT, store: 'configs', key: 'last', value: String(n) },
           { op: 'set', scope: ACCOUNT, store: 'secrets', key: 'last', value: String(n) },
         ]);
         process.stdout.write(n + '\\n');
       }`,
    );
    let acknowledged = -1;
    for await (const line of linesOf(child)) {
      acknowledged = Number(line);
      // Killed while it goes on writing; lines that were under way still count as acknowledged.
      if (acknowledged >= enough) child.kill('SIGKILL');
    }
    expect(acknowledged).toBeGreaterThanOrEqual(enough);
    expect(child.signalCode ?? (await new Promise((done) => child.once('exit', (_, signal) => done(signal))))).toBe(
      'SIGKILL',
    );

    const values = await openValues(directory);
    const numbers = Array.from({ length: acknowledged + 1 }, (_, n) => n);
    const found = await values.getMany(numbers.map((n) => ({ scope: ACCOUNT, store: 'configs', key: `key-${n}` })));
    const missing = numbers.filter((n) => found[n]?.value !== 'v'.repeat((n * 37) % 4096));
    expect(missing).toEqual([]);
    const last = Number((await values.fetch(ACCOUNT, 'configs', 'last')).value);
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    // Both halves of a transaction or none.
    expect((await values.fetch(ACCOUNT, 'secrets', 'last')).value).toBe(String(last));
    await values.create(ACCOUNT, 'configs', 'still writable', 'yes');
  });
});

describe('a store that two processes have open', () => {
  it("shows each the other's writes at once", async () => {
    const directory = join(temporaryFolder(), 'store');
    const here = await openValues(directory);
    await here.create(ACCOUNT, 'configs', 'from here', '1');
    const child = await startScript(
      directory,
      `const { value } = await values.fetch(ACCOUNT, 'configs', 'from here');
       await values.create(ACCOUNT, 'configs', 'from there', value + '2');
       process.stdout.write('written\\n');
       process.stdin.resume();
       setInterval(() => {}, 1000);`,
    );
    for await (const line of linesOf(child)) {
      expect(line).toBe('written');
      expect((await here.fetch(ACCOUNT, 'configs', 'from there')).value).toBe('12');
      expect((await storeError(() => here.create(ACCOUNT, 'configs', 'from there', 'x'))).code).toBe('already-exists');
      child.kill('SIGKILL');
    }
    expect(await here.list(ACCOUNT, 'configs')).toHaveLength(2);
  });

  it('also works twice within one process, whichever is closed first', async () => {
    const directory = temporaryFolder();
    const store = await openStore(directory);
    const first = store.values(ACCOUNT_SID);
    const second = await openValues(directory);
    await first.create(ACCOUNT, 'configs', 'k', 'v');
    expect((await second.fetch(ACCOUNT, 'configs', 'k')).value).toBe('v');
    await store.close();
    await second.update(ACCOUNT, 'configs', 'k', 'w');
    expect((await second.fetch(ACCOUNT, 'configs', 'k')).value).toBe('w');
  });
});

describe('the folder of a store', () => {
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

  it('is made with its parents, and is for its owner alone', async () => {
    const directory = join(temporaryFolder(), 'a/b.c/store');
    await (await openValues(directory)).create(DEVICE, 'secrets', 'k', 'v');
    expect([directory, `${directory}/data.mdb`, `${directory}/lock.mdb`].map(mode)).toEqual(['700', '600', '600']);
  });

  it('is closed to others when it was open to them, unless other things are kept in it', async () => {
    const own = temporaryFolder();
    chmodSync(own, 0o755);
    await (await openStore(own)).close();
    chmodSync(`${own}/data.mdb`, 0o644);
    await openStore(own);
    expect([own, `${own}/data.mdb`].map(mode)).toEqual(['700', '600']);

    const shared = temporaryFolder();
    chmodSync(shared, 0o755);
    writeFileSync(`${shared}/notes.txt`, '');
    await openStore(shared);
    expect([shared, `${shared}/data.mdb`].map(mode)).toEqual(['755', '600']);
  });

  it('must be a folder', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'something else');
    const error = await storeError(() => Store.open(file));
    expect(error.code).toBe('unusable');
    expect(error.message).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe('something else');
  });

  it.each([
    ['random bytes', (path: string) => writeFileSync(path, Buffer.alloc(16_384, 'nonsense'))],
    ['a few bytes', (path: string) => writeFileSync(path, 'few')],
    ['only zeros', (path: string) => writeFileSync(path, Buffer.alloc(8192))],
    ['a store cut off after a page', (path: string) => truncateSync(path, 4096)],
    ['a store cut off after two pages', (path: string) => truncateSync(path, 8192)],
  ])('is refused, not overwritten, when the data file is %s', async (_, damage) => {
    const good = temporaryFolder();
    const store = await Store.open(good);
    const values = store.values(ACCOUNT_SID);
    for (let n = 0; n < 8; n++) await values.create(ACCOUNT, 'configs', `k${n}`, 'v'.repeat(4096));
    await store.close();
    const bad = join(temporaryFolder(), 'bad');
    mkdirSync(bad);
    const file = join(bad, 'data.mdb');
    for (const name of ['data.mdb', 'master.key']) copyFileSync(join(good, name), join(bad, name));
    expect((await openCopy(bad)).length).toBe(8);
    damage(file);
    const before = readFileSync(file);
    const error = await storeError(() => Store.open(bad));
    expect(error.code).toBe('unusable');
    expect(error.message).toContain(file);
    expect(error.message).toContain('move the file away');
    expect(readFileSync(file)).toEqual(before);
  });
});

/** Opens and closes; without its lock file the copy counts as a new environment afterwards. */
async function openCopy(directory: string) {
  const store = await Store.open(directory);
  const values = await store.values(ACCOUNT_SID).list(ACCOUNT, 'configs');
  await store.close();
  return values;
}
