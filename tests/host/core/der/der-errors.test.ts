import { describe, expect, it } from 'vitest';
import { DerError, type KeyFormatName } from '../../../../host/core/der/index.js';

type DerKind = ConstructorParameters<typeof DerError>[2];

/** What a DerError advises when `what` was wanted and the bytes look like something. */
function adviceOf(what: DerKind, looksLike: KeyFormatName): string {
  return new DerError(-1, 0, what, looksLike).message.split('; ')[1];
}

describe('DerError', () => {
  it('is named so, also for a code that is in no table', () => {
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
  ] as const)('gives the command that makes a %s out of PEM, or out of what nobody knows', (what, command) => {
    expect(adviceOf(what, 'pem')).toBe(`this is PEM text, DER is wanted: ${command}`);
    expect(adviceOf(what, 'unknown')).toBe(`give a whole DER file, as made by: ${command}`);
  });

  it('has text decoded first', () => {
    expect(adviceOf('certificate', 'base64')).toBe('this looks like base64 text: decode it to DER first');
    expect(adviceOf('private key', 'hex')).toBe('this looks like hex text: decode it to DER first');
  });

  it('asks for a new one where the kind is right and its content is not', () => {
    for (const format of ['pkcs8', 'pkcs1', 'sec1'] as const)
      expect(adviceOf('private key', format)).toBe('export it again');
    expect(adviceOf('PKCS#8 key', 'pkcs8')).toBe('export it again');
    expect(adviceOf('certificate', 'certificate')).toBe('have it issued again');
    expect(adviceOf('certification request', 'certificate-request')).toBe('have it issued again');
    expect(adviceOf('CRL', 'crl')).toBe('have it issued again');
    const kinds = ['pkcs8-encrypted', 'public-key', 'certificate', 'certificate-request', 'crl', 'sec1'] as const;
    for (const format of kinds) expect(adviceOf('DER element', format)).toBe('have it issued again');
  });

  it('says what was given in place of what is wanted', () => {
    expect(adviceOf('certificate', 'pkcs8')).toBe('this is a private key: give the certificate that belongs to it');
    expect(adviceOf('certificate', 'crl')).toBe('this is a CRL: give the certificate that belongs to it');
    expect(adviceOf('CRL', 'certificate')).toBe('this is a certificate: give the CRL that belongs to it');
    expect(adviceOf('private key', 'certificate-request')).toBe(
      'this is a certification request: give the private key that belongs to it',
    );
    expect(adviceOf('PKCS#8 key', 'public-key')).toBe('this is a public key: give the private key that belongs to it');
  });

  it.each([
    ['pkcs8-encrypted', 'an encrypted PKCS#8 key'],
    ['pkcs1', 'a PKCS#1 key (RSA PRIVATE KEY)'],
    ['sec1', 'a SEC1 key (EC PRIVATE KEY)'],
  ] as const)('has a key in %s wrapped as PKCS#8', (format, name) => {
    expect(adviceOf('PKCS#8 key', format)).toBe(
      `this is ${name}: openssl pkcs8 -topk8 -nocrypt -inform der -in FILE -outform der -out FILE.der`,
    );
  });
});
