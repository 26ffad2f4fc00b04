import { describe, expect, it } from 'vitest';
import { type ListPage, MAX_VALUE_LENGTH, type Scope, type StoreName } from '../../../host/cloud/index.js';
import { ACCOUNT, ACCOUNT_SID, DEVICE, openStore, openValues, SID, storeError } from './cloud-rig.js';

describe('a store', () => {
  it('returns what was created, with the time of its clock', async () => {
    const values = await openValues(undefined, { now: () => 1_609_504_496_789 });
    const created = await values.create(DEVICE, 'configs', 'broker-host', 'localhost');
    expect(created).toEqual({ key: 'broker-host', value: 'localhost', dateUpdated: new Date(1_609_504_496_789) });
    expect(await values.get(DEVICE, 'configs', 'broker-host')).toEqual(created);
  });

  it('keeps the four collections of an account and a device, and other devices, apart', async () => {
    const values = await openValues();
    const other: Scope = { kind: 'device', deviceSid: `UV${'f'.repeat(32)}` };
    const places: [Scope, StoreName][] = [ACCOUNT, DEVICE, other].flatMap((scope) => [
      [scope, 'configs'],
      [scope, 'secrets'],
    ]);
    for (const [index, [scope, name]] of places.entries()) await values.create(scope, name, 'key', `value ${index}`);
    const all = await Promise.all(places.map(([scope, name]) => values.list(scope, name)));
    expect(all.map((found) => found.map(({ key, value }) => [key, value]))).toEqual(
      places.map((_, index) => [['key', `value ${index}`]]),
    );
    for (const [index, [scope, name]] of places.entries()) {
      expect((await values.fetch(scope, name, 'key')).value).toBe(`value ${index}`);
    }
  });

  it('keeps the values of several accounts apart', async () => {
    const store = await openStore();
    const [one, other] = ['1', '2'].map((digit) => store.values(`AC${digit.repeat(32)}`));
    for (const scope of [ACCOUNT, DEVICE]) {
      await one.create(scope, 'configs', 'k', 'of one');
      expect(await other.list(scope, 'configs')).toEqual([]);
      await other.create(scope, 'configs', 'k', 'of the other');
      expect((await one.fetch(scope, 'configs', 'k')).value).toBe('of one');
    }
  });

  it('refuses to create a key twice and keeps the first value', async () => {
    const values = await openValues();
    await values.create(DEVICE, 'secrets', 'password', 'hunter-one');
    const error = await storeError(() => values.create(DEVICE, 'secrets', 'password', 'hunter-two'));
    expect(error.code).toBe('already-exists');
    expect(error.message).toContain('"password"');
    expect(error.message).toContain(SID);
    expect(error.message).not.toContain('hunter');
    expect((await values.get(DEVICE, 'secrets', 'password'))?.value).toBe('hunter-one');
  });

  it('lets only one of two creations of a key at the same moment succeed', async () => {
    const values = await openValues();
    const results = await Promise.allSettled(
      ['one', 'two'].map((value) => values.create(ACCOUNT, 'configs', 'k', value)),
    );
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await values.get(ACCOUNT, 'configs', 'k'))?.value).toBe('one');
  });

  it('updates and deletes what exists, and nothing else', async () => {
    let time = 1000;
    const values = await openValues(undefined, { now: () => time });
    expect((await storeError(() => values.update(ACCOUNT, 'configs', 'k', 'v'))).code).toBe('not-found');
    expect((await storeError(() => values.delete(ACCOUNT, 'configs', 'k'))).code).toBe('not-found');
    expect((await storeError(() => values.fetch(ACCOUNT, 'configs', 'k'))).code).toBe('not-found');
    expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
    await values.create(ACCOUNT, 'configs', 'k', 'v');
    time = 2000;
    await values.update(ACCOUNT, 'configs', 'k', 'w');
    expect(await values.fetch(ACCOUNT, 'configs', 'k')).toEqual({ key: 'k', value: 'w', dateUpdated: new Date(2000) });
    await values.delete(ACCOUNT, 'configs', 'k');
    expect(await values.get(ACCOUNT, 'configs', 'k')).toBeUndefined();
  });

  describe('lists', () => {
    const keys = ['b', 'a', 'Z', '~', ' ', '10', '9', 'a-b', 'a.b', 'aa'];
    const sorted = [...keys].sort();
    const filled = async () => {
      const values = await openValues();
      for (const key of keys) await values.create(DEVICE, 'configs', key, key);
      return values;
    };

    it.each<[string, ListPage | undefined, string[]]>([
      ['all keys, sorted', undefined, sorted],
      ['the first keys', { limit: 3 }, sorted.slice(0, 3)],
      ['keys after a key', { after: sorted[2], limit: 3 }, sorted.slice(3, 6)],
      ['the next key', { after: 'a', limit: 1 }, ['a-b']],
      ['keys after some that are skipped', { offset: 8 }, sorted.slice(8)],
      ['the nearest keys before a key', { before: sorted[5], limit: 2 }, sorted.slice(3, 5)],
      ['nothing after the last key', { after: '~' }, []],
    ])('%s', async (_, page, wanted) => {
      const values = await filled();
      expect((await values.list(DEVICE, 'configs', page)).map(({ key }) => key)).toEqual(wanted);
    });

    it('refuses a limit of 0', async () => {
      const values = await filled();
      await expect(values.list(DEVICE, 'configs', { limit: 0 })).rejects.toThrow(RangeError);
    });
  });

  it('treats a device SID the same in upper and lower case', async () => {
    const values = await openValues();
    await values.create({ kind: 'device', deviceSid: `UV${SID.slice(2).toUpperCase()}` }, 'configs', 'k', 'v');
    expect((await values.get(DEVICE, 'configs', 'k'))?.value).toBe('v');
  });

  it('makes several changes in one transaction', async () => {
    const values = await openValues();
    await values.create(DEVICE, 'configs', 'old', 'gone soon');
    await values.create(DEVICE, 'configs', 'broker-port', '1');
    await values.write([
      { op: 'set', scope: DEVICE, store: 'configs', key: 'broker-port', value: '8883' },
      { op: 'set', scope: DEVICE, store: 'secrets', key: 'private_key', value: '00ff' },
      { op: 'delete', scope: DEVICE, store: 'configs', key: 'old' },
      { op: 'delete', scope: DEVICE, store: 'configs', key: 'never there' },
    ]);
    expect((await values.list(DEVICE, 'configs')).map(({ key, value }) => [key, value])).toEqual([
      ['broker-port', '8883'],
    ]);
    expect((await values.fetch(DEVICE, 'secrets', 'private_key')).value).toBe('00ff');
  });

  it('makes none of several changes when one of them cannot be stored', async () => {
    const values = await openValues();
    await values.create(DEVICE, 'configs', 'old', 'stays');
    const error = await storeError(() =>
      values.write([
        { op: 'delete', scope: DEVICE, store: 'configs', key: 'old' },
        { op: 'set', scope: DEVICE, store: 'configs', key: 'new', value: 'not stored' },
        { op: 'set', scope: DEVICE, store: 'configs', key: 'cert', value: 'x'.repeat(MAX_VALUE_LENGTH + 1) },
      ]),
    );
    expect(error.code).toBe('invalid-value');
    expect((await values.list(DEVICE, 'configs')).map(({ key }) => key)).toEqual(['old']);
  });

  it('keeps facts of its own beside the values', async () => {
    const store = await openStore();
    expect(await store.meta.get('fact')).toBeUndefined();
    await store.meta.set('fact', 'one');
    await store.meta.set('fact', 'two');
    expect(await store.meta.get('fact')).toBe('two');
    expect(await store.meta.ensure({ fact: 'three', other: 'four' })).toEqual({ fact: 'two', other: 'four' });
    expect(await store.values(ACCOUNT_SID).list(ACCOUNT, 'configs')).toEqual([]);
  });

  it('says that it is closed after it was closed, and may be closed again', async () => {
    const store = await openStore();
    const values = store.values(ACCOUNT_SID);
    await store.close();
    await store.close();
    expect((await storeError(() => values.get(ACCOUNT, 'configs', 'k'))).code).toBe('closed');
    expect((await storeError(() => values.create(ACCOUNT, 'configs', 'k', 'v'))).code).toBe('closed');
  });
});
