import { describe, expect, it } from 'vitest';
import { RawClient } from '../../cloud/attacks/raw-client.js';
import { openPki } from './dojot-pki-rig.js';

const { pki, call, logIn } = await openPki();
const IDENTITY = await openPki({ generation: 3 });

/** Whoever is not attacked on is served as before. */
async function isServed(): Promise<void> {
  expect((await call('GET', '/ca', { token: await logIn() })).status).toBe(200);
}

describe('a body', () => {
  it('of more than 100 KiB is refused', async () => {
    const body = { username: 'x'.repeat(101 * 1024) };
    for (const path of ['/auth', '/user', '/sign/admin:a/pkcs10']) {
      const answer = await call('POST', path, { body, token: await logIn() });
      expect([answer.status, answer.json.message]).toEqual([
        413,
        'the request is too large; a body has at most 100 KiB',
      ]);
    }
    await isServed();
  });

  it.each([
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"x"'],
    ['nested lists', '['.repeat(50_000)],
    ['half of JSON', '{"username":'],
    ['a name twice', '{"username":"admin:a","username":"../"}'],
    ['__proto__', '{"__proto__":{"username":"admin:a"}}'],
    ['constructor', '{"username":{"constructor":1}}'],
    ['nothing', ''],
  ])('that is %s is refused in words', async (_name, body) => {
    const token = await logIn();
    for (const path of ['/auth', '/user', '/sign/admin:a/pkcs10']) {
      const { status, json } = await call('POST', path, { body, token });
      expect(status).toBe(400);
      expect(json.message).toMatch(/.{8}/);
    }
    for (const path of ['/x509/v1/certificates', '/auth']) {
      const { status, json } = await IDENTITY.call('POST', path, { body, token: await IDENTITY.logIn() });
      expect(status).toBe(400);
      expect(json.error ?? json.message).toMatch(/.{8}/);
    }
    await isServed();
  });

  it('that is not UTF-8 is refused', async () => {
    const headers = { authorization: `Bearer ${await logIn()}` };
    const body = Buffer.from('7b2275736572223a22ff227d', 'hex');
    expect((await fetch(`${pki.url}/user`, { method: 'POST', headers, body })).status).toBe(400);
  });

  it('that is compressed is refused', async () => {
    const answer = await call('POST', '/user', {
      body: '{}',
      token: await logIn(),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(answer.status).toBe(415);
  });
});

describe('a path', () => {
  it.each([
    '/user/..%2f..%2fetc%2fpasswd',
    '/user/admin:a%2fb',
    '/user/%00',
    '/user/admin%3a%F0%9F%92%A9',
    '/user/admin:a:b',
    `/user/${'a'.repeat(900)}`,
    '/ca/..%2f',
    '/ca/%00',
    `/ca/${'%25'.repeat(300)}`,
    '/ca/__proto__',
    '/ca/CN=IOTmidCA,O=EJBCA/certificate/%2e%2e',
    '/ca/%00/certificate/1',
  ])('that is meant to lead elsewhere leads nowhere: %s', async (path) => {
    const token = await logIn();
    const { status, json } = await call('GET', path, { token });
    expect([400, 404]).toContain(status);
    expect(json.message).toMatch(/.{8}/);
    await isServed();
  });

  it.each(['/user/%', '/user/%zz', '/ca/%c3%28'])('that is not UTF-8 is refused: %s', async (path) => {
    const client = await RawClient.open(pki.port);
    client.send(`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', '', '');
    const [{ status }] = await client.answers();
    expect([400, 401]).toContain(status);
  });

  it('that there is not, and a method that it has not, are told apart', async () => {
    const token = await logIn();
    expect(await call('GET', '/elsewhere', { token })).toMatchObject({ status: 404, json: { code: 404 } });
    const answer = await call('PATCH', '/user', { token });
    expect(answer).toMatchObject({ status: 405, json: { code: 405 } });
    expect(answer.headers.get('allow')).toBe('POST');
  });
});

describe('a name of the Host header', () => {
  it('that is not of this server is refused, on both listeners', async () => {
    for (const port of [pki.port, Number(new URL(pki.internalUrl ?? '').port)]) {
      const client = await RawClient.open(port);
      client.send('GET /ca HTTP/1.1', 'Host: evil.example', 'Connection: close', '', '');
      const [{ status, body }] = await client.answers();
      expect([status, Object.keys(JSON.parse(body))]).toEqual([421, ['code', 'message', 'moreinfo']]);
    }
  });
});

describe('no HTTP at all', () => {
  it('is answered in the form of the wrapper, and ends', async () => {
    const client = await RawClient.open(pki.port);
    client.send('\x16\x03\x01 hello', '', '');
    const [answer] = await client.answers();
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 400]);
    await client.closed;
    await isServed();
  });
});
