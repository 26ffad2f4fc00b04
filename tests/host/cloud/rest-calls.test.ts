import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LmdbEngine } from '../../../host/cloud/store/engine/lmdb-engine.js';
import { writeRecord } from '../../../host/cloud/store/record-json.js';
import { Store } from '../../../host/cloud/store/store.js';
import { ACCOUNT, ACCOUNT_SID, DEVICE, openCloud, SID, temporaryFolder } from './cloud-rig.js';

const DATE = '2021-01-01T12:34:56Z';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** Calls around the secret `k`, whose values all begin with "hunter". Paths are below the account or the device. */
interface SecretCall {
  name: string;
  call: [method: string, path: string, form?: Record<string, string>, init?: RequestInit];
  status: number;
  /** nothing is stored before the call */
  isNew?: true;
  /** what the answer's JSON is */
  shows?: 'secret' | 'list';
}

const SECRET_CALLS: SecretCall[] = [
  {
    name: 'creating it',
    call: ['POST', '/Secrets', { Key: 'k', Value: 'hunter-1' }],
    status: 201,
    isNew: true,
    shows: 'secret',
  },
  { name: 'fetching it', call: ['GET', '/Secrets/k'], status: 200, shows: 'secret' },
  { name: 'updating it', call: ['POST', '/Secrets/k', { Value: 'hunter-2' }], status: 200, shows: 'secret' },
  { name: 'listing all', call: ['GET', '/Secrets'], status: 200, shows: 'list' },
  { name: 'creating it twice', call: ['POST', '/Secrets', { Key: 'k', Value: 'hunter-3' }], status: 409 },
  { name: 'updating another key', call: ['POST', '/Secrets/none', { Value: 'hunter-4' }], status: 404 },
  { name: 'a value that is too long', call: ['POST', '/Secrets/k', { Value: 'hunter-5'.repeat(1000) }], status: 400 },
  {
    name: 'two values',
    call: ['POST', '/Secrets/k', undefined, { body: 'Value=hunter-6&Value=hunter-7', headers: FORM }],
    status: 400,
  },
  {
    name: 'a malformed form',
    call: ['POST', '/Secrets/k', undefined, { body: 'Value=hunter-8%zz', headers: FORM }],
    status: 400,
  },
  {
    name: 'a body that is JSON',
    call: ['POST', '/Secrets/k', undefined, { body: '{"Value":"hunter-9"}', headers: JSON_TYPE }],
    status: 415,
  },
  {
    name: 'values at the wrong places',
    call: ['POST', '/Secrets/k?Value=hunter-10', { value: 'hunter-11' }],
    status: 400,
  },
  {
    name: 'a path that goes on',
    call: ['POST', '/Secrets/k/more?Value=hunter-12', { Value: 'hunter-13' }],
    status: 404,
  },
  { name: 'a malformed address', call: ['POST', '/%zz?Value=hunter-14', { Value: 'hunter-15' }], status: 400 },
  { name: 'deleting it', call: ['DELETE', '/Secrets/k'], status: 204 },
];

describe.each([
  ['account', '', {}, ACCOUNT],
  ['device', `/Devices/${SID}`, { device_sid: SID }, DEVICE],
])('configs of the %s', (_, parent, owner, scope) => {
  it('are created, fetched, updated and deleted', async () => {
    const { call, cloud, values } = await openCloud();
    const url = `${cloud.url}/v1${parent}/Configs/k`;
    const config = { ...owner, key: 'k', value: 'v', date_updated: DATE, url };

    expect(await call('POST', `${parent}/Configs`, { Key: 'k', Value: 'v' })).toMatchObject({
      status: 201,
      json: config,
    });
    expect((await call('GET', `${parent}/Configs/k`)).json).toEqual(config);
    expect((await call('GET', url)).json).toEqual(config);
    const updated = await call('POST', `${parent}/Configs/k`, { Value: 'w' });
    expect(updated).toMatchObject({ status: 200, json: { ...config, value: 'w' } });
    expect((await values.fetch(scope, 'configs', 'k')).value).toBe('w');
    expect(await call('DELETE', `${parent}/Configs/k`)).toMatchObject({ status: 204, text: '' });
    expect(await values.get(scope, 'configs', 'k')).toBeUndefined();
    expect((await call('GET', `${parent}/Configs/k`)).status).toBe(404);
  });
});

