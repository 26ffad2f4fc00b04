import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type CertificateListInfo, readCertificate, readCrl } from '../../../../host/core/der/index.js';
import {
  certificateIssuer,
  certificateOf,
  crlOf,
  entryOf,
  extensionOf,
  nameOf,
  sequence,
  tlv,
} from '../support/crl-parts.js';

const listing = (...serials: string[]) => readCrl(crlOf({ entries: serials.map((serial) => entryOf(serial)) }));
/** The CRL of the report: one number of it is negative. */
const odd = '10e876642b845c6c99a1b2c3d4e5f607';

describe('find takes each form of a serial number as the same integer (RFC 5280 4.1.2.2)', () => {
  const list = listing('05', '009f1122');
  const entry = { revocationDate: new Date('2024-01-01T00:00:00Z'), reasonCode: 0 };
  const forms = {
    'upper case': '9F1122',
    'lower case': '9f1122',
    colons: '9f:11:22',
    'colons and a zero octet': '00:9f:11:22',
    'a zero octet': '009f1122',
    'more zeros, an odd number of digits': '0009f1122',
    octets: Buffer.from('9f1122', 'hex'),
    'octets with zeros': Uint8Array.of(0, 0, 0x9f, 0x11, 0x22),
    'octets of another realm': runInNewContext('Uint8Array.of(0x9f, 0x11, 0x22)'),
    'a bigint': 0x9f1122n,
    'a certificate': readCertificate(certificateOf('009f1122')),
    'the text of a certificate': readCertificate(certificateOf('009f1122')).serialNumber,
  };

  it.each(Object.entries(forms))('%s', (_, form) => {
    expect(list.find(form)).toEqual(entry);
  });

  it.each(['05:ab:cd', '05abcd', 'ab05', '9F11', '1122', '9F112200', '19F1122', '9F1123', 0x9f11n, 0x59f1122n])(
    '%s is another number',
    (other) => {
      expect(list.find(other)).toBeUndefined();
    },
  );

  it.each(['', 'x', '0x05', '5g', '05:', ':05', '05::06', '0:5', '005:06', '05 06', ' 05', '05\n', '-', '--5', 'ünf'])(
    'refuses %j, which is not hex, and says what to give',
    (text) => {
      expect(() => list.find(text)).toThrow(RangeError);
      expect(() => list.find(text)).toThrow(/^serialNumber ".*" is not a number in hex: give hex digits/);
    },
  );

  it('refuses what is none of the forms', () => {
    for (const other of [5, null, undefined, {}, [5], new ArrayBuffer(1), new Uint16Array(1), list])
      expect(() => list.find(other as never)).toThrow(TypeError);
    expect(() => list.find(5 as never)).toThrow(/^serialNumber is of type number: give hex digits/);
    expect(() => list.find(new Uint8Array(0))).toThrow(/^serialNumber has no octets: give /);
  });

  it('finds 0 and numbers of 20 octets', () => {
    const large = listing('00', `00${'ff'.repeat(20)}`, `7f${'ff'.repeat(19)}`);
    for (const serial of [0n, '0', '00', '000', 2n ** 160n - 1n, 'ff'.repeat(20), 2n ** 159n - 1n])
      expect(large.find(serial), String(serial)).toEqual(entry);
    for (const serial of [1n, 255n, 2n ** 159n, 2n ** 160n]) expect(large.find(serial)).toBeUndefined();
  });
});

