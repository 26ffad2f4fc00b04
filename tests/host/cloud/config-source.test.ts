import { describe, expect, it } from 'vitest';
import { deviceConfigSource } from '../../../host/cloud/index.js';
import { ACCOUNT, ACCOUNT_SID, DEVICE, openStore, openValues, SID, storeError } from './cloud-rig.js';

describe('what a device sees', () => {
  it('is its own values and those of the account, in the order it asked for them', async () => {
    const values = await openValues();
    await values.create(DEVICE, 'configs', 'k', 'device config');
    await values.create(DEVICE, 'secrets', 'k', 'device secret');
    await values.create(ACCOUNT, 'configs', 'k', 'account config');
    await values.create(ACCOUNT, 'secrets', 'k', 'account secret');
    const results = await deviceConfigSource(values, SID).fetch([
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
    const values = await openValues();
    await values.create(DEVICE, 'configs', 'k', 'v');
    const other = deviceConfigSource(values, `UV${'0'.repeat(32)}`);
    expect(await other.fetch([{ scope: 'device', store: 'config', key: 'k' }])).toEqual([{ result: 'keyNotFound' }]);
  });

  it('is a server error when the store fails', async () => {
    const store = await openStore();
    const source = deviceConfigSource(store.values(ACCOUNT_SID), SID);
    await store.close();
    expect(await source.fetch([{ scope: 'device', store: 'config', key: 'k' }])).toEqual([{ result: 'serverError' }]);
  });

  it('needs a device SID', async () => {
    const values = await openValues();
    expect((await storeError(() => deviceConfigSource(values, 'my-device'))).code).toBe('invalid-device-sid');
  });
});
