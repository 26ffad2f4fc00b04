// needs: openssl
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCertificate } from '../../../../host/broker/index.js';
import { TestPki } from './certificates.js';
import { Client } from './client.js';
import { dial } from './doors.js';
import { startTls } from './tls-broker.js';

let pki: TestPki;

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());

/** What rules see of a client with the certificate of this name. */
async function seen(name: string): Promise<ClientCertificate> {
  const certificates: (ClientCertificate | undefined)[] = [];
  const broker = await startTls(pki, {
    ca: pki.read('ca.crt'),
    requireCertificate: true,
    rules: {
      connect: ({ certificate }) => {
        certificates.push(certificate);
        return { allow: true };
      },
    },
  });
  const own = { cert: pki.read(`${name}.crt`), key: pki.read(`${name}.key`) };
  const client = new Client(await dial(broker.listeners[0], pki, own));
  await client.connect();
  client.stream.destroy();
  await broker.close();
  return certificates[0]!;
}

describe('of a client certificate, rules see', () => {
  it('subject, serial number, fingerprint and DER as openssl shows them', async () => {
    pki.issueDevice('rich', '/C=DE/O=A, B + "C"/OU=x+CN=Gerät #1/emailAddress=a@b.example', undefined, '-utf8');
    const certificate = await seen('rich');
    const print = (...args: string[]) =>
      pki
        .print('x509', '-in', 'rich.crt', '-noout', ...args)
        .trim()
        .split('=');
    const [, ...subject] = print('-subject', '-nameopt', 'RFC2253');
    expect(certificate.subject).toBe(subject.join('='));
    const { raw } = new X509Certificate(pki.read('rich.crt'));
    expect(Buffer.from(certificate.der).equals(raw)).toBe(true);
    expect(certificate.fingerprint).toBe(print('-fingerprint', '-sha256')[1].replaceAll(':', '').toLowerCase());
    expect(certificate.serialNumber).toBe(print('-serial')[1].toLowerCase().replace(/^0+/, ''));
    expect(certificate.commonName).toBe('Gerät #1');
  });

  it('the first of several common names', async () => {
    pki.issueDevice('two', '/CN=first/O=x/CN=second');
    expect(await seen('two')).toMatchObject({ commonName: 'first', subject: 'CN=second,O=x,CN=first' });
  });

  it('no common name where there is none', async () => {
    pki.issueDevice('none', '/O=x');
    expect((await seen('none')).commonName).toBeUndefined();
  });

  it('alternative names whole, whatever stands in them', async () => {
    const names = [
      'DNS.1=a.example',
      'DNS.2=b.example\\, DNS:evil.example',
      'URI.1=urn:x:a\\, b',
      'email.1=a@b.example',
      'IP.1=192.0.2.7',
      'IP.2=2001:db8::1',
    ];
    pki.issueDevice('names', '/CN=x', `subjectAltName=@names\n[names]\n${names.join('\n')}`);
    expect((await seen('names')).subjectAltNames).toEqual([
      'DNS:a.example',
      'DNS:b.example, DNS:evil.example',
      'URI:urn:x:a, b',
      'email:a@b.example',
      'IP Address:192.0.2.7',
      'IP Address:2001:db8:0:0:0:0:0:1',
    ]);
  });
});
