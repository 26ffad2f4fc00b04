import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CloudStartError, startCloud } from '../../../host/cloud/index.js';
import { ACCOUNT_SID, AUTH_TOKEN, openCloud, openStore } from './cloud-rig.js';

describe('authentication', () => {
  const basic = (user: string, password: string) => ({ authorization: `Basic ${btoa(`${user}:${password}`)}` });
  const refused: [string, Record<string, string>][] = [
    ['none', { authorization: '' }],
    ['a wrong token', basic(ACCOUNT_SID, `${AUTH_TOKEN.slice(0, -1)}e`)],
    ['an empty token', basic(ACCOUNT_SID, '')],
    ['a wrong account', basic(`AC${'0'.repeat(32)}`, AUTH_TOKEN)],
    [
      'user and token with the colon at another place',
      basic(`${ACCOUNT_SID}:${AUTH_TOKEN.slice(0, 8)}`, AUTH_TOKEN.slice(9)),
    ],
    ['another scheme', { authorization: `Bearer ${AUTH_TOKEN}` }],
    ['something that is not base64', { authorization: 'Basic %%%' }],
  ];

  it.each(refused)('with %s is refused before anything else is checked', async (_, headers) => {
    const { call, values } = await openCloud();
    const answers = [
      await call('GET', '/Configs', undefined, { headers }),
      await call('POST', '/Configs', { Key: 'k', Value: 'v' }, { headers }),
      await call('POST', '/Secrets', { Key: '', Value: 'v'.repeat(70_000) }, { headers }),
      await call('GET', '/nowhere', undefined, { headers }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 401, json: { code: 20003, status: 401 } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="wasmqtt"/);
      expect(answer.text).not.toContain(AUTH_TOKEN);
    }
    expect(await values.list({ kind: 'account' }, 'configs')).toEqual([]);
  });
});

describe('the server', () => {
  it('listens on loopback, and begins addresses in answers as the client did', async () => {
    const { cloud, call } = await openCloud();
    expect(cloud.url).toBe(`http://127.0.0.1:${cloud.port}`);
    const { json } = await call('GET', `http://localhost:${cloud.port}/v1/Configs`);
    expect(json.meta.url).toBe(`http://localhost:${cloud.port}/v1/Configs?PageSize=50&Page=0`);
    expect((await call('GET', '/Configs')).json.meta.url).toContain(`${cloud.url}/v1/Configs?`);
  });

  it('does not answer after close, and the store stays open', async () => {
    const { cloud, call, values } = await openCloud();
    await call('POST', '/Configs', { Key: 'k', Value: 'v' });
    await cloud.close();
    await expect(call('GET', '/Configs')).rejects.toThrow();
    expect((await values.fetch({ kind: 'account' }, 'configs', 'k')).value).toBe('v');
  });

  it('says so when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as { port: number };
    const start = startCloud({ store: await openStore(), port, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN });
    const error = await start.then(
      () => undefined,
      (reason) => reason,
    );
    await new Promise((done) => other.close(done));
    expect(error).toBeInstanceOf(CloudStartError);
    expect(error.code).toBe('address-in-use');
    expect(error.message).toContain(
      `127.0.0.1 port ${port}: another program has this port; end it, choose another port`,
    );
  });

  it("says so when the address is not this machine's", async () => {
    const start = startCloud({
      store: await openStore(),
      host: '192.0.2.1',
      beyondLoopback: true,
      accountSid: ACCOUNT_SID,
      authToken: AUTH_TOKEN,
    });
    await expect(start).rejects.toMatchObject({ code: 'address-not-available' });
  });

  it('logs method, path and status of each request, without the query', async () => {
    const lines: string[] = [];
    const { call } = await openCloud({ log: (line) => lines.push(line) });
    await call('POST', '/Configs', { Key: 'a b', Value: 'v' });
    await call('GET', '/Configs/a%20b?token=x');
    await call('GET', '/Configs', undefined, { headers: { authorization: '' } });
    expect(lines).toEqual(['POST /v1/Configs 201', 'GET /v1/Configs/a%20b 200', 'GET /v1/Configs 401']);
  });
});
