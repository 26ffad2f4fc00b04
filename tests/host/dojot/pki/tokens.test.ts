import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openPki, PASSWORD } from './dojot-pki-rig.js';

// So slowly that no failure is forgotten while a test runs.
const { call, logIn, users, clock, pki } = await openPki({ limits: { logInRate: 0.001 } });

const claimsOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('POST /auth', () => {
  it("answers with a token that has dojot's claims and lives seven minutes", async () => {
    const { status, json } = await call('POST', '/auth', { body: { username: 'user', passwd: PASSWORD } });
    expect([status, Object.keys(json)]).toEqual([200, ['jwt']]);
    const { iat, exp, ...claims } = claimsOf(json.jwt);
    expect(exp - iat).toBe(420);
    expect(claims).toEqual({
      iss: expect.any(String),
      profile: 'admin',
      groups: ['admin'],
      userid: expect.any(String),
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      service: 'admin',
      username: 'user',
    });
  });

  it('takes a user name in any case', async () => {
    expect((await call('POST', '/auth', { body: { username: 'USER', passwd: PASSWORD } })).status).toBe(200);
  });

  it.each([
    ['no user name', { passwd: 'x' }, 400, 'missing username'],
    ['no password', { username: 'user' }, 400, 'missing password'],
    ['`password` for `passwd`', { username: 'user', password: PASSWORD }, 400, 'missing password'],
    ['a user that there is not', { username: 'nobody', passwd: 'x' }, 401, 'AuthenticationError'],
    ['a user name that cannot be one', { username: '../x', passwd: 'x' }, 401, 'AuthenticationError'],
    ['a wrong password', { username: 'reader', passwd: 'x' }, 403, 'AuthorizationError'],
    ['no JSON', 'x', 400, 'malformed JSON'],
  ])('refuses %s', async (_name, body, status, message) => {
    expect(await call('POST', '/auth', { body })).toMatchObject({ status, json: { message, status } });
  });

  it('refuses another type than JSON', async () => {
    const answer = await call('POST', '/auth', { body: 'a=b', headers: { 'content-type': 'text/plain' } });
    expect(answer).toMatchObject({ status: 400, json: { message: 'invalid mimetype', status: 400 } });
  });

  it('takes many log-ins of one user at once, when all are right', async () => {
    await users.add('busy', 'admin', 'admin', PASSWORD);
    const logIns = Array.from({ length: 30 }, () =>
      call('POST', '/auth', { body: { username: 'busy', passwd: PASSWORD } }),
    );
    expect(new Set((await Promise.all(logIns)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('takes a long password as a whole', async () => {
    const long = 'p'.repeat(5000);
    await users.add('long', 'admin', 'admin', long);
    const status = async (passwd: string) =>
      (await call('POST', '/auth', { body: { username: 'long', passwd } })).status;
    expect([await status(long), await status(long.slice(1))]).toEqual([200, 403]);
  });

  it('slows guesses of one user, and of no other', async () => {
    await users.add('guessed', 'admin', 'admin', PASSWORD);
    const guess = (passwd: string) => call('POST', '/auth', { body: { username: 'guessed', passwd } });
    const statuses: number[] = [];
    for (let count = 0; count < 14; count++) statuses.push((await guess(`wrong ${count}`)).status);
    expect(statuses).toEqual([...Array(10).fill(403), ...Array(4).fill(429)]);
    const refused = await guess(PASSWORD);
    expect(refused).toMatchObject({
      status: 429,
      json: { message: expect.stringMatching(/^too many log-ins failed/) },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call('POST', '/auth', { body: { username: 'user', passwd: PASSWORD } })).status).toBe(200);
  });
});

describe('a call', () => {
  const refused = (message: RegExp) => ({ status: 401, json: { code: 401, message: expect.stringMatching(message) } });

  it.each(['/ca', '/user/admin:a', '/there/is/none'])('needs a token, wherever it goes: GET %s', async (path) => {
    const answer = await call('GET', path);
    expect(answer).toMatchObject(refused(/the token is missing/));
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('is refused with a token that was not made here', async () => {
    const [header, payload, signature] = (await logIn()).split('.');
    const none = `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`;
    const other = createHmac('sha256', 'another key').update(`${header}.${payload}`).digest('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const changed = `${header}.${encoded({ ...claims, service: 'plant', username: 'other' })}.${signature}`;
    const forged = [none, `${header}.${payload}.${other}`, changed, `${header}.${payload}`, 'x', '..', 'a.b.c'];
    for (const token of forged) expect(await call('GET', '/ca', { token })).toMatchObject(refused(/was not made here/));
    const basic = { authorization: `Basic ${btoa('user:password')}` };
    expect(await call('GET', '/ca', { headers: basic })).toMatchObject(refused(/the token is missing/));
  });

  it('is refused with a token that has expired', async () => {
    const token = await logIn();
    try {
      clock.ahead = 421_000;
      expect(await call('GET', '/ca', { token })).toMatchObject(refused(/has expired; get another one/));
    } finally {
      clock.ahead = 0;
    }
    expect((await call('GET', '/ca', { token })).status).toBe(200);
  });

  it('is refused when the user was deleted, also if another one has its name now', async () => {
    await users.add('leaver', 'admin', 'admin', PASSWORD);
    const token = await logIn('leaver');
    expect((await call('GET', '/ca', { token })).status).toBe(200);
    await users.delete('leaver');
    expect(await call('GET', '/ca', { token })).toMatchObject(refused(/its user is no more/));
    await users.add('leaver', 'admin', 'admin', PASSWORD);
    expect(await call('GET', '/ca', { token })).toMatchObject(refused(/its user is no more/));
  });

  it('is not slowed by the wrong tokens of others', async () => {
    for (let count = 0; count < 60; count++)
      expect((await call('GET', '/ca', { token: `x${count}` })).status).toBe(401);
    expect((await call('GET', '/ca', { token: await logIn() })).status).toBe(200);
  });
});

describe('a user', () => {
  it('of the group `user` may read CAs and have certificates signed, and nothing else', async () => {
    const token = await logIn('reader');
    const status = async (method: string, path: string, body?: unknown) =>
      (await call(method, path, { token, body })).status;
    expect(await status('GET', '/ca')).toBe(200);
    expect(await status('GET', '/ca/IOTmidCA/crl')).toBe(200);
    expect(await status('POST', '/sign/admin:g1/pkcs10', {})).toBe(400);
    expect(await status('POST', '/user', { username: 'admin:g1' })).toBe(403);
    expect(await status('PUT', '/ca/IOTmidCA/crl')).toBe(403);
    expect(await status('DELETE', '/ca/CN=IOTmidCA,O=EJBCA/certificate/01')).toBe(403);
    expect(await status('GET', '/user/admin:g1')).toBe(403);
  });

  it.each([
    ['POST', '/user', { username: 'plant:a1' }],
    ['POST', '/user', { username: 'v2k-bridge' }],
    ['GET', '/user/plant:a1', undefined],
    ['GET', '/user/plant:a1/find', undefined],
    ['DELETE', '/user/plant:a1', undefined],
    ['POST', '/sign/plant:a1/pkcs10', {}],
  ])('has nothing of another tenant, and no services: %s %s', async (method, path, body) => {
    await call('POST', '/user', { internal: true, body: { username: 'plant:a1' } });
    const answer = await call(method, path, { token: await logIn(), body });
    expect(answer).toMatchObject({
      status: 403,
      json: { message: expect.stringContaining('your token is for admin:DEVICE') },
    });
  });
});

describe('a web page', () => {
  it.each([
    ['the calls', () => pki.url],
    ['the internal calls', () => pki.internalUrl],
  ])('of another origin, or under another name, does not reach %s', async (_name, url) => {
    const origin = { origin: 'https://evil.example' };
    expect((await fetch(`${url()}/user`, { method: 'POST', body: '{}', headers: origin })).status).toBe(403);
  });
});