describe('a list with an odd serial number', () => {
  it('is read, whatever the number is: negative, zero, or too long for a certificate', () => {
    const list = listing(odd, 'e876642b845c6c99', '00', '7f'.repeat(30), '05');
    expect(list.find('05')).toBeDefined();
    expect(list.find(odd)).toBeDefined();
    expect(list.find('7f'.repeat(30))).toBeDefined();
    expect(list.find('06')).toBeUndefined();
  });

  it('names a negative number by a certificate, by a bigint, by text with a minus, and by its octets', () => {
    const certificate = readCertificate(certificateOf('9f1122'));
    expect(certificate.serialNumber).toBe('-60EEDE');
    expect(readCertificate(certificateOf('80')).serialNumber).toBe('-80');
    expect(readCertificate(certificateOf('ff7f')).serialNumber).toBe('-81');
    expect(readCertificate(certificateOf('ff')).serialNumber).toBe('-01');
    const list = listing('9f1122');
    for (const form of [certificate, -0x60eeden, '-60EEDE', '-60:ee:de', '9F1122', Buffer.from('9f1122', 'hex')])
      expect(list.find(form), String(form)).toBeDefined();
    for (const form of [0x9f1122n, '009F1122', -0x60eeddn, '-60EEDD', 0x60eeden])
      expect(list.find(form), String(form)).toBeUndefined();
    const both = listing('009f1122', '9f1122', '05');
    expect([both.find(-0x60eeden), both.find(0x9f1122n), both.find('05')].every(Boolean)).toBe(true);
    const positive = listing('009f1122');
    for (const form of [certificate, -0x60eeden, '-60EEDE']) expect(positive.find(form), String(form)).toBeUndefined();
    const edges = listing('80', 'ff7f', 'ff');
    for (const number of [-128n, -129n, -1n]) expect(edges.find(number), String(number)).toBeDefined();
    for (const number of [-127n, -130n, -2n, 1n]) expect(edges.find(number), String(number)).toBeUndefined();
  });

  it('is not lost to one whose value has 20 octets and a zero octet for the sign', () => {
    const serial = `00${'ff'.repeat(20)}`;
    expect(readCertificate(certificateOf(serial)).serialNumber).toBe(serial.toUpperCase());
    expect(listing(serial).find(readCertificate(certificateOf(serial)))).toBeDefined();
  });
});

const us = nameOf('ca');
const them = nameOf('cb');

