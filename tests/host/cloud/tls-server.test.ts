// engine: LMDB
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ensurePki } from '../../../host/pki/index.js';
import { AUTHORIZATION, HOST, SHORT } from './attacks/attack-rig.js';
import { RawClient } from './attacks/raw-client.js';
import { openCloud, temporaryFolder } from './cloud-rig.js';

const DEVICE_SID = `UV${'0'.repeat(32)}`;

/** Certificate and key of a server, in files that may be replaced, and their CA. */
async function pki(folder = temporaryFolder()) {
  await ensurePki(folder, { deviceSid: DEVICE_SID });
  const files = { certFile: join(folder, 'server.pem'), keyFile: join(folder, 'server.key') };
  return { files, folder, ca: readFileSync(join(folder, 'ca.pem')) };
}

async function openSecure(limits = {}) {
  const material = await pki();
  const lines: string[] = [];
  const opened = await openCloud({
    tls: material.files,
    limits,
    log: (line, kind) => void (kind === 'server' && lines.push(line)),
  });
  return { ...opened, ...material, lines, port: opened.cloud.port };
}

/** The certificate that the server shows, by its fingerprint. */
function shown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('with certificate and key the server', () => {
  it('speaks HTTPS, and begins addresses in answers so', async () => {
    const { cloud, port, ca } = await openSecure();
    expect(cloud.url).toBe(`https://127.0.0.1:${port}`);
    const client = await RawClient.openTls(port, { ca });
    client.send('GET /v1/Configs HTTP/1.1', `Host: localhost:${port}`, AUTHORIZATION, '', '');
    const [{ status, body }] = await client.answers(1);
    expect([status, JSON.parse(body).meta.url]).toEqual([
      200,
      `https://localhost:${port}/v1/Configs?PageSize=50&Page=0`,
    ]);
    client.send('nonsense', '', '');
    expect((await client.answers(2))[1].status).toBe(400);
  });

  it('refuses TLS 1.1, and serves 1.2 and 1.3', async () => {
    const { port, ca } = await openSecure();
    const ciphers = 'DEFAULT@SECLEVEL=0';
    await expect(
      RawClient.openTls(port, { ca, ciphers, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }),
    ).rejects.toThrow();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await RawClient.openTls(port, { ca, minVersion: version, maxVersion: version });
    }
  });

  it('ends plain HTTP, half a handshake and a silent socket', async () => {
    const { port } = await openSecure(SHORT);
    const plain = (await RawClient.open(port)).send('GET / HTTP/1.1', HOST, '', '');
    const half = (await RawClient.open(port)).send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
    const dripping = (await RawClient.open(port)).send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03').drip('\x00', 20);
    const silent = await RawClient.open(port);
    await Promise.all([plain.closed, half.closed, dripping.closed, silent.closed]);
    expect(plain.text).not.toContain('HTTP/1.1 200');
  });

  it('ends a connection that is silent after its handshake', async () => {
    const { port, ca } = await openSecure(SHORT);
    const client = await RawClient.openTls(port, { ca });
    expect((await client.answers()).map(({ status }) => status)).toEqual([408]);
  });

  it.each(['when they change', 'on reload'])('takes other files %s, and open connections stay', async (when) => {
    const { cloud, port, files, ca, lines } = await openSecure();
    const client = await RawClient.openTls(port, { ca });
    const before = await shown(port);
    const other = await pki();
    // Replaced, as a tool for certificates does it.
    for (const [from, to] of [
      [other.files.keyFile, files.keyFile],
      [other.files.certFile, files.certFile],
    ]) {
      copyFileSync(from, `${to}.new`);
      renameSync(`${to}.new`, to);
    }
    if (when === 'on reload') cloud.reload();
    await expect.poll(() => shown(port)).not.toBe(before);
    expect(lines).toContain('certificate and key were read again');
    client.send('GET /healthz HTTP/1.1', HOST, '', '');
    expect(await client.answers(1)).toMatchObject([{ status: 200 }]);
  });

  it.each<
    [
      string,
      (files: { certFile: string; keyFile: string }, other: { certFile: string; keyFile: string }) => void,
      RegExp,
    ]
  >([
    [
      'the certificate is not PEM',
      ({ certFile }) => writeFileSync(certFile, 'nonsense'),
      /certificate \(.*\) cannot be used/,
    ],
    [
      'the key is missing',
      ({ keyFile }) => renameSync(keyFile, `${keyFile}.away`),
      /key \(.*\) cannot be used: ENOENT/,
    ],
    [
      'the key is a folder',
      ({ keyFile }) => {
        renameSync(keyFile, `${keyFile}.away`);
        mkdirSync(keyFile);
      },
      /key \(.*\) cannot be used: EISDIR/,
    ],
    [
      'they do not belong together',
      ({ keyFile }, other) => copyFileSync(other.keyFile, keyFile),
      /it does not belong to certificate/,
    ],
  ])('keeps the former ones when %s', async (_, spoil, reason) => {
    const { cloud, port, files, lines } = await openSecure();
    const before = await shown(port);
    spoil(files, (await pki()).files);
    cloud.reload();
    expect(lines.at(-1)).toMatch(/^the former certificate stays: /);
    expect(lines.at(-1)).toMatch(reason);
    expect(await shown(port)).toBe(before);
    await expect(openCloud({ tls: files })).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringMatching(reason),
    });
  });
});

describe('beyond loopback the server listens', () => {
  it('only with TLS, or when it shall do without', async () => {
    await expect(openCloud({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'options',
      message: expect.stringMatching(/^0\.0\.0\.0 is not loopback: without TLS, .* \(--tls-cert, --tls-key\)/),
    });
    const { files } = await pki();
    expect((await openCloud({ host: '0.0.0.0', tls: files })).cloud.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const named = await openCloud({ host: '0.0.0.0', beyondLoopback: true, hostNames: ['cloud.example.com'] });
    expect(named.cloud.url).toBe(`http://cloud.example.com:${named.cloud.port}`);
  });
});
