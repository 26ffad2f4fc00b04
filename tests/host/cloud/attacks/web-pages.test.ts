// engine: LMDB
import { describe, expect, it } from 'vitest';
import { ACCOUNT } from '../cloud-rig.js';
import { AUTHORIZATION, expectProblem, HOST, openAttacked } from './attack-rig.js';
import { RawClient } from './raw-client.js';

async function ask(port: number, ...lines: string[]) {
  const client = await RawClient.open(port);
  client.send(...lines, AUTHORIZATION, 'Connection: close', '', '');
  return (await client.answers())[0];
}

describe('the Host header', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:8180',
    '192.0.2.7',
    'localhost',
    'LocalHost:80',
    'app.localhost',
    'Cloud.Example.com:8443',
    'public.example',
  ])('may be an address, localhost, or a name that was given: %s', async (host) => {
    const { port } = await openAttacked({ hostNames: ['cloud.example.com'], publicUrl: 'https://public.example' });
    expect((await ask(port, 'GET /v1/Configs HTTP/1.1', `Host: ${host}`)).status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'example.com',
    'sub.cloud.example.com',
    'x',
  ])('is refused with another name, to which a page may have bound this address: %s', async (host) => {
    const { port, values, othersAreServed } = await openAttacked({ hostNames: ['cloud.example.com'] });
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const answer = await ask(port, `${method} /v1/Configs/k HTTP/1.1`, `Host: ${host}`);
      expectProblem(answer, 421);
      expect(answer.body).not.toContain(host);
    }
    expectProblem(await ask(port, 'GET /healthz HTTP/1.1', `Host: ${host}`), 421);
    expect(await values.list(ACCOUNT, 'configs')).toEqual([]);
    await othersAreServed();
  });

  it('does not decide how addresses in answers begin when there is a public address', async () => {
    const { port } = await openAttacked({ publicUrl: 'https://cloud.example.com' });
    const { body } = await ask(port, 'GET /v1/Configs HTTP/1.1', HOST);
    expect(JSON.parse(body).meta.url).toMatch('https://cloud.example.com/v1/Configs?');
  });

  it.each(['ftp://x', 'cloud.example.com', 'https://x/path', 'https://a:b@x', 'https://x?y', ''])(
    'a public address that is none ends the start: %s',
    async (publicUrl) => {
      await expect(openAttacked({ publicUrl })).rejects.toMatchObject({ code: 'options' });
    },
  );
});

describe('a page of another origin', () => {
  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example'])(
    'may not call: %s',
    async (origin) => {
      const { port, othersAreServed } = await openAttacked({ corsOrigins: ['https://console.example.com'] });
      const answer = await ask(port, 'GET /v1/Configs HTTP/1.1', HOST, `Origin: ${origin}`);
      expectProblem(answer, 403);
      expect(answer.head).not.toMatch(/access-control/i);
      const preflight = await ask(
        port,
        'OPTIONS /v1/Configs HTTP/1.1',
        HOST,
        `Origin: ${origin}`,
        'Access-Control-Request-Method: POST',
      );
      expectProblem(preflight, 403);
      await othersAreServed();
    },
  );

  it('may call when its origin was given, and sees errors too', async () => {
    const { port } = await openAttacked({ corsOrigins: ['https://console.example.com'] });
    const origin = 'Origin: https://console.example.com';
    for (const [path, status] of [
      ['/v1/Configs', 200],
      ['/v1/Configs/none', 404],
      ['/nowhere', 404],
    ] as const) {
      const answer = await ask(port, `GET ${path} HTTP/1.1`, HOST, origin);
      expect(answer.status).toBe(status);
      expect(answer.head).toMatch(/^access-control-allow-origin: https:\/\/console\.example\.com$/im);
      expect(answer.head).toMatch(/^vary: Origin$/im);
    }
  });

  it('gets the answer to its preflight without credentials, which a browser does not send', async () => {
    const { port } = await openAttacked({ corsOrigins: ['https://console.example.com'] });
    const client = await RawClient.open(port);
    client.send('OPTIONS /v1/Configs/k HTTP/1.1', HOST, 'Origin: https://console.example.com');
    client.send('', 'Access-Control-Request-Method: DELETE', 'Access-Control-Request-Headers: authorization', '', '');
    const [{ status, head }] = await client.answers(1);
    expect(status).toBe(204);
    expect(head).toMatch(/^access-control-allow-methods: GET, POST, DELETE$/im);
    expect(head).toMatch(/^access-control-allow-headers: authorization, content-type$/im);
  });

  it('of this server may call', async () => {
    const { port } = await openAttacked({ publicUrl: 'https://cloud.example.com' });
    const host = `Host: localhost:${port}`;
    expect((await ask(port, 'GET /v1/Configs HTTP/1.1', host, `Origin: http://localhost:${port}`)).status).toBe(200);
    expect((await ask(port, 'GET /v1/Configs HTTP/1.1', host, 'Origin: https://cloud.example.com')).status).toBe(200);
  });
});

describe('forwarded headers', () => {
  const FORWARDED = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Host: cloud.example.com', 'X-Forwarded-Proto: https'];

  it('count for nothing when they come from somebody', async () => {
    const { port } = await openAttacked({ hostNames: ['cloud.example.com'], trustedProxies: ['10.0.0.0/8'] });
    const { body } = await ask(port, 'GET /v1/Configs HTTP/1.1', HOST, ...FORWARDED);
    expect(JSON.parse(body).meta.url).toMatch(/^http:\/\/127\.0\.0\.1\/v1/);
  });

  it('count when they come from a proxy that is trusted, and its host has to be a name that was given', async () => {
    const { port } = await openAttacked({ hostNames: ['cloud.example.com'], trustedProxies: ['127.0.0.0/8'] });
    const { body } = await ask(port, 'GET /v1/Configs HTTP/1.1', HOST, ...FORWARDED);
    expect(JSON.parse(body).meta.url).toMatch(/^https:\/\/cloud\.example\.com\/v1/);
    expectProblem(await ask(port, 'GET /v1/Configs HTTP/1.1', HOST, 'X-Forwarded-Host: evil.example'), 421);
  });

  it.each(['proxy.example', '10.0.0.0/33', '10.0.0.1/', ''])('proxies are addresses: %s', async (proxy) => {
    await expect(openAttacked({ trustedProxies: [proxy] })).rejects.toMatchObject({ code: 'options' });
  });
});