describe.each([
  ['account', '', {}, ACCOUNT],
  ['device', `/Devices/${SID}`, { device_sid: SID }, DEVICE],
])('secrets of the %s', (_, parent, owner, scope) => {
  it.each(SECRET_CALLS.map((row) => [row.name, row] as const))(
    'are never shown, neither in the answer nor in the log: %s',
    async (name, { call: [method, path, form, init], status, isNew, shows }) => {
      const lines: string[] = [];
      const { call, cloud, values } = await openCloud({ log: (line) => lines.push(line) });
      if (!isNew) await values.create(scope, 'secrets', 'k', 'hunter-0');
      const secret = { ...owner, key: 'k', date_rotated: DATE, url: `${cloud.url}/v1${parent}/Secrets/k` };
      const answer = await call(method, `${parent}${path}`, form, init);
      expect(answer.status).toBe(status);
      expect(JSON.stringify([answer.text, ...answer.headers, lines])).not.toContain('hunter');
      expect(lines).toHaveLength(1);
      if (shows === 'secret') expect(answer.json).toEqual(secret);
      if (shows === 'list') expect([answer.json.secrets, answer.json.meta.key]).toEqual([[secret], 'secrets']);
      expect((await values.get(scope, 'secrets', 'k')) === undefined).toBe(name === 'deleting it');
    },
  );
});

describe('keys in the address', () => {
  const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
  const UNNAMEABLE = ['/', '?', '#', '%'];

  it('may be printable ASCII, percent-encoded', async () => {
    const { call } = await openCloud();
    const printable = PRINTABLE.filter((character) => !UNNAMEABLE.includes(character));
    const keys = ['a b', 'a+b', ';a=b', '*', ':key', '...', ...printable, printable.join(''), '&'.repeat(100)]
      // A client tidies a path that ends in a dot segment before it sends it.
      .filter((key) => key !== '.');
    for (const key of new Set(keys)) {
      const created = await call('POST', '/Configs', { Key: key, Value: `of ${key}` });
      expect([key, created.status, created.json.key]).toEqual([key, 201, key]);
      expect((await call('GET', created.json.url)).json).toEqual(created.json);
      expect((await call('DELETE', created.json.url)).status).toBe(204);
      expect((await call('GET', created.json.url)).status).toBe(404);
    }
  });

  it.each([...UNNAMEABLE.map((character) => `a${character}b`), '100%', '?', '.', '..'])(
    'are refused when no client could name them again: %s',
    async (key) => {
      const { call, values } = await openCloud();
      const answer = await call('POST', '/Configs', { Key: key, Value: 'v' });
      expect(answer).toMatchObject({ status: 400, json: { code: 20001, status: 400 } });
      expect(answer.json.message).toContain('no client can name it again in an address');
      await expect(
        values.write([{ op: 'set', scope: ACCOUNT, store: 'configs', key, value: 'v' }]),
      ).rejects.toMatchObject({ code: 'invalid-key' });
      expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
    },
  );

  it.each(['a/b', 'a?b', 'a#b', '100%'])(
    'of a store from earlier can be read, changed and deleted: %s',
    async (key) => {
      const engine = new LmdbEngine(join(temporaryFolder(), 'store'));
      const record = writeRecord({ value: 'old', dateUpdated: 0 });
      const name = [ACCOUNT_SID, '', 'configs', key];
      await engine.commit([{ op: 'put', table: 'value', key: name, data: record }]);
      const { call, values } = await openCloud({ store: new Store(engine) });
      const path = `/Configs/${encodeURIComponent(key)}`;
      expect((await call('GET', '/Configs')).json.configs).toMatchObject([{ key, value: 'old' }]);
      expect((await call('GET', path)).json).toMatchObject({ key, value: 'old' });
      expect((await call('POST', path, { Value: 'new' })).json).toMatchObject({ key, value: 'new' });
      expect((await call('DELETE', path)).status).toBe(204);
      expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
      await engine.close();
    },
  );

  it('are found under the device SID in any case, and answers have it in lower case', async () => {
    const { call } = await openCloud();
    const upper = `UV${SID.slice(2).toUpperCase()}`;
    const created = await call('POST', `/Devices/${upper}/Configs`, { Key: 'k', Value: 'v' });
    expect(created.json.device_sid).toBe(SID);
    expect((await call('GET', `/Devices/${SID}/Configs/k`)).json).toEqual(created.json);
  });
});

