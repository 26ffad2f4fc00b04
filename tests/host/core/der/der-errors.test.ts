import { describe, expect, it } from 'vitest';
import { DerError, type KeyFormatName } from '../../../../host/core/der/index.js';

type DerKind = ConstructorParameters<typeof DerError>[2];

/** The advice of a DerError when `what` was wanted and the bytes look like something else. */
function adviceOf(what: DerKind, looksLike: KeyFormatName): string {
  return new DerError(-1, 0, what, looksLike).message.split('; ')[1];
}

describe('DerError', () => {
  it('has its name, even for an unknown code', () => {
    const error = new DerError(-30_000, 7, 'CRL', 'unknown');
    expect(error).toMatchObject({ name: 'DerError', codeName: 'UNKNOWN', clause: '', byteOffset: 7 });
    expect(error.message).toContain('byte 7: result code -30000');
  });

  it.each([
    ['DER element', 'openssl asn1parse -in FILE -noout -out FILE.der'],
    ['certificate', 'openssl x509 -in FILE -outform der -out FILE.der'],
    ['certification request', 'openssl req -in FILE -outform der -out FILE.der'],
    ['CRL', 'openssl crl -in FILE -outform der -out FILE.der'],
    ['private key', 'openssl pkcs8 -topk8 -nocrypt -in FILE -outform der -out FILE.der'],
    ['PKCS#8 key', 'openssl pkcs8 -topk8 -nocrypt -in FILE -outform der -out FILE.der'],
  ] as const)('names the command that makes a %s from PEM or unknown bytes', (what, command) => {
    expect(adviceOf(what, 'pem')).toBe(`this is PEM text, DER is wanted: ${command}`);
    expect(adviceOf(what, 'unknown')).toBe(`give a whole DER file, as made by: ${command}`);
  });

  it.each([
    ['certificate', 'base64', 'this looks like base64 text: decode it to DER first'],
    ['private key', 'hex', 'this looks like hex text: decode it to DER first'],
    ['private key', 'pkcs8', 'export it again'],
    ['private key', 'pkcs1', 'export it again'],
    ['private key', 'sec1', 'export it again'],
    ['PKCS#8 key', 'pkcs8', 'export it again'],
    ['certificate', 'certificate', 'have it issued again'],
    ['certification request', 'certificate-request', 'have it issued again'],
    ['CRL', 'crl', 'have it issued again'],
    ['DER element', 'pkcs8-encrypted', 'have it issued again'],
    ['DER element', 'public-key', 'have it issued again'],
    ['DER element', 'certificate', 'have it issued again'],
    ['DER element', 'certificate-request', 'have it issued again'],
    ['DER element', 'crl', 'have it issued again'],
    ['DER element', 'sec1', 'have it issued again'],
    ['certificate', 'pkcs8', 'this is a private key: give the certificate that belongs to it'],
    ['certificate', 'crl', 'this is a CRL: give the certificate that belongs to it'],
    ['CRL', 'certificate', 'this is a certificate: give the CRL that belongs to it'],
    ['private key', 'certificate-request', 'this is a certification request: give the private key that belongs to it'],
    ['PKCS#8 key', 'public-key', 'this is a public key: give the private key that belongs to it'],
  ] as const)('advises for a %s that looks like %s: %s', (what, looksLike, advice) => {
    expect(adviceOf(what, looksLike)).toBe(advice);
  });

  it.each([
    ['pkcs8-encrypted', 'an encrypted PKCS#8 key'],
    ['pkcs1', 'a PKCS#1 key (RSA PRIVATE KEY)'],
    ['sec1', 'a SEC1 key (EC PRIVATE KEY)'],
  ] as const)('advises to wrap a key in %s as PKCS#8', (format, name) => {
    expect(adviceOf('PKCS#8 key', format)).toBe(
      `this is ${name}: openssl pkcs8 -topk8 -nocrypt -inform der -in FILE -outform der -out FILE.der`,
    );
  });
});
