import { describe, expect, it } from 'vitest';
import { ACCOUNT, AUTH_TOKEN, DEVICE, SID } from '../cloud-rig.js';
import { type Client, clientError, clientOf, openClient } from './twilio-rig.js';

const DATE = new Date('2021-01-01T12:34:56Z');

type V1 = Client['microvisor']['v1'];
type Configs = V1['accountConfigs'];
type Secrets = V1['accountSecrets'];

const SCOPES = [
  {
    of: 'the account',
    scope: ACCOUNT,
    owner: {},
    configs: (client: Client): Configs => client.microvisor.v1.accountConfigs,
    secrets: (client: Client): Secrets => client.microvisor.v1.accountSecrets,
  },
  {
    of: 'a device',
    scope: DEVICE,
    owner: { deviceSid: SID },
    // It has the same methods, under types of another name.
    configs: (client: Client) => client.microvisor.v1.devices(SID).deviceConfigs as unknown as Configs,
    secrets: (client: Client) => client.microvisor.v1.devices(SID).deviceSecrets as unknown as Secrets,
  },
];

describe.each(SCOPES)('npm twilio, with the configs of $of', ({ scope, owner, configs }) => {
  it('creates, fetches, updates and removes', async () => {
    const { client, cloud, values } = await openClient();
    const all = configs(client);
    const created = await all.create({ key: 'broker-host', value: 'a' });
    expect(created.toJSON()).toMatchObject({ ...owner, key: 'broker-host', value: 'a', dateUpdated: DATE });
    expect(created.url).toMatch(new RegExp(`^${cloud.url}/v1/.*Configs/broker-host$`));
    expect((await all('broker-host').fetch()).toJSON()).toEqual(created.toJSON());
    expect((await all('broker-host').update({ value: 'b' })).value).toBe('b');
    expect((await created.fetch()).value).toBe('b');
    expect((await created.update({ value: 'c' })).value).toBe('c');
    expect((await values.fetch(scope, 'configs', 'broker-host')).value).toBe('c');
    expect(await all('broker-host').remove()).toBe(true);
    expect(await values.get(scope, 'configs', 'broker-host')).toBeUndefined();
  });

  it('lists all of several pages, some of them, each, and page by page', async () => {
    const { client, values } = await openClient();
    const keys = Array.from({ length: 45 }, (_, n) => `key-${String(n).padStart(2, '0')}`);
    await values.write(keys.map((key) => ({ op: 'set', scope, store: 'configs', key, value: 'v' })));
    const all = configs(client);
    expect((await all.list({ pageSize: 20 })).map(({ key }) => key)).toEqual(keys);
    expect((await all.list({ pageSize: 20, limit: 25 })).map(({ key }) => key)).toEqual(keys.slice(0, 25));
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error) => (error ? reject(error) : resolve());
      all.each({ pageSize: 20, done, callback: ({ key }: { key: string }) => seen.push(key) });
    });
    expect(seen).toEqual(keys);
    const first = await all.page({ pageSize: 20 });
    const second = await first.nextPage();
    const third = await second?.nextPage();
    expect(third?.instances.map(({ key }) => key)).toEqual(keys.slice(40));
    expect(await third?.nextPage()).toBeUndefined();
    const back = await third?.previousPage();
    expect(back?.instances.map(({ key }) => key)).toEqual(keys.slice(20, 40));
    expect((await all.getPage(second?.nextPageUrl ?? '')).instances).toHaveLength(5);
  });
});

describe.each(SCOPES)('npm twilio, with the secrets of $of', ({ scope, owner, secrets }) => {
  it('creates, fetches, updates, lists and removes, and never gets the value', async () => {
    const { client, values } = await openClient();
    const all = secrets(client);
    const created = await all.create({ key: 'password', value: 'hunter-1' });
    expect(created.toJSON()).toMatchObject({ ...owner, key: 'password', dateRotated: DATE });
    expect((await all('password').update({ value: 'hunter-2' })).key).toBe('password');
    const listed = await all.list();
    expect(JSON.stringify([created, await all('password').fetch(), listed])).not.toContain('hunter');
    expect(listed.map(({ key }) => key)).toEqual(['password']);
    expect((await values.fetch(scope, 'secrets', 'password')).value).toBe('hunter-2');
    expect(await created.remove()).toBe(true);
    expect(await all.list()).toEqual([]);
  });
});

describe('npm twilio', () => {
  it('gets the errors in the form that it knows', async () => {
    const { client, cloud } = await openClient();
    const configs = client.microvisor.v1.accountConfigs;
    await configs.create({ key: 'k', value: 'v' });
    const stranger = clientOf(cloud.url, `AC${'9'.repeat(32)}`, AUTH_TOKEN).microvisor.v1.accountConfigs;
    const cases: [number, () => Promise<unknown>, string][] = [
      [404, () => configs('none').fetch(), '"none" is not among'],
      [404, () => configs('none').remove(), '"none" is not among'],
      [409, () => configs.create({ key: 'k', value: 'w' }), '"k" is already among'],
      [400, () => configs.create({ key: '', value: 'w' }), 'the key is empty'],
      [401, () => stranger.list(), 'missing or wrong'],
    ];
    for (const [status, action, message] of cases) {
      const error = await clientError(action);
      expect(error).toMatchObject({ status, message: expect.stringContaining(message) });
      expect([typeof error.code, typeof error.moreInfo]).toEqual(['number', 'string']);
    }
  });

  it('uses an API key, of all calls or to read alone, until the key is deleted', async () => {
    const { store, cloud } = await openClient();
    const { accountSid, authToken } = await store.accounts.create('Plant');
    await clientOf(cloud.url, accountSid, authToken).microvisor.v1.accountConfigs.create({ key: 'k', value: 'v' });
    const whole = await store.keys.create(accountSid, 'all');
    const reads = await store.keys.create(accountSid, 'reads', { readOnly: true });
    const [writer, reader] = [whole, reads].map(
      ({ keySid, secret }) => clientOf(cloud.url, keySid, secret, accountSid).microvisor.v1.accountConfigs,
    );
    expect((await reader('k').fetch()).value).toBe('v');
    expect(await clientError(() => reader('k').update({ value: 'w' }))).toMatchObject({ status: 403 });
    expect(await clientError(() => reader('k').remove())).toMatchObject({ status: 403 });
    expect((await writer('k').update({ value: 'w' })).value).toBe('w');
    await store.keys.delete(accountSid, whole.keySid);
    expect(await clientError(() => writer('k').fetch())).toMatchObject({ status: 401 });
    expect((await reader('k').fetch()).value).toBe('w');
  });

  it('sees what is its account’s alone: the same names of another account are not found', async () => {
    const { store, cloud } = await openClient();
    const [one, other] = await Promise.all(['one', 'other'].map((name) => store.accounts.create(name)));
    const [mine, theirs] = [one, other].map(
      ({ accountSid, authToken }) => clientOf(cloud.url, accountSid, authToken).microvisor.v1,
    );
    await mine.devices(SID).deviceConfigs.create({ key: 'k', value: 'v' });
    expect(await clientError(() => theirs.devices(SID).deviceConfigs('k').fetch())).toMatchObject({ status: 404 });
    expect(await theirs.devices(SID).deviceConfigs.list()).toEqual([]);
  });
});
