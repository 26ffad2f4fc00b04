import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CloudClient, CloudClientError, type CloudClientOptions, cloudAddress } from '../../../host/cloud/index.js';
import { freePort } from '../../interop/temporary.js';
import { ACCOUNT, ACCOUNT_SID, AUTH_TOKEN, DEVICE, openCloud, SID, storeError } from './cloud-rig.js';

const DATE = '2021-01-01T12:34:56Z';
const ACCESS = { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN };

async function open() {
  const { values, cloud } = await openCloud();
  return { values, cloud, client: new CloudClient({ url: cloud.url, ...ACCESS }) };
}

async function failure(action: Promise<unknown>): Promise<CloudClientError> {
  const error = await action.then(
    () => new Error('the call succeeded, and a CloudClientError was expected'),
    (reason) => reason,
  );
  if (error instanceof CloudClientError) return error;
  throw error;
}

/** A server that is not our cloud, and a client of it. */
async function against(answer: RequestListener, options: Partial<CloudClientOptions> = {}) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, client: new CloudClient({ url, ...ACCESS, ...options }) };
}

describe.each([
  ['account', ACCOUNT],
  ['device', DEVICE],
])('values of the %s', (_, scope) => {
  it('configs are created, fetched, updated, listed and deleted', async () => {
    const { client, values } = await open();
    const value = 'a b+c&d=ü %20\n';
    expect(await client.create(scope, 'configs', 'k', value)).toEqual({ key: 'k', value, date: DATE });
    expect((await values.fetch(scope, 'configs', 'k')).value).toBe(value);
    expect(await client.update(scope, 'configs', 'k', 'w')).toEqual({ key: 'k', value: 'w', date: DATE });
    expect(await client.fetch(scope, 'configs', 'k')).toEqual({ key: 'k', value: 'w', date: DATE });
    expect(await client.list(scope, 'configs')).toEqual([{ key: 'k', value: 'w', date: DATE }]);
    await client.delete(scope, 'configs', 'k');
    expect(await client.list(scope, 'configs')).toEqual([]);
  });

  it('secrets are written and listed, and their values never returned', async () => {
    const { client, values } = await open();
    expect(await client.create(scope, 'secrets', 'k', 'x')).toEqual({ key: 'k', date: DATE });
    expect(await client.update(scope, 'secrets', 'k', 'y')).toEqual({ key: 'k', date: DATE });
    expect((await values.fetch(scope, 'secrets', 'k')).value).toBe('y');
    expect(await client.fetch(scope, 'secrets', 'k')).toEqual({ key: 'k', date: DATE });
    expect(await client.list(scope, 'secrets')).toEqual([{ key: 'k', date: DATE }]);
    await client.delete(scope, 'secrets', 'k');
    expect(await values.list(scope, 'secrets')).toEqual([]);
  });
});

it('keys reach the store as they are', async () => {
  const { client, values } = await open();
  for (const key of ['a\\b c;d=e&f+g', ' ', '"', '...', '~'.repeat(100)]) {
    await client.create(ACCOUNT, 'configs', key, 'v');
    await client.update(ACCOUNT, 'configs', key, 'w');
    expect((await values.fetch(ACCOUNT, 'configs', key)).value).toBe('w');
    await client.delete(ACCOUNT, 'configs', key);
  }
});

it('a list of several pages comes whole and in order', async () => {
  const { client, values } = await open();
  const keys = Array.from({ length: 2001 }, (_, index) => `k${String(index).padStart(4, '0')}`);
  await values.write(keys.map((key) => ({ op: 'set', scope: DEVICE, store: 'configs', key, value: key })));
  expect((await client.list(DEVICE, 'configs')).map(({ key }) => key)).toEqual(keys);
});

describe('addresses', () => {
  it.each([
    ['https://microvisor.twilio.com', 'https://microvisor.twilio.com/v1'],
    ['http://127.0.0.1:8180/v1', 'http://127.0.0.1:8180/v1'],
    ['http://127.0.0.1:8180/v1/', 'http://127.0.0.1:8180/v1'],
    ['https://example.com/microvisor/', 'https://example.com/microvisor/v1'],
  ])('%s stands for %s', (text, address) => expect(cloudAddress(text)).toBe(address));

  it.each([
    ['microvisor.twilio.com', /^"microvisor.twilio.com" is not an address; give an address such as https:/],
    ['ftp://example.com', /is not an address of http or https/],
    ['https://AC1:token@example.com', /^"https:\/\/...@example.com" holds a user name or password; /],
    ['https://example.com/?a=b', /has a query or a fragment/],
  ])('%s is refused', (url, message) => {
    expect(() => new CloudClient({ url, ...ACCESS })).toThrow(
      expect.objectContaining({
        name: 'CloudClientError',
        code: 'invalid-address',
        message: expect.stringMatching(message),
      }),
    );
  });
});

