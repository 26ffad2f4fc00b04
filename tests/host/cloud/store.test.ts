import { describe, expect, it } from 'vitest';
import {
  ensureAccount,
  type ListPage,
  MAX_VALUE_LENGTH,
  type Scope,
  type StoreName,
} from '../../../host/cloud/index.js';
import { ACCOUNT, DEVICE, openStore, SID, storeError, temporaryFolder } from './cloud-rig.js';

describe('a store', () => {
  it('returns what was created, with the time of its clock', async () => {
    const store = openStore(undefined, { now: () => 1_609_504_496_789 });
    const created = await store.create(DEVICE, 'configs', 'broker-host', 'localhost');
    expect(created).toEqual({ key: 'broker-host', value: 'localhost', dateUpdated: new Date(1_609_504_496_789) });
    expect(store.get(DEVICE, 'configs', 'broker-host')).toEqual(created);
  });

  it('keeps the four collections of an account and a device, and other devices, apart', async () => {
    const store = openStore();
    const other: Scope = { kind: 'device', deviceSid: `UV${'f'.repeat(32)}` };
    const places: [Scope, StoreName][] = [ACCOUNT, DEVICE, other].flatMap((scope) => [
      [scope, 'configs'],
      [scope, 'secrets'],
    ]);
    for (const [index, [scope, name]] of places.entries()) await store.create(scope, name, 'key', `value ${index}`);
    expect(places.map(([scope, name]) => store.get(scope, name, 'key')?.value)).toEqual(
      places.map((_, index) => `value ${index}`),
    );
    expect(places.map(([scope, name]) => store.list(scope, name).length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('refuses to create a key twice and keeps the first value', async () => {
    const store = openStore();
    await store.create(DEVICE, 'secrets', 'password', 'hunter-one');
    const error = await storeError(() => store.create(DEVICE, 'secrets', 'password', 'hunter-two'));
    expect(error.code).toBe('already-exists');
    expect(error.message).toContain('"password"');
    expect(error.message).toContain(SID);
    expect(error.message).not.toContain('hunter');
    expect(store.get(DEVICE, 'secrets', 'password')?.value).toBe('hunter-one');
  });

  it('lets only one of two creations of a key at the same moment succeed', async () => {
    const store = openStore();
    const results = await Promise.allSettled(
      ['one', 'two'].map((value) => store.create(ACCOUNT, 'configs', 'k', value)),
    );
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(store.get(ACCOUNT, 'configs', 'k')?.value).toBe('one');
  });

  it('updates and deletes what exists, and nothing else', async () => {
    let time = 1000;
    const store = openStore(undefined, { now: () => time });
    expect((await storeError(() => store.update(ACCOUNT, 'configs', 'k', 'v'))).code).toBe('not-found');
    expect((await storeError(() => store.delete(ACCOUNT, 'configs', 'k'))).code).toBe('not-found');
    expect((await storeError(() => store.fetch(ACCOUNT, 'configs', 'k'))).code).toBe('not-found');
    expect(store.list(ACCOUNT, 'configs')).toEqual([]);
    await store.create(ACCOUNT, 'configs', 'k', 'v');
    time = 2000;
    await store.update(ACCOUNT, 'configs', 'k', 'w');
    expect(store.fetch(ACCOUNT, 'configs', 'k')).toEqual({ key: 'k', value: 'w', dateUpdated: new Date(2000) });
    await store.delete(ACCOUNT, 'configs', 'k');
    expect(store.get(ACCOUNT, 'configs', 'k')).toBeUndefined();
  });

  describe('lists', () => {
    const keys = ['b', 'a', 'Z', '~', ' ', '10', '9', 'a-b', 'a/b', 'aa'];
    const sorted = [...keys].sort();
    const filled = async () => {
      const store = openStore();
      for (const key of keys) await store.create(DEVICE, 'configs', key, key);
      return store;
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
      const store = await filled();
      expect(store.list(DEVICE, 'configs', page).map(({ key }) => key)).toEqual(wanted);
    });

    it('refuses a limit of 0', async () => {
      const store = await filled();
      expect(() => store.list(DEVICE, 'configs', { limit: 0 })).toThrow(RangeError);
    });
  });

  it('treats a device SID the same in upper and lower case', async () => {
    const store = openStore();
    await store.create({ kind: 'device', deviceSid: `UV${SID.slice(2).toUpperCase()}` }, 'configs', 'k', 'v');
    expect(store.get(DEVICE, 'configs', 'k')?.value).toBe('v');
  });

  it('makes several changes in one transaction', async () => {
    const store = openStore();
    await store.create(DEVICE, 'configs', 'old', 'gone soon');
    await store.create(DEVICE, 'configs', 'broker-port', '1');
    await store.write([
      { op: 'set', scope: DEVICE, store: 'configs', key: 'broker-port', value: '8883' },
      { op: 'set', scope: DEVICE, store: 'secrets', key: 'private_key', value: '00ff' },
      { op: 'delete', scope: DEVICE, store: 'configs', key: 'old' },
      { op: 'delete', scope: DEVICE, store: 'configs', key: 'never there' },
    ]);
    expect(store.list(DEVICE, 'configs').map(({ key, value }) => [key, value])).toEqual([['broker-port', '8883']]);
    expect(store.fetch(DEVICE, 'secrets', 'private_key').value).toBe('00ff');
  });

  it('makes none of several changes when one of them cannot be stored', async () => {
    const store = openStore();
    await store.create(DEVICE, 'configs', 'old', 'stays');
    const error = await storeError(() =>
      store.write([
        { op: 'delete', scope: DEVICE, store: 'configs', key: 'old' },
        { op: 'set', scope: DEVICE, store: 'configs', key: 'new', value: 'not stored' },
        { op: 'set', scope: DEVICE, store: 'configs', key: 'cert', value: 'x'.repeat(MAX_VALUE_LENGTH + 1) },
      ]),
    );
    expect(error.code).toBe('invalid-value');
    expect(store.list(DEVICE, 'configs').map(({ key }) => key)).toEqual(['old']);
  });

  it('keeps facts of its own beside the values', async () => {
    const store = openStore();
    expect(store.meta('fact')).toBeUndefined();
    await store.setMeta('fact', 'one');
    await store.setMeta('fact', 'two');
    expect(store.meta('fact')).toBe('two');
    expect(await store.ensureMeta({ fact: 'three', other: 'four' })).toEqual({ fact: 'two', other: 'four' });
    expect(store.list(ACCOUNT, 'configs')).toEqual([]);
  });

  it('says that it is closed after it was closed, and may be closed again', async () => {
    const store = openStore();
    await store.close();
    await store.close();
    expect((await storeError(() => store.get(ACCOUNT, 'configs', 'k'))).code).toBe('closed');
    expect((await storeError(() => store.create(ACCOUNT, 'configs', 'k', 'v'))).code).toBe('closed');
  });
});

describe('the account of a store', () => {
  it('is made at random once and kept', async () => {
    const folder = temporaryFolder();
    const first = openStore(folder);
    const [account, again] = await Promise.all([ensureAccount(first), ensureAccount(first)]);
    expect(account.accountSid).toMatch(/^AC[0-9a-f]{32}$/);
    expect(account.authToken).toMatch(/^[0-9a-f]{32}$/);
    expect(account.deviceSid).toMatch(/^UV[0-9a-f]{32}$/);
    expect(again).toEqual(account);
    await first.close();
    expect(await ensureAccount(openStore(folder))).toEqual(account);
    expect(await ensureAccount(openStore())).not.toEqual(account);
  });
});
