// needs: openssl
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCertificate, readCertificateRequest, readCrl } from '../../../../host/core/der/index.js';
import { OpenSsl } from '../support/openssl.js';

const openssl = new OpenSsl();

beforeAll(() => {
  for (const type of ['rsa-2048', 'p-256'] as const) openssl.makeKey(type);
});
afterAll(() => openssl[Symbol.dispose]());

const EXTENSIONS = [
  'basicConstraints=critical,CA:TRUE,pathlen:2',
  'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
  'extendedKeyUsage=serverAuth,clientAuth',
  'subjectAltName=DNS:example.com,DNS:*.example.com,IP:127.0.0.1,IP:2001:db8::1,URI:https://example.com/,email:a@example.com',
  'crlDistributionPoints=URI:http://example.com/ca.crl',
  'nameConstraints=critical,permitted;DNS:example.com',
].flatMap((extension) => ['-addext', extension]);

describe('a certificate that openssl made', () => {
  it('has every field that Node reads, and the extensions', () => {
    const der = openssl.certificate('rsa-2048', '/C=DE/O=Example/OU=Devices/CN=one', ...EXTENSIONS);
    const node = new X509Certificate(der);
    const ours = readCertificate(der);
    expect(ours.subject).toEqual({
      commonName: 'one',
      countryName: 'DE',
      organizationName: 'Example',
      organizationalUnitName: 'Devices',
    });
    expect(ours.issuer).toEqual(ours.subject);
    expect(ours.issuerRaw.equals(ours.subjectRaw)).toBe(true);
    expect(ours.ca).toBe(node.ca);
    expect(ours.pathLenConstraint).toBe(2);
    expect(ours.keyUsage).toEqual(['digitalSignature', 'keyCertSign', 'cRLSign']);
    expect(ours.extKeyUsage).toEqual(node.keyUsage);
    expect(ours.subjectAltName).toEqual([
      { type: 'dns', value: 'example.com' },
      { type: 'dns', value: '*.example.com' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '2001:db8:0:0:0:0:0:1' },
      { type: 'uri', value: 'https://example.com/' },
      { type: 'email', value: 'a@example.com' },
    ]);
    expect(ours.crlDistributionPoint).toBe('http://example.com/ca.crl');
    expect(ours.subjectKeyIdentifier).toHaveLength(20);
    expect(ours.authorityKeyIdentifier?.equals(ours.subjectKeyIdentifier as Buffer)).toBe(true);
    expect(ours.publicKeyExponent).toBe(65537n);
    expect(ours.signatureAlgorithm).toBe('1.2.840.113549.1.1.11');
    const spki = node.publicKey.export({ type: 'spki', format: 'der' });
    expect(ours.subjectPublicKeyInfo.equals(spki)).toBe(true);
    expect(ours.raw.equals(der)).toBe(true);
    expect(verify('sha256', ours.tbs, node.publicKey, ours.signature)).toBe(true);
    // nameConstraints is critical and not read here.
    expect([ours.unknownCriticalCount, ours.unknownCriticalOid]).toEqual([1, '2.5.29.30']);
  });

  it('has each of its names, whatever their length', () => {
    for (const length of [127, 128, 300]) {
      const value = 'https://example.com/'.padEnd(length, 'x');
      const der = openssl.certificate('p-256', '/CN=long', '-addext', `subjectAltName=URI:${value},DNS:a.example`);
      expect(readCertificate(der).subjectAltName).toEqual([
        { type: 'uri', value },
        { type: 'dns', value: 'a.example' },
      ]);
    }
  });

  it('has the first URI of its distribution points, which follows names of other types', () => {
    const points = 'DNS:a.example,URI:http://one.example/ca.crl,URI:http://two.example/ca.crl';
    const der = openssl.certificate('p-256', '/CN=points', '-addext', `crlDistributionPoints=${points}`);
    expect(readCertificate(der).crlDistributionPoint).toBe('http://one.example/ca.crl');
  });

  it('keeps its fields when the input changes afterwards', () => {
    const der = openssl.certificate('p-256', '/CN=stays');
    const ours = readCertificate(der);
    der.fill(0);
    expect(ours.subjectCN).toBe('stays');
  });
});

