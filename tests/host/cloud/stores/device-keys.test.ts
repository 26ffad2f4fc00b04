// engine: LMDB
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../../host/cloud/index.js';
import { ACCOUNT_SID, openStore, SID, storeError, temporaryFolder } from '../cloud-rig.js';

describe('a device key', () => {
  it('says whose it is, and opens for nobody else', async () => {
    const store = await openStore();
    const made = await store.deviceKeys(ACCOUNT_SID).create(SID);
    const owner = { accountSid: ACCOUNT_SID, deviceSid: SID };
    expect(ownerOf(made.key)).toEqual(owner);
    expect(await store.ownerOfDeviceKey(made.key)).toEqual(owner);
    const otherDevice = made.key.replace(SID, `UV${'9'.repeat(32)}`);
    const otherAccount = made.key.replace(ACCOUNT_SID, `AC${'9'.repeat(32)}`);
    const otherSecret = `${made.key.slice(0, -1)}${made.key.endsWith('A') ? 'B' : 'A'}`;
    for (const key of [otherDevice, otherAccount, otherSecret, '', 'x', `${made.key} `]) {
      expect(await store.ownerOfDeviceKey(key)).toBeUndefined();
    }
  });

  it('is one of as many as a device needs, until it is deleted', async () => {
    const store = await openStore();
    const keys = store.deviceKeys(ACCOUNT_SID);
    const [first, second] = [await keys.create(SID), await keys.create(SID)];
    expect((await keys.list(SID)).map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
    await keys.delete(SID, first.id);
    expect(await store.ownerOfDeviceKey(first.key)).toBeUndefined();
    expect(await store.ownerOfDeviceKey(second.key)).toBeDefined();
    expect((await storeError(() => keys.delete(SID, first.id))).code).toBe('not-found');
    expect((await storeError(() => keys.delete(SID, '../x'))).code).toBe('not-found');
  });

  it('is not kept with its secret', async () => {
    const folder = join(temporaryFolder(), 'store');
    const store = await openStore(folder);
    const { key, id } = await store.deviceKeys(ACCOUNT_SID).create(SID);
    const file = readFileSync(join(folder, 'data.mdb')).toString('latin1');
    expect(file).not.toContain(key.slice(-43));
    expect(await store.deviceKeys(ACCOUNT_SID).list(SID)).toEqual([
      { id, deviceSid: SID, dateCreated: expect.any(Date) },
    ]);
  });
});
