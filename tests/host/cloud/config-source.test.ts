import { describe, expect, it } from 'vitest';
import { deviceConfigSource } from '../../../host/cloud/index.js';
import { ACCOUNT, DEVICE, openStore, SID, storeError } from './cloud-rig.js';

describe('what a device sees', () => {
  it('is its own values and those of the account, in the order it asked for them', async () => {
    const store = openStore();
    await store.create(DEVICE, 'configs', 'k', 'device config');
    await store.create(DEVICE, 'secrets', 'k', 'device secret');
    await store.create(ACCOUNT, 'configs', 'k', 'account config');
    await store.create(ACCOUNT, 'secrets', 'k', 'account secret');
    const results = await deviceConfigSource(store, SID).fetch([
      { scope: 'account', store: 'secret', key: 'k' },
      { scope: 'device', store: 'config', key: 'k' },
      { scope: 'device', store: 'config', key: 'none' },
      { scope: 'device', store: 'config', key: 'n\u00f6ne' },
      { scope: 'account', store: 'config', key: 'k' },
      { scope: 'device', store: 'secret', key: 'k' },
    ]);
    expect(results).toEqual([
      { result: 'ok', value: 'account secret' },
      { result: 'ok', value: 'device config' },
      { result: 'keyNotFound' },
      { result: 'keyNotFound' },
      { result: 'ok', value: 'account config' },
      { result: 'ok', value: 'device secret' },
    ]);
  });

  it('is nothing of another device', async () => {
    const store = openStore();
    await store.create(DEVICE, 'configs', 'k', 'v');
    const other = deviceConfigSource(store, `UV${'0'.repeat(32)}`);
    expect(await other.fetch([{ scope: 'device', store: 'config', key: 'k' }])).toEqual([{ result: 'keyNotFound' }]);
  });

  it('is a server error when the store fails', async () => {
    const store = openStore();
    const source = deviceConfigSource(store, SID);
    await store.close();
    expect(await source.fetch([{ scope: 'device', store: 'config', key: 'k' }])).toEqual([{ result: 'serverError' }]);
  });

  it('needs a device SID', async () => {
    const store = openStore();
    expect((await storeError(() => deviceConfigSource(store, 'my-device'))).code).toBe('invalid-device-sid');
  });
});
