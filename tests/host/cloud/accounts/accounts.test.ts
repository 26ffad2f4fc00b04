import { describe, expect, it } from 'vitest';
import { ACCOUNT, DEVICE, openStore, SID, storeError } from '../cloud-rig.js';

const NOBODY = `AC${'9'.repeat(32)}`;

describe('an account', () => {
  it('is made with a token that is shown once, and listed without it', async () => {
    const store = await openStore(undefined, { now: () => 1000 });
    const made = await store.accounts.create('Plant 2');
    expect(made).toEqual({
      accountSid: expect.stringMatching(/^AC[0-9a-f]{32}$/),
      authToken: expect.stringMatching(/^[0-9a-f]{32}$/),
      friendlyName: 'Plant 2',
      dateCreated: new Date(1000),
    });
    const { authToken, ...info } = made;
    expect(await store.accounts.list()).toEqual([info]);
    expect(await store.accounts.verify(made.accountSid, authToken)).toEqual(info);
  });

  it.each([
    ['another token', (sid: string, token: string) => [sid, token.replace(/.$/, 'x')]],
    ['an empty one', (sid: string) => [sid, '']],
    ['the SID of nobody', (_: string, token: string) => [NOBODY, token]],
    ['something that is not a SID', (_: string, token: string) => ['x'.repeat(5000), token]],
  ])('opens to its token alone, not to %s', async (_, change) => {
    const store = await openStore();
    const { accountSid, authToken } = await store.accounts.create('a');
    const [user, password] = change(accountSid, authToken);
    expect(await store.accounts.verify(user, password)).toBeUndefined();
  });

  it('has a new token after it was renewed, and the old one opens nothing, even if it just did', async () => {
    const store = await openStore();
    const { accountSid, authToken } = await store.accounts.create('a');
    expect(await store.accounts.verify(accountSid, authToken)).toBeDefined();
    const renewed = await store.accounts.renewToken(accountSid);
    expect(await store.accounts.verify(accountSid, authToken)).toBeUndefined();
    expect(await store.accounts.verify(accountSid, renewed.authToken)).toBeDefined();
    expect((await storeError(() => store.accounts.renewToken(NOBODY))).code).toBe('not-found');
  });

  it.each([
    ['', 'has 0'],
    ['x'.repeat(65), 'has 65'],
    ['two\nlines', 'no line breaks'],
    ['\ud800', 'a name has'],
  ])('is refused the name %j', async (name, message) => {
    const store = await openStore();
    const error = await storeError(() => store.accounts.create(name));
    expect([error.code, error.message]).toEqual(['invalid-name', expect.stringContaining(message)]);
    expect(await store.accounts.list()).toEqual([]);
  });

  it('is refused when its SID is taken, or is not one', async () => {
    const store = await openStore();
    const { accountSid } = await store.accounts.create('a');
    expect((await storeError(() => store.accounts.create('b', { accountSid }))).code).toBe('already-exists');
    expect((await storeError(() => store.accounts.create('b', { accountSid: 'AC1' }))).code).toBe('invalid-sid');
  });

  it('does not see the values of another', async () => {
    const store = await openStore();
    const [one, other] = await Promise.all([store.accounts.create('one'), store.accounts.create('other')]);
    await store.values(one.accountSid).create(DEVICE, 'configs', 'k', 'v');
    expect(await store.values(other.accountSid).get(DEVICE, 'configs', 'k')).toBeUndefined();
  });

  it('is deleted with its keys and values, and others keep theirs', async () => {
    const store = await openStore();
    const [one, other] = await Promise.all([store.accounts.create('one'), store.accounts.create('other')]);
    const key = await store.keys.create(one.accountSid, 'key');
    const kept = await store.keys.create(other.accountSid, 'kept');
    for (const { accountSid } of [one, other]) {
      const changes = Array.from({ length: 1200 }, (_, n) => {
        const scope = n % 2 === 0 ? ACCOUNT : DEVICE;
        return { op: 'set', scope, store: 'secrets', key: `k${n}`, value: SID } as const;
      });
      await store.values(accountSid).write(changes);
    }
    await store.accounts.delete(one.accountSid);
    expect(await store.accounts.verify(one.accountSid, one.authToken)).toBeUndefined();
    expect(await store.keys.verify(key.keySid, key.secret)).toBeUndefined();
    expect(await store.values(one.accountSid).list(DEVICE, 'secrets')).toEqual([]);
    expect(await store.values(one.accountSid).list(ACCOUNT, 'secrets')).toEqual([]);
    expect(await store.values(other.accountSid).list(ACCOUNT, 'secrets')).toHaveLength(600);
    expect(await store.keys.verify(kept.keySid, kept.secret)).toBeDefined();
    expect(await store.accounts.list()).toMatchObject([{ friendlyName: 'other' }]);
    expect((await storeError(() => store.accounts.delete(one.accountSid))).code).toBe('not-found');
  });
});

describe('an API key', () => {
  it('opens its account, and is listed without its secret', async () => {
    const store = await openStore(undefined, { now: () => 1000 });
    const { accountSid } = await store.accounts.create('a');
    const { secret, ...info } = await store.keys.create(accountSid, 'build server');
    expect(info).toEqual({
      keySid: expect.stringMatching(/^SK[0-9a-f]{32}$/),
      accountSid,
      friendlyName: 'build server',
      readOnly: false,
      dateCreated: new Date(1000),
    });
    expect(await store.keys.list(accountSid)).toEqual([info]);
    expect(await store.keys.verify(info.keySid, secret)).toEqual(info);
    expect(await store.keys.verify(info.keySid, `${secret}x`)).toBeUndefined();
    expect(await store.keys.verify(`SK${'0'.repeat(32)}`, secret)).toBeUndefined();
    expect(await store.accounts.verify(info.keySid, secret)).toBeUndefined();
  });

  it('belongs to one account: another neither lists nor deletes it', async () => {
    const store = await openStore();
    const [one, other] = await Promise.all([store.accounts.create('one'), store.accounts.create('other')]);
    const { keySid, secret } = await store.keys.create(one.accountSid, 'key', { readOnly: true });
    expect(await store.keys.list(other.accountSid)).toEqual([]);
    expect((await storeError(() => store.keys.delete(other.accountSid, keySid))).code).toBe('not-found');
    expect(await store.keys.verify(keySid, secret)).toMatchObject({ accountSid: one.accountSid, readOnly: true });
    await store.keys.delete(one.accountSid, keySid);
    expect(await store.keys.verify(keySid, secret)).toBeUndefined();
    expect((await storeError(() => store.keys.delete(one.accountSid, keySid))).code).toBe('not-found');
  });

  it('is not made for an account that does not exist', async () => {
    const store = await openStore();
    expect((await storeError(() => store.keys.create(NOBODY, 'key'))).code).toBe('not-found');
    expect(await store.keys.list(NOBODY)).toEqual([]);
  });
});