describe('a request that openssl made (RFC 2986)', () => {
  it('has its subject, its key and the requested names', () => {
    openssl.run(
      'req',
      '-new',
      '-key',
      'p-256.key',
      '-subj',
      '/CN=device',
      '-outform',
      'der',
      '-out',
      'a.csr',
      '-addext',
      'subjectAltName=DNS:device.local',
    );
    const request = readCertificateRequest(openssl.read('a.csr'));
    expect(verify('sha256', request.tbs, createPublicKey(openssl.read('p-256.key')), request.signature)).toBe(true);
    expect(request).toMatchObject({
      version: 1,
      subjectCN: 'device',
      publicKeyAlgorithm: 'ec',
      publicKeyCurve: 'P-256',
      subjectAltName: [{ type: 'dns', value: 'device.local' }],
    });
    openssl.run('req', '-new', '-key', 'rsa-2048.key', '-subj', '/CN=plain', '-outform', 'der', '-out', 'b.csr');
    expect(readCertificateRequest(openssl.read('b.csr'))).toMatchObject({ publicKeyBits: 2048, subjectAltName: [] });
  });
});

describe('a CRL that openssl made (RFC 5280 5)', () => {
  /** A CA of openssl ca with 40 revoked certificates, some with a reason. */
  function makeCrl(...options: string[]): Buffer {
    openssl.certificate('p-256', '/CN=ca', '-outform', 'pem', '-out', 'ca.pem');
    const index = Array.from({ length: 40 }, (_, n) => {
      const serial = (0x80 + n).toString(16).toUpperCase().padStart(4, '0');
      return `R\t300101000000Z\t2401010000${String(n).padStart(2, '0')}Z${n % 2 ? ',keyCompromise' : ''}\t${serial}\tunknown\t/CN=x${n}\n`;
    });
    const file = (name: string) => join(openssl.folder, name);
    writeFileSync(file('index.txt'), index.join(''));
    writeFileSync(file('crlnumber'), '1F\n');
    writeFileSync(
      file('ca.cnf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=30\n[e]\nauthorityKeyIdentifier=keyid\n',
    );
    openssl.run(
      'ca',
      '-config',
      'ca.cnf',
      '-gencrl',
      '-keyfile',
      'p-256.key',
      '-cert',
      'ca.pem',
      '-out',
      'crl.pem',
      ...options,
    );
    openssl.run('crl', '-in', 'crl.pem', '-outform', 'der', '-out', 'crl.der');
    return openssl.read('crl.der');
  }

  it('of v2 has its fields, and finds each entry without a list', () => {
    const crl = readCrl(makeCrl('-crlexts', 'e'));
    expect(verify('sha256', crl.tbs, createPublicKey(openssl.read('ca.pem')), crl.signature)).toBe(true);
    expect(crl).toMatchObject({ version: 2, issuerCN: 'ca', crlNumber: '1F', unknownCriticalCount: 0 });
    expect(crl.authorityKeyIdentifier).toHaveLength(20);
    expect((crl.nextUpdate as Date).getTime() - crl.thisUpdate.getTime()).toBe(30 * 86_400_000);
    for (let n = 0; n < 40; n++) {
      const serial = `00${(0x80 + n).toString(16)}`;
      const revocationDate = new Date(Date.UTC(2024, 0, 1, 0, 0, n));
      expect(crl.find(serial), serial).toEqual({ revocationDate, reasonCode: n % 2 });
    }
    expect(crl.find('7F')).toBeUndefined();
    // Text without digits is not a number: there is no answer, so none is given.
    expect(() => crl.find('')).toThrow(RangeError);
  });
});