describe('requests that cannot be served', () => {
  /** As in Twilio's error dictionary. */
  const TWILIO_CODES: Record<number, number> = { 400: 20001, 404: 20404, 405: 20004 };
  const long = 'k'.repeat(101);
  it.each([
    [400, 'POST', '/Configs', { Key: '', Value: 'v' }, 'the key is empty; use 1 to 100 printable ASCII characters'],
    [400, 'POST', '/Configs', { Key: long, Value: 'v' }, 'has 101 characters'],
    [400, 'POST', '/Configs', { Key: 'k\u00e9y', Value: 'v' }, 'at position 2'],
    [400, 'GET', `/Configs/${long}`, undefined, 'has 101 characters'],
    [400, 'GET', '/Configs/k%C3%A9y', undefined, 'at position 2'],
    [400, 'POST', '/Configs', { Key: 'cert', Value: 'v'.repeat(4097) }, 'the value of "cert" has 4097 characters'],
    [400, 'POST', '/Configs', { Key: 'k' }, 'the field Value is missing'],
    [400, 'POST', '/Configs', { Value: 'v' }, 'the field Key is missing'],
    [400, 'POST', '/Configs', { key: 'k', value: 'v' }, 'the field Key is missing'],
    [400, 'POST', '/Configs', undefined, 'the field Key is missing'],
    [404, 'POST', '/Configs/none', { Value: 'v' }, '"none" is not among the configs of the account'],
    [404, 'DELETE', '/Secrets/none', undefined, '"none" is not among the secrets of the account'],
    [404, 'GET', '/Devices/my-device/Configs', undefined, 'there is no device "my-device"'],
    [404, 'POST', `/Devices/UV123/Secrets`, { Key: 'k', Value: 'v' }, 'there is no device "UV123"'],
    [404, 'GET', '/configs', undefined, 'there is no GET /v1/configs'],
    [404, 'GET', `/devices/${SID}/Configs`, undefined, 'there is no GET'],
    [405, 'PUT', '/Configs/k', { Value: 'v' }, '/v1/Configs/k takes DELETE, GET, HEAD, POST, not PUT'],
    [414, 'GET', `/Configs/${'k'.repeat(5000)}`, undefined, 'the address of the request is too long'],
    [413, 'POST', '/Configs', { Key: 'k', Value: 'v'.repeat(70_000) }, 'too large'],
  ])('get %i: %s %s', async (status, method, path, form, message) => {
    const { call, values } = await openCloud();
    const answer = await call(method, path, form as Record<string, string> | undefined);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.json).toEqual({
      code: TWILIO_CODES[status] ?? status,
      message: expect.stringContaining(message),
      more_info: 'docs/rest-api.md#errors',
      status,
    });
    expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
  });

  it('get 409 when the key exists, and the value stays', async () => {
    const { call, values } = await openCloud();
    await call('POST', `/Devices/${SID}/Configs`, { Key: 'k', Value: 'v' });
    const answer = await call('POST', `/Devices/${SID}/Configs`, { Key: 'k', Value: 'w' });
    expect(answer).toMatchObject({ status: 409, json: { code: 20409, status: 409 } });
    expect(answer.json.message).toContain(`"k" is already among the configs of device ${SID}`);
    expect((await values.fetch(DEVICE, 'configs', 'k')).value).toBe('v');
  });

  it.each([
    ['a wrong percent sequence', 'Key=k&Value=100%', 'the field Value of the form is not percent-encoded UTF-8'],
    ['percent-encoded bytes that are not UTF-8', 'Key=k&Value=%ff', 'the field Value'],
    ['raw bytes that are not UTF-8', Buffer.from('Key=k&Value=\xff', 'latin1'), 'the field Value'],
    ['a field twice', 'Key=k&Value=v&Key=l', 'a field of the form is given twice'],
    ['half of a pair', 'Key=k&Value=%ed%a0%bd', 'the field Value'],
  ])('get 400 for a form with %s', async (_, body, message) => {
    const { call, values } = await openCloud();
    const answer = await call('POST', '/Configs', undefined, { body, headers: FORM });
    expect([answer.status, answer.json.message]).toEqual([400, expect.stringContaining(message)]);
    expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])('get 415 for %s', async (type) => {
    const { call } = await openCloud();
    const answer = await call('POST', '/Configs', undefined, { body: '{}', headers: { 'content-type': type } });
    expect([answer.status, answer.json.message]).toEqual([415, expect.stringContaining('x-www-form-urlencoded')]);
  });

  it('get 503 without details when the store is closed, and the log says why', async () => {
    const lines: string[] = [];
    const { call, store } = await openCloud({ log: (line) => lines.push(line) });
    await store.close();
    expect((await call('GET', '/Configs')).status).toBe(503);
    expect(lines[0]).toMatch(/^GET \/v1\/Configs failed: the store in .* is closed/);
  });
});
