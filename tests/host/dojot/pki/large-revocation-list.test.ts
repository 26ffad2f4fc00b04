import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, expect, it } from 'vitest';
import { readCrl } from '../../../../host/core/index.js';
import { revocationListOf } from '../../../../host/dojot/certificates/certificate-set.js';
import { writeRevocationList } from '../../../../host/dojot/pki/issue/revocation-list.js';

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
let keys: webcrypto.CryptoKeyPair;
let authority: X509Certificate;

beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { ...RSA, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const made = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=ca', keys, signingAlgorithm: RSA });
  authority = new X509Certificate(Buffer.from(made.rawData));
});

/** A CRL with so many lines. */
function list(lines: number): Promise<Buffer> {
  const issuer = new Uint8Array(new x509.X509Certificate(authority.raw).subjectName.toArrayBuffer());
  const dates = { thisUpdate: new Date(1e12), nextUpdate: new Date(2e12) };
  const line = (_: unknown, at: number) => ({ serialNumber: (at + 1).toString(16), date: new Date(1e12), reason: 1 });
  return writeRevocationList(
    { issuer, keyIdentifier: Buffer.alloc(20), number: 1, ...dates },
    Array.from({ length: lines }, line),
    (tbs) => webcrypto.subtle.sign(RSA, keys.privateKey, tbs),
  );
}

it('a CRL is made and used however many certificates it has', async () => {
  const der = await list(150_000);
  expect(readCrl(der).length).toBe(der.length);
  expect(revocationListOf(der, authority).nextUpdate).toEqual(new Date(2e12));
});

it('a CRL with a byte that was changed is not used', async () => {
  const der = await list(3);
  der[der.length - 5] ^= 1;
  expect(() => revocationListOf(der, authority)).toThrow('its signature is not the CA’s');
});
