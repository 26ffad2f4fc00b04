// needs: openssl
// alone: it replaces a function of Node
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import tls, { createServer, type Server, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TransportRequest, tlsTransport } from '../../../../host/microvisor/index.js';
import { nodeHttpClient } from '../../../../host/microvisor/transport/node-http-client.js';
import { TlsContexts } from '../../../../host/microvisor/transport/tls-contexts.js';
import { probe } from '../../../../host/probe/index.js';
import { type Identity, OpensslCertificates } from '../rig/openssl-certificates.js';

const pki = new OpensslCertificates();
let ca: Identity;
let otherCa: Identity;
let server: Identity;
let clients: Identity[];
beforeAll(() => {
  ca = pki.ca('test-ca');
  otherCa = pki.ca('other-ca');
  server = pki.issue(ca, 'localhost', 'DNS:localhost');
  clients = ['one', 'two', 'three'].map((name) => pki.issue(ca, name, `DNS:${name}`));
});
afterAll(() => pki.remove());

/** Counts every context that node:tls makes, by whoever: connect makes one for itself when it is given none. */
let made: { mock: { calls: unknown[] }; mockClear(): unknown };
let listener: Server | undefined;
beforeEach(() => {
  made = vi.spyOn(tls, 'createSecureContext');
  syncBuiltinESMExports();
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  listener?.close();
  listener = undefined;
});

/** A server that ends each connection. @returns its port, and the common names of the clients that came */
async function listen(options: TlsOptions = {}): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  listener = createServer({ cert: readFileSync(server.cert), key: readFileSync(server.key), ...options }, (socket) => {
    seen.push(String(socket.getPeerCertificate().subject?.CN));
    socket.on('error', () => {}).end();
  });
  listener.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => listener?.listen(0, '127.0.0.1', resolve));
  made.mockClear();
  return { port: (listener.address() as AddressInfo).port, seen };
}

/** Connects, and waits for the end of the connection. */
function connect(request: Partial<TransportRequest>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const whole = { host: 'localhost', port: 1, ca: [ca.certDer], clientChain: [], ...request };
    const events = { connected: () => {}, data: () => {} };
    tlsTransport()(whole, { ...events, closed: (failure) => resolve(failure?.detail) });
  });
}

const credentials = ({ certDer, keyDer }: Identity) => ({ clientChain: [certDer], clientKey: keyDer });

describe('connections with the same credentials', () => {
  it('share one TLS context, also with the Mozilla roots, which cost 1.1 MB', async () => {
    const { port } = await listen();
    for (let times = 0; times < 5; times++) expect(await connect({ port, ca: [] })).toContain('trusted CA');
    expect(made.mock.calls).toHaveLength(1);
  });

  it('share it whoever they are: devices, and the probe of doctor', async () => {
    const { port } = await listen({ requestCert: true, ca: readFileSync(ca.cert) });
    const own = credentials(clients[0]);
    await Promise.all([connect({ port, ...own }), connect({ port, ...own })]);
    const request = {
      host: 'localhost',
      port,
      ca: ca.certDer,
      clientChain: own.clientChain[0],
      clientKey: own.clientKey,
    };
    for await (const { failure } of probe({ ...request, protocolVersion: 5, clientId: 'a', timeout: 5000 }, 'tls')) {
      expect(failure).toBeUndefined();
    }
    expect(made.mock.calls).toHaveLength(1);
  });
});

describe('HTTP requests of guests', () => {
  it('share one TLS context, whatever they trust beside the Mozilla roots', async () => {
    const secure = createHttpsServer({ cert: readFileSync(server.cert), key: readFileSync(server.key) }, (_, answer) =>
      answer.end(),
    );
    listener = secure;
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    made.mockClear();
    const url = new URL(`https://localhost:${(secure.address() as AddressInfo).port}/`);
    const http = nodeHttpClient({ allowedHosts: ['localhost'], ca: [readFileSync(ca.cert, 'utf8')] });
    const request = { method: 'GET', url, headers: [], body: new Uint8Array(0), maximumBytes: 1000 };
    for (let times = 0; times < 3; times++) {
      const outcome = await new Promise((resolve) => void http(request, resolve));
      expect(outcome).toMatchObject({ result: 'answered', statusCode: 200 });
    }
    expect(made.mock.calls).toHaveLength(1);
  });
});

describe('after a change of the configuration', () => {
  it('the new certificate is shown, and the new CA counts', async () => {
    const { port, seen } = await listen({ requestCert: true, ca: readFileSync(ca.cert) });
    for (const client of [clients[1], clients[2], clients[1]]) await connect({ port, ...credentials(client) });
    expect(seen).toEqual(['two', 'three', 'two']);
    expect(made.mock.calls).toHaveLength(2);
    const distrust = await connect({ port, ...credentials(clients[1]), ca: [otherCa.certDer] });
    expect(distrust).toContain('trusted CA');
    expect(await connect({ port, ...credentials(clients[1]) })).toBeUndefined();
  });

  it('a key that did not belong to the certificate is not remembered', () => {
    const contexts = new TlsContexts();
    const { clientChain, clientKey } = credentials(clients[0]);
    const wrong = { ca: [], clientChain, clientKey: clients[1].keyDer };
    for (let times = 0; times < 2; times++) expect(() => contexts.of(wrong)).toThrow('does not belong');
    expect(contexts.of({ ...wrong, clientKey })).toBeDefined();
  });

  it('what is trusted is never taken for what is shown', () => {
    const contexts = new TlsContexts();
    const { clientChain, clientKey } = credentials(clients[0]);
    const [trusted, both] = [{ ca: clientChain }, { ca: [ca.certDer], clientChain, clientKey }];
    const all = [
      contexts.of({ ...trusted, clientChain: [] }),
      contexts.of(both),
      contexts.of({ ...both, ca: [] }),
      contexts.of({ ...both, clientChain: [...clientChain, ca.certDer], ca: [] }),
    ];
    expect(new Set(all).size).toBe(4);
  });
});

it('a few contexts are kept: the one used longest ago is given up', () => {
  const contexts = new TlsContexts(2);
  const of = ({ certDer }: Identity) => contexts.of({ ca: [certDer], clientChain: [] });
  const first = of(ca);
  const second = of(otherCa);
  expect(of(ca)).toBe(first);
  of(server);
  expect(of(ca)).toBe(first);
  expect(of(otherCa)).not.toBe(second);
});
