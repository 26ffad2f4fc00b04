import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Store, type TokenKeeper } from '../../../../host/cloud/index.js';
import { AUTH_TOKEN, openStore, temporaryFolder } from '../cloud-rig.js';

/** Keeps the token as a file would, among all who hold it. */
class Memory implements TokenKeeper {
  kept: { accountSid: string; authToken: string } | undefined;

  read() {
    return this.kept;
  }

  keepFirst(credentials: { accountSid: string; authToken: string }) {
    this.kept ??= credentials;
    return this.kept;
  }

  replace(credentials: { accountSid: string; authToken: string }) {
    this.kept = credentials;
  }
}

describe('the default account of a store', () => {
  it('is made once, at random, with a device and a token that opens it', async () => {
    const store = await openStore();
    const account = await store.ensureDefaultAccount();
    expect(account.accountSid).toMatch(/^AC[0-9a-f]{32}$/);
    expect(account.authToken).toMatch(/^[0-9a-f]{32}$/);
    expect(account.deviceSid).toMatch(/^UV[0-9a-f]{32}$/);
    expect(await store.accounts.verify(account.accountSid, String(account.authToken))).toMatchObject({
      accountSid: account.accountSid,
    });
    expect((await (await openStore()).ensureDefaultAccount()).accountSid).not.toBe(account.accountSid);
  });

  it('is the same for all who start at once and share a keeper, and in the next process', async () => {
    const folder = join(temporaryFolder(), 'store');
    const keeper = new Memory();
    const [one, other] = await Promise.all([openStore(folder), openStore(folder)]);
    const made = await Promise.all([one, other, one].map((store) => store.ensureDefaultAccount(keeper)));
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
    expect(made[0].authToken).toBe(keeper.kept?.authToken);
    expect(await other.accounts.list()).toHaveLength(1);
    await one.close();
    expect(await (await openStore(folder)).ensureDefaultAccount(keeper)).toEqual(made[0]);
  });

  it('shows its token to nobody but the keeper that has it', async () => {
    const store = await openStore();
    const { accountSid, deviceSid } = await store.ensureDefaultAccount();
    expect(await store.ensureDefaultAccount()).toEqual({ accountSid, deviceSid, authToken: undefined });
    const stranger = new Memory();
    stranger.kept = { accountSid: `AC${'9'.repeat(32)}`, authToken: AUTH_TOKEN };
    expect(await store.ensureDefaultAccount(stranger)).toEqual({ accountSid, deviceSid, authToken: undefined });
  });

  it('takes the SID and token that it is given, the first time', async () => {
    const store = await openStore();
    const given = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'chosen' };
    expect(await store.ensureDefaultAccount(undefined, given)).toMatchObject(given);
    const later = { accountSid: `AC${'8'.repeat(32)}`, authToken: 'other' };
    expect(await store.ensureDefaultAccount(undefined, later)).toMatchObject({ accountSid: given.accountSid });
  });

  it('may be one that was made before', async () => {
    const store = await openStore();
    const { accountSid, authToken } = await store.accounts.create('Plant');
    expect(await store.ensureDefaultAccount(undefined, { accountSid, authToken })).toMatchObject({ accountSid });
    expect(await store.accounts.list()).toMatchObject([{ friendlyName: 'Plant' }]);
  });

  it('of 0.1 keeps its token, which is a hash afterwards, and goes to the keeper', async () => {
    const store = await openStore();
    const facts = {
      'account-sid': `AC${'7'.repeat(32)}`,
      'device-sid': `UV${'7'.repeat(32)}`,
      'auth-token': 'old token',
    };
    await store.meta.ensure(facts);
    const keeper = new Memory();
    const expected = { accountSid: facts['account-sid'], deviceSid: facts['device-sid'], authToken: 'old token' };
    expect(await store.ensureDefaultAccount(keeper)).toEqual(expected);
    expect(keeper.kept?.authToken).toBe('old token');
    expect(await store.meta.get('auth-token')).toBeUndefined();
    expect(await store.accounts.verify(expected.accountSid, 'old token')).toBeDefined();
    expect(await store.ensureDefaultAccount(keeper)).toEqual(expected);
  });
});

describe('a token', () => {
  it('is not in the files of the store', async () => {
    const folder = join(temporaryFolder(), 'store');
    const store = await Store.open(folder);
    const { authToken } = await store.ensureDefaultAccount();
    const { secret } = await store.keys.create((await store.accounts.list())[0].accountSid, 'key');
    await store.close();
    const bytes = readFileSync(join(folder, 'data.mdb'));
    expect([bytes.includes(String(authToken)), bytes.includes(secret)]).toEqual([false, false]);
  });
});