describe('errors name request, key and status', () => {
  it('of the server', async () => {
    const { client, cloud } = await open();
    await client.create(DEVICE, 'configs', 'k', 'v');
    const path = `${cloud.url}/v1/Devices/${SID}/Configs`;
    const again = await failure(client.create(DEVICE, 'configs', 'k', 'hunter'));
    expect(again).toMatchObject({
      code: 'already-exists',
      status: 409,
      key: 'k',
      request: `POST ${path}`,
      mayBeDone: false,
    });
    expect(again.message).toBe(
      `POST ${path}: "k": status 409 for the configs of device ${SID}: "k" is already among the configs of device ${SID}; ` +
        'update it, or delete it first',
    );
    const missing = await failure(client.delete(DEVICE, 'secrets', 'none'));
    expect(missing).toMatchObject({ code: 'not-found', status: 404, key: 'none' });
    const long = await failure(client.create(DEVICE, 'secrets', 'k', 'x'.repeat(4097)));
    expect(long).toMatchObject({ code: 'refused', status: 400, mayBeDone: false });
    expect(long.message).toMatch(/the value of "k" has 4097 characters/);
    const stranger = new CloudClient({ url: cloud.url, ...ACCESS, authToken: 'wrong' });
    expect(await failure(stranger.list(ACCOUNT, 'configs'))).toMatchObject({
      code: 'unauthorized',
      status: 401,
      message: expect.stringMatching(/; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN$/),
    });
  });

  it('of arguments, before anything is sent', async () => {
    const client = new CloudClient({ url: `http://127.0.0.1:${await freePort()}`, ...ACCESS });
    expect((await storeError(() => client.create(ACCOUNT, 'configs', '', 'v'))).code).toBe('invalid-key');
    expect((await storeError(() => client.list({ kind: 'device', deviceSid: '../x' }, 'configs'))).code).toBe(
      'invalid-device-sid',
    );
    for (const key of ['.', '..']) {
      expect(await failure(client.delete(ACCOUNT, 'configs', key))).toMatchObject({ code: 'invalid-key', key });
    }
  });

  it('when nothing listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const error = await failure(new CloudClient({ url, ...ACCESS }).list(ACCOUNT, 'configs'));
    expect(error).toMatchObject({ code: 'unreachable', status: undefined, mayBeDone: true });
    expect(error.message).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/v1\/Configs: .*ECONNREFUSED.*; check the address/);
  });

  it('when the answer breaks off, or does not come in time', async () => {
    const broken = await against((_request, response) => {
      response.writeHead(201, { 'content-length': '100' });
      response.write('{"key"');
      response.destroy();
    });
    expect(await failure(broken.client.create(ACCOUNT, 'configs', 'k', 'v'))).toMatchObject({ code: 'unreachable' });
    const silent = await against(() => {}, { timeout: 20 });
    const late = await failure(silent.client.create(ACCOUNT, 'configs', 'k', 'v'));
    expect(late).toMatchObject({ code: 'unreachable', mayBeDone: true });
    expect(late.message).toContain('no answer within 20 ms');
  });

  it('when the caller ends the call', async () => {
    const controller = new AbortController();
    const { client } = await against(() => controller.abort(), { signal: controller.signal });
    expect(await failure(client.list(ACCOUNT, 'configs'))).toMatchObject({ code: 'aborted', mayBeDone: true });
  });

  it.each<[string, number, string, string]>([
    ['a page for people', 200, '<html>', 'it is not a JSON object'],
    ['another JSON', 200, '{"hello":1}', 'there is no list of configs in it'],
    ['a config without its value', 200, '{"configs":[{"key":"k"}]}', 'the value of "k" is missing'],
    ['a value without its key', 200, '{"configs":[null]}', 'a key is missing'],
    [
      'a page after itself',
      200,
      '{"configs":[],"meta":{"next_page_url":"http://x/?PageSize=1000"}}',
      'go round in a circle',
    ],
    ['another address', 302, '', 'it redirects to another address'],
  ])('when the answer is %s', async (_, status, body, reason) => {
    const { client } = await against((_request, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end(body);
    });
    const error = await failure(client.list(ACCOUNT, 'configs'));
    expect(error).toMatchObject({ code: 'unexpected-answer', status });
    expect(error.message).toContain(reason);
  });

  it('without the value, even when the server repeats it', async () => {
    const { client } = await against((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const [, value] = /Value=(.*)/.exec(Buffer.concat(chunks).toString())!;
        response.writeHead(500).end(JSON.stringify({ message: `I choked\non ${decodeURIComponent(value)}` }));
      });
    });
    const error = await failure(client.update(ACCOUNT, 'secrets', 'password', 'Tr0ub4dor &'));
    expect(error).toMatchObject({ code: 'server-error', status: 500, mayBeDone: true });
    expect(error.message).toMatch(/: "password": status 500 for the secrets of the account: I choked on \.\.\.$/);
  });
});

it('the token goes to no other address: of a next page only the query is used', async () => {
  const asked: string[] = [];
  const other = await against((request, response) => {
    asked.push(`other ${request.url}`);
    response.end();
  });
  const { client } = await against((request, response) => {
    asked.push(request.url!);
    const more = request.url!.includes('Page=1') ? null : `${other.url}/v1/Elsewhere?Page=1`;
    response.end(JSON.stringify({ configs: [], meta: { next_page_url: more } }));
  });
  await client.list(ACCOUNT, 'configs');
  expect(asked).toEqual(['/v1/Configs?PageSize=1000', '/v1/Configs?Page=1']);
});
