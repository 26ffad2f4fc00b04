import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  checkDer,
  checkPkcs8,
  readCertificate,
  readCertificateRequest,
  readCrl,
} from '../../../../host/core/der/index.js';
import { certificateOf, extensionOf, sequence, tlv } from '../support/crl-parts.js';
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

describe('an object identifier (X.690 8.19)', () => {
  /** The identifier of an extension that nobody knows, in dotted form. */
  const dotted = (content: string) =>
    readCertificate(certificateOf('01', 'ca', extensionOf(content, '0500', true))).unknownCriticalOid;

  it('has arcs of any size', () => {
    expect(dotted('2a049080808000')).toBe('1.2.4.4294967296');
    // X.667: a UUID is an arc of 128 bits below 2.25.
    const uuid = 'f81d4fae7dec11d0a76500a0c91e6bf6';
    const groups = BigInt(`0x${uuid}`).toString(2).padStart(133, '0').match(/.{7}/g) as string[];
    const octets = groups.map((group, index) => Number.parseInt(group, 2) | (index < 18 ? 0x80 : 0));
    expect(dotted(`69${Buffer.from(octets).toString('hex')}`)).toBe('2.25.329800735698586629295641978511506172918');
    expect(dotted('2a8fffffffffffff7f')).toBe(`1.2.${2 ** 53 - 1}`);
    expect(dotted('2a9080808080808000')).toBe(`1.2.${2n ** 53n}`);
  });

  it('has a first and a second arc in one number, also a large one (8.19.4)', () => {
    expect(['27', '28', '4f', '50', '8837'].map(dotted)).toEqual(['0.39', '1.0', '1.39', '2.0', '2.999']);
    expect(dotted('9080808080808000')).toBe(`2.${2n ** 53n - 80n}`);
  });

  it('is written in hex where an arc has over 1,024 bits, since decimal digits take a time that grows with the square', () => {
    const large = dotted(`2a${'ff'.repeat(146)}7f`);
    expect(large).toBe(`1.2.0x1f${'f'.repeat(256)}`);
    expect(dotted(`2a87${'ff'.repeat(145)}7f`)).toBe(
      `1.2.${2n ** 1025n - 1n}`.replace(/\d+$/, `0x1${'f'.repeat(256)}`),
    );
    expect(dotted(`2a83${'ff'.repeat(145)}7f`)).toBe(`1.2.${2n ** 1024n - 1n}`);
    expect(dotted(`2a84${'80'.repeat(145)}00`)).toBe(`1.2.0x1${'0'.repeat(256)}`);
  });
});

describe('a BMPString (X.680 41)', () => {
  it('with a surrogate is refused, at the character', () => {
    const name = sequence(tlv('31', sequence('0603550403', tlv('1e', '0061de00'))));
    const der = certificateOf('01', Buffer.from(name, 'hex'));
    expect(failure(() => readCertificate(der))).toMatchObject({
      codeName: 'DER_BMP_STRING_INVALID',
      byteOffset: der.indexOf('de00', 'hex'),
    });
  });
});

describe('a UniversalString (X.680 41)', () => {
  it('has U+FFFD in the place of what is not a character', () => {
    const text = ['0000d7ff', '0000d800', '0000dfff', '0000e000', '0010ffff', '00110000'].join('');
    const name = Buffer.from(sequence(tlv('31', sequence('0603550403', tlv('1c', text)))), 'hex');
    expect(readCertificate(certificateOf('01', name)).issuerCN).toBe('\ud7ff\ufffd\ufffd\ue000\u{10ffff}\ufffd');
  });
});

describe('a key whose shape is checked whole', () => {
  it('has nothing to say of what is not checked: rsa, ed25519, and ec on a known curve', () => {
    const roots = rootCertificates.map((pem) => readCertificate(new X509Certificate(pem).raw));
    const known = [...roots, readCertificate(certificateOf('01'))];
    expect([...new Set(known.map(({ publicKeyAlgorithm }) => publicKeyAlgorithm))].sort()).toEqual([
      'ec',
      'ed25519',
      'rsa',
    ]);
    for (const { publicKeyUnchecked } of known) expect(publicKeyUnchecked).toBeUndefined();
  });
});

describe('a key of another algorithm (RFC 8410)', () => {
  const info = (oid: string, size: number) => sequence(sequence(tlv('06', oid)), tlv('03', `00${'33'.repeat(size)}`));

  it.each([
    ['x25519', '2b656e', 32],
    ['x448', '2b656f', 56],
    ['ed448', '2b6571', 57],
  ] as const)('%s is named, and what is not checked of it is said', (name, oid, size) => {
    const certificate = readCertificate(certificateOf('01', 'ca', '', info(oid, size)));
    expect(certificate).toMatchObject({
      publicKeyAlgorithm: name,
      publicKeyAlgorithmOid: `1.3.101.${Number.parseInt(oid.slice(4), 16)}`,
      publicKeyBits: 0,
      publicKeyCurve: undefined,
      publicKeyUnchecked: `a key for ${name} is not looked into: neither its length nor the parameters of its algorithm are checked`,
    });
    const seed = tlv('04', tlv('04', '33'.repeat(size)));
    const pkcs8 = Buffer.from(sequence('020100', sequence(tlv('06', oid)), seed), 'hex');
    expect(checkPkcs8(pkcs8)).toMatchObject({ algorithm: name, unchecked: certificate.publicKeyUnchecked });
  });

  it('without a name here has its identifier', () => {
    const certificate = readCertificate(certificateOf('01', 'ca', '', info('2a864886f70d01010a', 9)));
    expect(certificate).toMatchObject({
      publicKeyAlgorithm: 'unknown',
      publicKeyAlgorithmOid: '1.2.840.113549.1.1.10',
      publicKeyUnchecked:
        'a key of an unknown algorithm is not looked into: neither its length nor the parameters of its algorithm are checked',
    });
  });

  it('says of a curve without a name that only the form of the point is checked', () => {
    const { publicKeyUnchecked } = certificate('a point of a curve that is not known');
    expect(publicKeyUnchecked).toMatch(/^the curve is not known here: only the form of the point is checked/);
    expect(readCertificate(certificateOf('01')).publicKeyUnchecked).toBeUndefined();
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
