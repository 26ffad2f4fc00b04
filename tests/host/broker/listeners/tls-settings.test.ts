// needs: openssl
import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BrokerError, type BrokerEvent, type TlsSettings } from '../../../../host/broker/index.js';
import { TestPki } from './certificates.js';
import { Client } from './client.js';
import { nextEvent, Program } from './programs.js';
import { startTls, type TlsBroker, type TlsBrokerOptions } from './tls-broker.js';

let pki: TestPki;
let broker: TlsBroker;
let events: BrokerEvent[];

beforeAll(() => {
  pki = new TestPki();
  pki.makeLowerCa();
});

afterAll(() => pki.remove());
afterEach(() => broker.close());

async function start(options: Partial<TlsBrokerOptions>): Promise<void> {
  events = [];
  broker = await startTls(pki, { log: (event) => events.push(event), ...options });
}

const certificate = (name: string) => ({ cert: pki.read(`${name}.crt`), key: pki.read(`${name}.key`) });

/** A client that was let in. */
async function come(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({
    ...{ host: '127.0.0.1', port: broker.port, servername: 'localhost', ca: pki.read('ca.crt') },
    ...options,
  });
  await new Client(socket).connect();
  return socket;
}

const sClient = (...args: string[]) =>
  new Program('openssl', ['s_client', '-connect', `127.0.0.1:${broker.port}`, '-servername', 'localhost', ...args]);

describe('a CA without a requirement of certificates', () => {
  it('completes the chain that is sent, and nobody is asked for a certificate', async () => {
    await start({ ...certificate('low-server'), ca: [pki.read('low.crt'), pki.read('ca.crt')] });
    const { stdout } = await sClient('-showcerts').ended;
    const names = [...stdout.matchAll(/^ \d s:(.*)$/gm)].map(([, name]) => name.replaceAll(' ', ''));
    expect(names).toEqual(['CN=localhost', 'CN=low', 'CN=ca']);
    expect(stdout).toContain('No client certificate CA names sent');
    // A client that trusts the root alone can verify it.
    const socket = await come(certificate('device'));
    expect(events.find(({ type }) => type === 'connected')).toMatchObject({ userName: undefined });
    socket.destroy();
  });

  it('asks for certificates with requestCertificate, and lets in who has none', async () => {
    const seen: (string | undefined)[] = [];
    await start({
      ca: pki.read('ca.crt'),
      requestCertificate: true,
      rules: {
        connect: ({ certificate }) => {
          seen.push(certificate?.subject);
          return { allow: true };
        },
      },
    });
    const { stdout } = await sClient().ended;
    expect(stdout).toContain('Acceptable client certificate CA names');
    for (const options of [certificate('device'), {}, certificate('stranger')]) (await come(options)).destroy();
    expect(seen).toEqual(['CN=device-1,O=Test', undefined, undefined]);
  });
});

describe('settings of TLS', () => {
  it.each<[string, Partial<TlsSettings>, ConnectionOptions, ConnectionOptions]>([
    ['minimumVersion', { minimumVersion: 'TLSv1.3' }, { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }],
    ['maximumVersion', { maximumVersion: 'TLSv1.2' }, { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }],
    [
      'ciphers',
      { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      { maxVersion: 'TLSv1.2' },
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
    ],
    [
      'a list of ciphers for both versions',
      { ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384' },
      { minVersion: 'TLSv1.3' },
      { ciphers: 'TLS_AES_128_GCM_SHA256', minVersion: 'TLSv1.3' },
    ],
    [
      'cipherSuites',
      { cipherSuites: 'TLS_AES_256_GCM_SHA384' },
      { maxVersion: 'TLSv1.2' },
      { ciphers: 'TLS_AES_128_GCM_SHA256', minVersion: 'TLSv1.3' },
    ],
    ['alpn', { alpn: ['mqtt'] }, { ALPNProtocols: ['x', 'mqtt'] }, { ALPNProtocols: ['http/1.1'] }],
  ])('%s decides who comes in, and the refusal says why and from where', async (_, settings, good, bad) => {
    await start(settings);
    (await come(good)).destroy();
    (await come({})).destroy();
    const refused = nextEvent(broker, 'refused');
    await expect(come(bad)).rejects.toThrow();
    expect(await refused).toMatchObject({
      reason: expect.stringContaining('TLS handshake failed'),
      remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    (await come(good)).destroy();
  });

  it.each<[string, Partial<TlsSettings>, 'tls' | 'options']>([
    ['requestCertificate needs ca', { requestCertificate: true }, 'options'],
    ['crl needs ca', { crl: 'x' }, 'options'],
    ['requireCertificate needs requestCertificate', { requireCertificate: true, requestCertificate: false }, 'options'],
    ['minimumVersion is TLSv1.3', { minimumVersion: 'TLSv1.3', maximumVersion: 'TLSv1.2' }, 'options'],
    ['minimumVersion is "TLSv1.1"', { minimumVersion: 'TLSv1.1' as 'TLSv1.2' }, 'options'],
    ['ciphers "TLS_NONE:', { cipherSuites: 'TLS_NONE' }, 'tls'],
    ['dhParameters cannot be used', { dhParameters: 'x' }, 'tls'],
    ['ca cannot be used: it holds no certificate', { ca: 'x' }, 'tls'],
    ['crl cannot be used', { ca: 'CA', crl: 'x' }, 'tls'],
    ['cert (/none) cannot be used: ENOENT', { cert: { file: '/none' } }, 'tls'],
    ['key cannot be used: it is encrypted', { key: 'ENCRYPTED' }, 'tls'],
    ['key cannot be used: it does not belong to cert', { key: 'OTHER' }, 'tls'],
  ])('are refused when %s', async (message, settings, code) => {
    await start({});
    const values: Record<string, () => string> = {
      CA: () => pki.read('ca.crt'),
      OTHER: () => pki.read('device.key'),
      ENCRYPTED: () => pki.print('pkey', '-in', 'server.key', '-aes128', '-passout', 'pass:x'),
    };
    const given = Object.entries(settings).map(([name, value]) => [name, values[String(value)]?.() ?? value]);
    const error = await startTls(pki, Object.fromEntries(given)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

it('a client that resets its connection in the handshake is reported with its address', async () => {
  await start({});
  const refused = nextEvent(broker, 'refused');
  const { connect: connectTcp } = await import('node:net');
  const socket = connectTcp(broker.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  const { localPort } = socket;
  socket.write(Buffer.from('16030102000100', 'hex'));
  socket.resetAndDestroy();
  expect(await refused).toMatchObject({ remote: `127.0.0.1:${localPort}` });
});
