import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type HttpClientRequest,
  type HttpOutcome,
  type NodeHttpClientOptions,
  nodeHttpClient,
} from '../../../../host/microvisor/index.js';
import { ensurePki, type Pki } from '../../../../host/pki/index.js';

const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-http-'));
let pki: Pki;
beforeAll(async () => {
  pki = await ensurePki(folder, { deviceSid: `UV${'0'.repeat(32)}` });
});
afterAll(() => rmSync(folder, { recursive: true }));

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const httpsServer = (answer: RequestListener) =>
  listen(createHttpsServer({ key: pki.server.privateKeyPem, cert: pki.server.certificatePem }, answer));

const everything = (): NodeHttpClientOptions => ({ allowedHosts: ['*'], ca: [pki.ca.certificatePem] });

function ask(port: number, parts: Partial<HttpClientRequest> = {}, options = everything()): Promise<HttpOutcome> {
  const request: HttpClientRequest = {
    method: 'GET',
    url: new URL(`https://localhost:${port}/a?b=c`),
    headers: [],
    body: new Uint8Array(0),
    maximumBytes: 4096,
    ...parts,
  };
  return new Promise((resolve) => void nodeHttpClient(options)(request, resolve));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('the HTTP client of the host', () => {
  it('makes a request over TLS as it is given, with what every request needs, and returns the answer as it came', async () => {
    let seen: unknown[] = [];
    const port = await httpsServer(async (request, response) => {
      seen = [request.method, request.url, request.rawHeaders, await bodyOf(request)];
      response.writeHead(201, ['X-One', 'a', 'x-one', 'b']).end('made');
    });
    const body = Buffer.from('text');
    const outcome = await ask(port, { method: 'PUT', headers: [['X-Case', 'kept']], body });
    expect(seen).toEqual([
      'PUT',
      '/a?b=c',
      ['Host', `localhost:${port}`, 'Connection', 'close', 'Content-Length', '4', 'X-Case', 'kept'],
      'text',
    ]);
    if (outcome.result !== 'answered') throw new Error(outcome.result);
    expect([outcome.statusCode, Buffer.from(outcome.body).toString()]).toEqual([201, 'made']);
    expect(outcome.headers.slice(0, 2)).toEqual(['X-One: a', 'x-one: b']);
  });

  it('does not follow a redirect', async () => {
    const port = await httpsServer((_, response) => response.writeHead(302, { Location: 'https://b.test/' }).end());
    expect(await ask(port)).toMatchObject({ result: 'answered', statusCode: 302 });
  });

  it.each([
    ['no host at all', []],
    ['another host', ['a.test']],
    ['what is below the host', ['*.localhost']],
  ])('reaches nobody when %s is allowed, and says what allows it', async (_, allowedHosts) => {
    expect(await ask(1, {}, { allowedHosts })).toEqual({
      result: 'failed',
      detail: 'the host localhost is not allowed; allow it with --allow-host localhost',
    });
  });

  it.each([
    ['a body that grows beyond what fits', (response: ServerResponse) => response.end(Buffer.alloc(100_000))],
    [
      'an endless body',
      (response: ServerResponse) => {
        const more = () =>
          void (response.write(Buffer.alloc(10_000)) ? setImmediate(more) : response.once('drain', more));
        more();
      },
    ],
    ['headers that do not fit', (response: ServerResponse) => response.writeHead(200, { X: 'x'.repeat(5000) }).end()],
    [
      'headers and a body that do not fit together',
      (response: ServerResponse) => response.writeHead(200, { X: 'x'.repeat(2000) }).end(Buffer.alloc(2200)),
    ],
  ])('ends an answer with %s', async (_, answer) => {
    const port = await httpsServer((_request, response) => void answer(response));
    expect(await ask(port)).toEqual({ result: 'tooLarge' });
  });

  it('takes an answer that fits to the byte', async () => {
    const port = await httpsServer((_, response) => {
      response.sendDate = false;
      response.writeHead(200, ['X', 'y']).end(Buffer.alloc(100));
    });
    const outcome = await ask(port);
    if (outcome.result !== 'answered') throw new Error(outcome.result);
    const size = outcome.headers.join('').length + 100;
    expect(await ask(port, { maximumBytes: size })).toMatchObject({ result: 'answered' });
    expect(await ask(port, { maximumBytes: size - 1 })).toEqual({ result: 'tooLarge' });
  });

  it.each([
    ['closes at once', (response: ServerResponse) => response.destroy(), /socket hang up|closed/],
    [
      'closes in the middle of a body',
      (response: ServerResponse) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('half', () => response.destroy());
      },
      /in the middle/,
    ],
  ])('fails when the server %s', async (_, answer, detail) => {
    const port = await httpsServer((_request, response) => void answer(response));
    expect(await ask(port)).toEqual({ result: 'failed', detail: expect.stringMatching(detail) });
  });

  it('fails for a certificate of a CA that is not trusted, and for a name that it is not for', async () => {
    const port = await httpsServer((_, response) => void response.end());
    expect(await ask(port, {}, { allowedHosts: ['localhost'] })).toMatchObject({ result: 'failed' });
    const lookup: NodeHttpClientOptions['lookup'] = (_host, options, found) => {
      if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }]);
      else found(null, '127.0.0.1', 4);
    };
    const outcome = await ask(port, { url: new URL(`https://other.test:${port}/`) }, { ...everything(), lookup });
    expect(outcome).toEqual({ result: 'failed', detail: expect.stringMatching(/other\.test/) });
  });

  it('fails when nobody listens, and for bytes that are not HTTP', async () => {
    expect(await ask(1)).toEqual({ result: 'failed', detail: expect.stringMatching(/ECONNREFUSED/) });
    const port = await listen(createTcpServer((socket) => socket.end('hello\r\n\r\n').on('error', () => {})));
    const outcome = await ask(port, { url: new URL(`http://127.0.0.1:${port}/`) });
    expect(outcome).toEqual({ result: 'failed', detail: expect.stringMatching(/Parse Error/) });
  });

  it('closes the connection of a request that is aborted, and reports nothing', async () => {
    const seen = new EventEmitter();
    const [arrived, closed] = [once(seen, 'arrived'), once(seen, 'closed')];
    const port = await listen(
      createServer((request) => {
        request.socket.on('close', () => seen.emit('closed'));
        seen.emit('arrived');
      }),
    );
    const outcomes: HttpOutcome[] = [];
    const url = new URL(`http://127.0.0.1:${port}/`);
    const exchange = nodeHttpClient({ allowedHosts: ['127.0.0.1'] })(
      { method: 'GET', url, headers: [], body: new Uint8Array(0), maximumBytes: 10 },
      (outcome) => outcomes.push(outcome),
    );
    await arrived;
    exchange.abort();
    await closed;
    expect(outcomes).toEqual([]);
  });
});