describe('an indirect CRL (RFC 5280 5.3.3)', () => {
  const list = readCrl(
    crlOf({
      issuer: 'ca',
      entries: [
        entryOf('05'),
        entryOf('06', certificateIssuer(them)),
        entryOf('07'),
        entryOf('08', certificateIssuer(us)),
      ],
      extensions: [extensionOf('551d1c', sequence('8401ff'), true)],
    }),
  );

  it('has entries of the issuer that was named last, and before that of its own', () => {
    const owners = (serial: string) => [us, them].map((issuer) => list.find(serial, issuer) !== undefined);
    expect(['05', '06', '07', '08'].map(owners)).toEqual([
      [true, false],
      [false, true],
      [false, true],
      [true, false],
    ]);
  });

  it('is asked about its own issuer when no other is named, and about that of a certificate', () => {
    expect(['05', '06', '07', '08'].map((serial) => list.find(serial) !== undefined)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    const [ours, theirs] = ['ca', 'cb'].map((issuer) => readCertificate(certificateOf('06', issuer)));
    expect(list.find(ours)).toBeUndefined();
    expect(list.find(theirs)).toBeDefined();
  });

  it('says so, and is not a complete answer', () => {
    expect(list).toMatchObject({ isIndirect: true, isComplete: false, unknownCriticalCount: 1 });
    const unsaid = readCrl(crlOf({ entries: [entryOf('05', certificateIssuer(them))] }));
    expect(unsaid).toMatchObject({ isIndirect: true, isComplete: false, issuingDistributionPoint: undefined });
    expect([unsaid.find('05'), unsaid.find('05', them)?.reasonCode]).toEqual([undefined, 0]);
  });
});

describe('a CRL of one issuer', () => {
  it('refuses to answer for a certificate of another issuer', () => {
    const list = listing('05');
    const message = /^this CRL of "ca" says nothing about certificates of another issuer: give the CRL of that one/;
    expect(() => list.find(readCertificate(certificateOf('05', 'cb')))).toThrow(message);
    expect(() => list.find('05', them)).toThrow(RangeError);
    expect(list.find('05', us)).toBeDefined();
    expect(list.find('05', runInNewContext('Uint8Array').from(us))).toBeDefined();
    expect(() => list.find('05', 'ca' as never)).toThrow(
      new TypeError('issuer must be a Uint8Array, the Name element of the issuer'),
    );
  });

  it('says that its issuer has no common name', () => {
    const issuer = Buffer.from(sequence(tlv('31', sequence('060355040a', tlv('0c', '61')))), 'hex');
    const list = readCrl(crlOf({ issuer, entries: [entryOf('05')] }));
    expect(() => list.find('05', us)).toThrow(/^this CRL of "an issuer without a common name" says nothing about/);
  });
});

describe('what a list covers is in its fields, and it is not taken for a complete answer', () => {
  const scopeOf = (content: string) =>
    readCrl(crlOf({ extensions: [extensionOf('551d1c', sequence(content), true)] })).issuingDistributionPoint;
  const nothing = {
    distributionPoint: undefined,
    onlyContainsUserCerts: false,
    onlyContainsCACerts: false,
    onlyContainsAttributeCerts: false,
    onlySomeReasons: undefined,
    indirectCRL: false,
  };

  it('a whole list of its issuer is complete', () => {
    expect(listing('05')).toMatchObject({
      isComplete: true,
      isIndirect: false,
      deltaCRLIndicator: undefined,
      issuingDistributionPoint: undefined,
      unknownCriticalCount: 0,
    });
  });

  it.each([true, false])('a delta CRL (RFC 5280 5.2.4), critical: %s', (critical) => {
    const removed = entryOf('05', extensionOf('551d15', '0a0108'));
    const list = readCrl(
      crlOf({ entries: [removed, entryOf('06')], extensions: [extensionOf('551d1b', '02020080', critical)] }),
    );
    expect(list).toMatchObject({
      deltaCRLIndicator: '0080',
      isComplete: false,
      unknownCriticalCount: Number(critical),
    });
    if (critical) expect(list.unknownCriticalOid).toBe('2.5.29.27');
    expect(list.find('05')).toMatchObject({ reasonCode: 8, removeFromCRL: true });
    expect(list.find('06')).not.toHaveProperty('removeFromCRL');
  });

  it('each field of issuingDistributionPoint (RFC 5280 5.2.5)', () => {
    expect(scopeOf('')).toEqual(nothing);
    expect(scopeOf('8101ff')).toEqual({ ...nothing, onlyContainsUserCerts: true });
    expect(scopeOf('8201ff')).toEqual({ ...nothing, onlyContainsCACerts: true });
    expect(scopeOf('8401ff')).toEqual({ ...nothing, indirectCRL: true });
    expect(scopeOf('8501ff')).toEqual({ ...nothing, onlyContainsAttributeCerts: true });
    expect(scopeOf('83020640')?.onlySomeReasons).toEqual(['keyCompromise']);
    expect(scopeOf('8303070180')?.onlySomeReasons).toEqual(['privilegeWithdrawn', 'aACompromise']);
    const uri = tlv('86', Buffer.from('http://a.example/').toString('hex'));
    expect(scopeOf(tlv('a0', tlv('a0', `820161${uri}`)))?.distributionPoint).toBe('http://a.example/');
    const relative = tlv('a1', sequence('0603550403130161'));
    expect(scopeOf(tlv('a0', relative))).toEqual(nothing);
  });

  it.each([true, false])('an issuingDistributionPoint, critical: %s', (critical) => {
    const list = readCrl(crlOf({ extensions: [extensionOf('551d1c', sequence('8101ff'), critical)] }));
    expect(list).toMatchObject({ isComplete: false, isIndirect: false, unknownCriticalCount: Number(critical) });
  });

  it('a critical extension whose syntax alone was checked does not count as understood (RFC 5280 5.2)', () => {
    const invalidityDate = extensionOf('551d18', '180f32303233303130313030303030305a', true);
    const issuerAltName = extensionOf('551d12', sequence('820161'), true);
    const lists: [CertificateListInfo, string][] = [
      [readCrl(crlOf({ entries: [entryOf('05', invalidityDate)] })), '2.5.29.24'],
      [readCrl(crlOf({ extensions: [issuerAltName] })), '2.5.29.18'],
    ];
    for (const [list, unknownCriticalOid] of lists)
      expect(list).toMatchObject({ isComplete: false, unknownCriticalCount: 1, unknownCriticalOid });
    expect(readCertificate(certificateOf('05', 'ca', issuerAltName))).toMatchObject({
      unknownCriticalCount: 1,
      unknownCriticalOid: '2.5.29.18',
    });
  });
});
