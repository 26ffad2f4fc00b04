import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyStore } from '../../../host/cloud/index.js';
import type { Engine } from '../../../host/cloud/store/engine/engine.js';
import { openEngine } from '../../../host/cloud/store/engine/open-engine.js';
import { storeError, temporaryFolder } from './cloud-rig.js';
import { placeOf } from './postgres/postgres-place.js';

const folder = () => join(temporaryFolder(), 'store');

/** From the engine of this run to LMDB, and the other way. */
const ways = [
  ['to a folder', () => placeOf(folder()), folder],
  ['from a folder', folder, () => placeOf(folder())],
] as const;

async function within<T>(place: string, action: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(place);
  try {
    return await action(engine);
  } finally {
    await engine.close();
  }
}

async function everything(place: string): Promise<string[]> {
  return await within(place, async (engine) => {
    const found: string[] = [];
    for await (const { table, key, data } of engine.scan())
      found.push(`${table} ${key.join(' ')}: ${Buffer.from(data)}`);
    return found;
  });
}

/** 1,000 values, some applications of a megabyte, and one of all else. */
async function fill(place: string): Promise<void> {
  await within(place, async (engine) => {
    const keys = Array.from({ length: 1000 }, (_, n) => ['AC1', n % 2 ? `UV${n}` : '', 'configs', `k${n}`]);
    await engine.commit(keys.map((key) => ({ op: 'put', table: 'value', key, data: Buffer.from(`of ${key}`) })));
    for (const sha256 of ['a', 'b', 'c', 'd', 'e']) {
      await engine.commit([
        { op: 'put', table: 'bundle', key: ['AC1', sha256], data: Buffer.alloc(1_000_000, sha256) },
      ]);
    }
    await engine.commit([
      { op: 'put', table: 'meta', key: ['fact'], data: Buffer.from('one') },
      { op: 'put', table: 'device_log', key: ['AC1', 'UV1', '0000000000000001'], data: new Uint8Array() },
    ]);
  });
}

describe.each(ways)('a store that is copied %s', (_, from, to) => {
  it('is there whole, with what each table has', async () => {
    const [source, target] = [from(), to()];
    await fill(source);
    const steps: number[] = [];
    const counts = await copyStore(source, target, { progress: (records) => steps.push(records) });
    expect(Object.fromEntries(counts)).toEqual({ meta: 1, value: 1000, bundle: 5, device_log: 1 });
    expect(await everything(target)).toEqual(await everything(source));
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.at(-1)).toBe(1007);
  });

  it('is the store of one moment, also while it is written to', async () => {
    const [source, target] = [from(), to()];
    await fill(source);
    await within(source, async (engine) => {
      let n = 0;
      const change = () =>
        engine.commit(
          ['AC1 first', 'AC9 last'].map((name) => {
            const [account, key] = name.split(' ');
            const data = Buffer.from(`${n}`);
            return { op: 'put', table: 'value', key: [account, '', 'configs', key], data } as const;
          }),
        );
      await change();
      let writing: Promise<unknown> = Promise.resolve();
      await copyStore(source, target, {
        progress: () => {
          n++;
          writing = writing.then(change);
        },
      });
      await writing;
    });
    const copied = await everything(target);
    const copiedValue = (name: string) => copied.find((line) => line.includes(name))?.split(': ')[1];
    expect(copiedValue('configs last')).toBe('0');
    expect(copiedValue('configs first')).toBe('0');
  });

  it('does not go over what the target holds, but for a merge', async () => {
    const [source, target] = [from(), to()];
    await within(source, (engine) =>
      engine.commit([
        { op: 'put', table: 'api_key', key: ['SK1'], data: Buffer.from('new') },
        { op: 'put', table: 'api_key', key: ['SK2'], data: Buffer.from('new') },
      ]),
    );
    await within(target, (engine) =>
      engine.commit([
        { op: 'put', table: 'api_key', key: ['SK2'], data: Buffer.from('old') },
        { op: 'put', table: 'api_key', key: ['SK3'], data: Buffer.from('old') },
      ]),
    );
    const error = await storeError(() => copyStore(source, target));
    expect(error.code).toBe('already-exists');
    expect(error.message).toMatch(/^the store in .* holds something already; name an empty one, or merge/);
    expect(await everything(target)).toEqual(['api_key SK2: old', 'api_key SK3: old']);
    await copyStore(source, target, { merge: true });
    expect(await everything(target)).toEqual(['api_key SK1: new', 'api_key SK2: new', 'api_key SK3: old']);
  });

  it('is not merged into one that is sealed with other keys', async () => {
    const [source, target] = [from(), to()];
    const dataKey = (text: string) =>
      ({ op: 'put', table: 'data_key', key: ['0000000001'], data: Buffer.from(text) }) as const;
    await within(source, (engine) => engine.commit([dataKey('wrapped')]));
    await within(target, (engine) => engine.commit([dataKey('wrapped otherwise')]));
    const error = await storeError(() => copyStore(source, target, { merge: true }));
    expect(error.code).toBe('unusable');
    expect(error.message).toMatch(
      /is sealed with other keys than .*; merge the stores by wasmqtt store export and import/,
    );
    expect(await everything(target)).toEqual(['data_key 0000000001: wrapped otherwise']);
    await within(target, (engine) => engine.commit([dataKey('wrapped')]));
    await copyStore(source, target, { merge: true });
  });

  it('is there in part when it was ended in between, and a merge makes it whole', async () => {
    const [source, target] = [from(), to()];
    await fill(source);
    const controller = new AbortController();
    await copyStore(source, target, { signal: controller.signal, progress: () => controller.abort() });
    const part = await everything(target);
    expect(part.length).toBeGreaterThan(0);
    expect(part.length).toBeLessThan(1007);
    await copyStore(source, target, { merge: true });
    expect(await everything(target)).toEqual(await everything(source));
  });
});
