import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type JournalRecord, LmdbStore, type LmdbStoreOptions, StorageError } from '../../../../host/broker/index.js';

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wasmqtt-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'data');
}

function openStore(directory: string, options: Partial<LmdbStoreOptions> = {}): LmdbStore {
  const store = new LmdbStore({ directory, ...options });
  onTestFinished(() => store.close().catch(() => {}));
  return store;
}

const retained = (topic: string, value?: string): JournalRecord => ({
  kind: 'retained',
  topic,
  value: value === undefined ? undefined : { topic, payload: Buffer.from(value), qos: 0, retain: true, storedAt: 1 },
});

/** What a store holds, as topic=payload. */
const contentsOf = (store: LmdbStore) =>
  [...store.load()].map((record) =>
    record.kind === 'retained' ? `${record.topic}=${Buffer.from(record.value!.payload)}` : record.kind,
  );

/** What a call throws. */
function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Puts a value under a key as another program would. */
async function tamper(directory: string, key: string, value: Uint8Array): Promise<void> {
  const lmdb = open({ path: directory, noSubdir: false, encoding: 'binary' });
  await lmdb.put(key, value);
  await lmdb.close();
}

describe('the LMDB store', () => {
  it('says how long each commit took, once it is on the disk', async () => {
    const seconds: number[] = [];
    const store = openStore(folder(), { onCommit: (taken) => seconds.push(taken) });
    store.write([retained('a', '1')]);
    expect(seconds).toEqual([]);
    await store.save();
    expect(seconds).toEqual([expect.any(Number)]);
    expect(seconds[0]).toBeGreaterThan(0);
  });

  it('has what was written, replaced and deleted when it is opened again', async () => {
    const directory = folder();
    const store = openStore(directory);
    store.write([retained('a', '1'), retained('b', '1'), retained('c', '1')]);
    store.write([retained('a', '2'), retained('b')]);
    await store.close();
    expect(contentsOf(openStore(directory))).toEqual(['a=2', 'c=1']);
  });

  it('has values of every size, in the order of their keys', async () => {
    const directory = folder();
    const store = openStore(directory);
    const texts = [0, 1, 64, 65, 5_000, 100_000, 3_000_000, 10].map((length, n) => String(n).repeat(length));
    store.write(texts.map((text, n) => retained(`t/${n}`, `${text}.`)));
    await store.close();
    expect(contentsOf(openStore(directory))).toEqual(texts.map((text, n) => `t/${n}=${text}.`));
  });

  it('says how many writes are durable, after their records are', async () => {
    const directory = folder();
    const store = openStore(directory);
    const durable: string[][] = [];
    const all = new Promise<void>((resolve) => {
      store.start({
        committed: (writes) => {
          durable.push(contentsOf(store));
          if (writes === 3) resolve();
        },
        failed: () => {},
      });
    });
    for (const topic of ['a', 'b', 'c']) store.write([retained(topic, '1')]);
    await all;
    expect(durable.at(-1)).toEqual(['a=1', 'b=1', 'c=1']);
  });

  it('takes keys of any length, and tells long ones apart', async () => {
    const directory = folder();
    const store = openStore(directory);
    const topics = ['a', 'b'].map((last) => `${'\u{1f600}/'.repeat(13_000)}${last}`);
    for (const topic of topics) store.write([retained(topic, topic.slice(-1)), retained('gone', 'x')]);
    store.write([retained('gone'), { kind: 'will', clientId: topics[0] }]);
    await store.close();
    const again = openStore(directory);
    expect(contentsOf(again).sort()).toEqual(topics.map((topic) => `${topic}=${topic.slice(-1)}`));
    again.write([retained(topics[0])]);
    await again.save();
    expect(contentsOf(again)).toEqual([`${topics[1]}=b`]);
  });

  it('keeps its files from other users', async () => {
    const directory = folder();
    openStore(directory);
    for (const [name, mode] of [
      ['.', 0o700],
      ['data.mdb', 0o600],
      ['lock.mdb', 0o600],
      ['owner', 0o600],
    ] as const) {
      expect(statSync(join(directory, name)).mode & 0o777, name).toBe(mode);
    }
  });

  it('with an interval, commits by itself after it, and at once when it is saved', async () => {
    const store = openStore(folder(), { persistence: 'interval', interval: 5 });
    expect(store.isAwaited).toBe(false);
    await new Promise<void>((resolve) => {
      store.start({ committed: () => resolve(), failed: () => {} });
      store.write([retained('a', '1')]);
    });
    const slow = openStore(folder(), { persistence: 'interval', interval: 2_147_483_647 });
    slow.write([retained('a', '1')]);
    expect(contentsOf(slow)).toEqual([]);
    await slow.save();
    expect(contentsOf(slow)).toEqual(['a=1']);
  });

  it.each([0, -1, 0.5, Number.NaN, 2_147_483_648])('refuses an interval of %d milliseconds', (interval) => {
    expect(() => openStore(folder(), { interval })).toThrow(RangeError);
    expect(() => openStore(folder(), { retryAfter: interval })).toThrow(RangeError);
  });

  it('may not be used after it was closed', async () => {
    const store = openStore(folder());
    await store.close();
    expect(errorOf(() => contentsOf(store))).toMatchObject({ code: 'closed' });
    await expect(store.save()).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the folder of an LMDB store', () => {
  it('belongs to one store at a time', async () => {
    const directory = folder();
    const store = openStore(directory);
    const error = errorOf(() => openStore(directory));
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`process ${process.pid}; stop it`),
    });
    await store.close();
    openStore(directory);
  });

  it('is taken over from a process that was killed', async () => {
    const directory = folder();
    await openStore(directory).close();
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(directory, 'owner'), JSON.stringify({ pid }));
    openStore(directory);
    expect(JSON.parse(readFileSync(join(directory, 'owner'), 'utf8')).pid).toBe(process.pid);
  });

  it('is taken over when another process has the number of the killed one', async () => {
    const directory = folder();
    await openStore(directory).close();
    writeFileSync(join(directory, 'owner'), JSON.stringify({ pid: process.ppid, started: '1' }));
    if (process.platform === 'linux') openStore(directory);
  });

  it.each(['', 'nonsense', '{}'])('is taken over when the owner file holds %j', async (text) => {
    const directory = folder();
    await openStore(directory).close();
    writeFileSync(join(directory, 'owner'), text);
    openStore(directory);
  });

  it('of another format is refused with both numbers, and not changed', async () => {
    const directory = folder();
    await openStore(directory).close();
    await tamper(directory, 'format', Uint8Array.of(9));
    const error = errorOf(() => openStore(directory));
    expect(error).toMatchObject({
      code: 'format',
      message: expect.stringMatching(/has format 9, and this version reads 1 to 2/),
    });
    expect(errorOf(() => openStore(directory))).toMatchObject({ code: 'format' });
  });

  it('that commits at intervals commits at once when it has to hurry', async () => {
    const listener = { committed: (writes: number) => resolve(writes), failed: () => {} };
    let resolve: (writes: number) => void = () => {};
    const committed = new Promise<number>((done) => (resolve = done));
    const store = openStore(folder(), { persistence: 'interval', interval: 2_000_000_000 });
    store.start(listener);
    store.hurry();
    for (const topic of ['a', 'b']) store.write([retained(topic, '1')]);
    store.hurry();
    expect(await committed).toBe(2);
  });

  it('of an earlier format is read, and becomes one of today', async () => {
    const directory = folder();
    const store = openStore(directory);
    store.write([{ kind: 'inbound', session: 1, packetId: 2, value: true }]);
    await store.close();
    await tamper(directory, 'format', Uint8Array.of(1));
    await tamper(directory, 'i/000000001/2', Uint8Array.of(1, 5, 1, 2));
    const again = openStore(directory);
    expect([...again.load()]).toEqual([{ kind: 'inbound', session: 1, packetId: 2, value: true }]);
    await again.close();
    const lmdb = open({ path: directory, noSubdir: false, encoding: 'binary' });
    expect(lmdb.get('format')).toEqual(Buffer.of(2));
    await lmdb.close();
  });

  it('with a damaged record names the key', async () => {
    const directory = folder();
    const store = openStore(directory);
    store.write([retained('a', '1')]);
    await store.close();
    await tamper(directory, 'r/a', Uint8Array.of(1, 6, 200));
    const again = openStore(directory);
    expect(errorOf(() => contentsOf(again))).toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('key "r/a"'),
    });
  });

  it('with a file that is not LMDB is refused, and can be used once that is gone', async () => {
    const directory = folder();
    await openStore(directory).close();
    writeFileSync(join(directory, 'data.mdb'), 'nonsense');
    expect(errorOf(() => openStore(directory))).toMatchObject({ code: 'unusable' });
    rmSync(join(directory, 'data.mdb'));
    openStore(directory);
  });
});
