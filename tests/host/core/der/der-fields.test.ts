import { describe, expect, it } from 'vitest';
import { checkDer, readCertificate, readCertificateRequest, readCrl } from '../../../../host/core/der/index.js';
import { failure } from '../support/der-failure.js';
import { type DerVector, derVectors } from '../support/der-vectors.js';

/** The bytes of a vector. */
function vector(kind: DerVector['kind'], name: string): Buffer {
  const found = derVectors.find((one) => one.kind === kind && one.name === name);
  return Buffer.from(found!.hex, 'hex');
}
const certificate = (name: string) => readCertificate(vector('certificate', name));
const crl = (name: string) => readCrl(vector('crl', name));

describe('a certificate', () => {
  it('says whether it is a CA, and how many may follow: none, some, or any number (RFC 5280 4.2.1.9)', () => {
    const limitOf = (name: string) => {
      const { ca, pathLenConstraint } = certificate(name);
      return [ca, pathLenConstraint];
    };
    expect(limitOf('a path length of 00')).toEqual([true, 0]);
    expect(limitOf('a path length of 7f')).toEqual([true, 127]);
    expect(limitOf('a CA without a limit; decipherOnly')).toEqual([true, undefined]);
    expect(limitOf('an IPv6 address')).toEqual([false, undefined]);
  });

  it('has the attributes of its names that are there, and no others', () => {
    const { subject, issuer } = certificate('names: the last of each, T61 and BMP, two attributes in one set');
    expect(subject).toStrictEqual({
      commonName: 'd',
      countryName: 'DE',
      organizationName: 'b',
      organizationalUnitName: 'c',
    });
    expect(issuer).toStrictEqual({ commonName: 'ca' });
    expect(certificate('an attribute that is not known').issuer).toStrictEqual({});
  });

  it('leaves undefined what it does not have', () => {
    const { keyUsage, extKeyUsage, extensionsRaw, subjectKeyIdentifier, crlDistributionPoint, unknownCriticalOid } =
      certificate('an attribute that is not known');
    const fields = [
      keyUsage,
      extKeyUsage,
      extensionsRaw,
      subjectKeyIdentifier,
      crlDistributionPoint,
      unknownCriticalOid,
    ];
    for (const field of fields) expect(field).toBeUndefined();
  });

  it('has its extensions unchanged, and no names of types that are not read', () => {
    const { extensionsRaw } = certificate('a CA without a limit; decipherOnly');
    expect(extensionsRaw?.toString('hex')).toBe('300c0603551d13040530030101ff300c0603551d0f04050303070080');
    expect(certificate('otherName with a value').subjectAltName).toEqual([]);
  });

  it('has no URI for its CRL when a distribution point has only reasons (RFC 5280 4.2.1.13)', () => {
    expect(certificate('reasons with a zero bit at the end').crlDistributionPoint).toBeUndefined();
  });
});

describe('a request', () => {
  it('is named as one when it is refused, with advice', () => {
    const der = vector('request', 'a request for a DNS name');
    expect(readCertificateRequest(der).subjectAltName).toEqual([{ type: 'dns', value: 'a' }]);
    const error = failure(() => readCertificateRequest(der.subarray(0, -1)));
    expect(error.message).toMatch(
      /^not a valid certification request: byte 1: .*; give a whole DER file, as made by: /,
    );
  });
});

describe('a CRL', () => {
  it('of v1 has its bytes, its issuer and its dates, and no extensions', () => {
    const der = vector('crl', 'v1 without entries');
    const list = readCrl(Buffer.concat([der, Buffer.from('0500', 'hex')]));
    expect(list.raw.equals(der)).toBe(true);
    expect(list.length).toBe(der.length);
    expect(list.version).toBe(1);
    expect(list.signatureAlgorithm).toBe('1.3.101.112');
    expect(list.signature).toEqual(Buffer.alloc(64, 0x22));
    expect(list.tbs.equals(der.subarray(3, 3 + 2 + 0x34))).toBe(true);
    expect(list.issuer).toStrictEqual({ commonName: 'ca' });
    expect(list.issuerRaw.toString('latin1')).toMatch(/^0.*ca$/s);
    expect(list.nextUpdate).toEqual(new Date('2025-01-01T00:00:00Z'));
    expect([list.crlNumber, list.authorityKeyIdentifier, list.unknownCriticalOid]).toEqual(Array(3).fill(undefined));
    expect(list.find('05')).toBeUndefined();
  });

  it('may have no next update, and reports the critical extension that is not read (RFC 5280 5.2)', () => {
    const list = crl('no nextUpdate, a critical extension of an entry that is not read');
    expect(list.nextUpdate).toBeUndefined();
    expect([list.unknownCriticalCount, list.unknownCriticalOid]).toEqual([1, '2.5.29.127']);
  });

  it('has a next update on either side of 2^32 seconds', () => {
    expect(crl('GeneralizedTime for nextUpdate').nextUpdate).toEqual(new Date('2050-01-01T00:00:00Z'));
    const far = vector('crl', 'GeneralizedTime for nextUpdate');
    // 2^32 seconds after 1970: the lower half of the number is 0.
    far.write('21060207062816Z', far.indexOf('20500101000000Z', 'latin1'), 'latin1');
    expect(readCrl(far).nextUpdate).toEqual(new Date(2 ** 32 * 1000));
  });
});

describe('checkDer', () => {
  it('counts the elements, nested ones too', () => {
    expect(checkDer(Buffer.from('0500', 'hex'))).toBe(1);
    expect(checkDer(Buffer.from('30073005050002010a', 'hex'))).toBe(4);
    expect(checkDer(vector('crl', 'v1 without entries'))).toBeGreaterThan(10);
  });

  it('accepts as many levels as the core allows', () => {
    let nest = Buffer.from('0500', 'hex');
    for (let depth = 1; depth <= 32; depth++) nest = Buffer.concat([Buffer.from([0x30, nest.length]), nest]);
    expect(checkDer(nest)).toBe(33);
    nest = Buffer.concat([Buffer.from([0x30, nest.length]), nest]);
    expect(failure(() => checkDer(nest))).toMatchObject({ codeName: 'DER_TOO_DEEP', byteOffset: 64 });
  });

  it('says where an element is wrong', () => {
    const error = failure(() => checkDer(Buffer.from('3003010105', 'hex')));
    expect(error).toMatchObject({ codeName: 'DER_BOOLEAN_VALUE', byteOffset: 4, clause: 'X.690 11.1' });
    expect(error.message).toMatch(/^not a valid DER element: byte 4: /);
  });
});
