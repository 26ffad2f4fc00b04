// needs: openssl
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openssl, pkiAt, SID, temporaryFolder } from './pki-rig.js';

const now = Date.now();

async function folderWithPki() {
  const folder = temporaryFolder();
  const pki = await pkiAt(folder, now);
  const file = (name: string) => join(folder, name);
  const describeCertificate = async (name: string) =>
    (await openssl('x509', '-in', file(name), '-noout', '-text')).output;
  return { folder, pki, file, describeCertificate, device: file(`device-${SID}.pem`) };
}

describe('openssl', () => {
  it.each([
    ['the server certificate for localhost', 'server', ['-purpose', 'sslserver', '-verify_hostname', 'localhost']],
    ['the server certificate for 127.0.0.1', 'server', ['-purpose', 'sslserver', '-verify_ip', '127.0.0.1']],
    ['the server certificate for ::1', 'server', ['-purpose', 'sslserver', '-verify_ip', '::1']],
    ['the device certificate', `device-${SID}`, ['-purpose', 'sslclient']],
  ])('accepts %s, with its strict checks', async (_, name, options) => {
    const { file } = await folderWithPki();
    const result = await openssl('verify', '-x509_strict', '-CAfile', file('ca.pem'), ...options, file(`${name}.pem`));
    expect(result).toEqual({ code: 0, output: `${file(`${name}.pem`)}: OK\n` });
  });

  it.each([
    ['the server certificate for a client', 'server', ['-purpose', 'sslclient']],
    ['the device certificate for a server', `device-${SID}`, ['-purpose', 'sslserver']],
    ['the server certificate for another host', 'server', ['-purpose', 'sslserver', '-verify_hostname', 'example.com']],
  ])('refuses %s', async (_, name, options) => {
    const { file } = await folderWithPki();
    expect((await openssl('verify', '-CAfile', file('ca.pem'), ...options, file(`${name}.pem`))).code).not.toBe(0);
  });

  it('refuses certificates of another CA', async () => {
    const { device } = await folderWithPki();
    const other = await folderWithPki();
    expect((await openssl('verify', '-CAfile', other.file('ca.pem'), device)).code).not.toBe(0);
  });

  it('sees the extensions of RFC 5280, 4.2.1', async () => {
    const { describeCertificate } = await folderWithPki();
    const [ca, server, device] = await Promise.all(
      ['ca.pem', 'server.pem', `device-${SID}.pem`].map(describeCertificate),
    );
    const identifier = (text: string, kind: string) =>
      new RegExp(`${kind} Key Identifier: \\n\\s+([0-9A-F:]{59})\\n`).exec(text)?.[1];

    expect(ca).toMatch(/Subject: CN = wasmqtt development CA [0-9a-f]{8}\n/);
    expect(ca).toMatch(/Basic Constraints: critical\n\s+CA:TRUE, pathlen:0\n/);
    expect(ca).toMatch(/Key Usage: critical\n\s+Certificate Sign, CRL Sign\n/);
    expect(server).toMatch(
      /Subject Alternative Name: \n\s+DNS:localhost, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1\n/,
    );
    expect(server).toMatch(/Extended Key Usage: \n\s+TLS Web Server Authentication\n/);
    expect(device).toMatch(new RegExp(`Subject: CN = ${SID}\n`));
    expect(device).toMatch(/Extended Key Usage: \n\s+TLS Web Client Authentication\n/);
    for (const leaf of [server, device]) {
      expect(leaf).toMatch(/Basic Constraints: critical\n\s+CA:FALSE\n/);
      expect(leaf).toMatch(/Key Usage: critical\n\s+Digital Signature\n/);
    }
    for (const text of [ca, server, device]) {
      expect(text).toContain('NIST CURVE: P-256');
      expect(text).toContain('ecdsa-with-SHA256');
      // Positive, so the first byte is below 0x80.
      expect(text).toMatch(/Serial Number:\s+[4-7][0-9a-f](:[0-9a-f]{2}){15}\n/);
      expect(identifier(text, 'Authority')).toBe(identifier(ca, 'Subject'));
    }
    expect(new Set([ca, server, device].map((text) => identifier(text, 'Subject'))).size).toBe(3);
    expect(new Set([ca, server, device].map((text) => /Serial Number:\s+(.*)\n/.exec(text)?.[1])).size).toBe(3);
  });

  it('reads the DER forms, and the key is unencrypted PKCS#8', async () => {
    const { folder, pki, file } = await folderWithPki();
    writeFileSync(join(folder, 'certificate.der'), pki.device.certificateDer);
    writeFileSync(join(folder, 'key.der'), pki.device.privateKeyPkcs8);
    const fromDer = await openssl('x509', '-inform', 'der', '-in', file('certificate.der'), '-noout', '-pubkey');
    const fromKey = await openssl(
      'pkcs8',
      '-inform',
      'der',
      '-nocrypt',
      '-in',
      file('key.der'),
      '-out',
      file('key.pem'),
    );
    expect(fromKey.code).toBe(0);
    expect(fromDer.output).toBe((await openssl('pkey', '-in', file('key.pem'), '-pubout')).output);
    expect(fromDer.output).toContain('BEGIN PUBLIC KEY');
  });
});

describe('the sizes', () => {
  it("fit the demo application's buffers: certificate 1024 bytes, key and CA 1536", async () => {
    const { pki } = await folderWithPki();
    expect(pki.device.certificateDer.length).toBeLessThanOrEqual(1024);
    expect(pki.device.privateKeyPkcs8.length).toBeLessThanOrEqual(1536);
    expect(pki.ca.certificateDer.length).toBeLessThanOrEqual(1536);
  });
});
