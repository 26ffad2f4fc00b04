import { key_check_pkcs8, key_identify } from '../../assembly/der';
import { EcCurve, KeyAlgorithm, KeyFormat, PrivateKey, Result } from '../../build/abi/assembly';
import { INPUT, OUTPUT, put, putText, repeat, sequence, tlv } from './bytes';
import { UTC_2024, versioned } from './certificate-parts';

/** The record that key_check_pkcs8 fills. */
const key = changetype<PrivateKey>(OUTPUT);

const RSA: string = '300d06092a864886f70d0101010500';
const P256_NAME: string = '06082a8648ce3d030107';
const P256: string = '301306072a8648ce3d020106082a8648ce3d030107';
const ED25519: string = '300506032b6570';
const SEED: string = tlv('04', '0420' + repeat('77', 32));

function pkcs8(version: string, algorithm: string, key: string, rest: string = ''): string {
  return sequence(version + algorithm + tlv('04', key) + rest);
}

function rsaNumbers(first: string): string {
  return first + '020103'.repeat(7);
}

function rsa(numbers: string): string {
  return pkcs8('020100', RSA, sequence('020100' + numbers));
}

function ec(content: string): string {
  return pkcs8('020100', P256, sequence(content));
}

function check(hex: string): i32 {
  const length = put(hex);
  return key_check_pkcs8(INPUT, length, OUTPUT);
}

/** key_check_pkcs8 refuses the bytes with this code, at the place where `at` begins in them for the last time. */
function refused(hex: string, code: i32, at: string): void {
  expect(check(hex)).toBe(code, hex);
  expect(key.errorOffset).toBe(<u32>hex.lastIndexOf(at) >> 1, hex);
}

function accepted(hex: string, algorithm: u32, bits: u32): void {
  expect(check(hex)).toBe(0, hex);
  expect(key.algorithm).toBe(algorithm);
  expect(key.bits).toBe(bits);
  expect(load<u32>(OUTPUT + PrivateKey.SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
}

const SECRET: string = tlv('04', repeat('55', 32));

describe('key_check_pkcs8', () => {
  it('accepts RSA, EC and Ed25519 keys and gives the inner key as a view', () => {
    accepted(rsa(rsaNumbers(tlv('02', '00' + repeat('ff', 256)))), KeyAlgorithm.RSA, 2048);
    accepted(ec('020101' + SECRET), KeyAlgorithm.EC, 256);
    expect(key.curve).toBe(EcCurve.P256);
    accepted(sequence('020100' + ED25519 + SEED), KeyAlgorithm.ED25519, 256);
    expect(key.privateKeyLength).toBe(34);
    expect(<u32>key.parameters).toBe(0);
    accepted(pkcs8('020100', '300506032b656e', '00'), KeyAlgorithm.UNKNOWN, 0);
  });

  it('is exactly one element of strict DER', () => {
    refused(sequence('020100' + ED25519 + SEED) + '00', Result.DER_TRAILING_DATA, '00');
    refused(sequence('020100' + ED25519 + SEED + '0500'), Result.DER_TRAILING_DATA, '0500');
    refused('30808080', Result.DER_LENGTH_INDEFINITE, '808080');
    refused(sequence('02020000' + ED25519 + SEED), Result.DER_INTEGER_NOT_MINIMAL, '0000');
    refused('', Result.DER_TRUNCATED, '');
  });

  it('version is 0, or 1 with a public key (RFC 5958 2)', () => {
    refused(pkcs8('020102', ED25519, '00'), Result.KEY_VERSION, '02300506');
    refused(pkcs8('02020100', ED25519, '00'), Result.KEY_VERSION, '0100300506');
    const point = tlv('81', '00' + repeat('66', 32));
    accepted(sequence('020101' + ED25519 + SEED + point), KeyAlgorithm.ED25519, 256);
    expect(key.publicKeyLength).toBe(32);
    expect(key.version).toBe(2);
    refused(sequence('020100' + ED25519 + SEED + point), Result.KEY_PUBLIC_VERSION, point);
    refused(sequence('020101' + ED25519 + SEED), Result.KEY_PUBLIC_VERSION, '');
    refused(sequence('020101' + ED25519 + SEED + '81020166'), Result.KEY_PUBLIC_INVALID, '0166');
    refused(sequence('020101' + ED25519 + SEED + '8100'), Result.DER_BIT_STRING_EMPTY, '');
    accepted(sequence('020100' + ED25519 + SEED + 'a000'), KeyAlgorithm.ED25519, 256);
  });

  it('parameters are those of the algorithm', () => {
    refused(pkcs8('020100', '300b06092a864886f70d010101', '00'), Result.KEY_PARAMETERS, '040100');
    refused(pkcs8('020100', '300706032b65700500', '00'), Result.KEY_PARAMETERS, '0500040100');
    refused(pkcs8('020100', '300906072a8648ce3d0201', '00'), Result.KEY_PARAMETERS, '040100');
  });

  it('RSA: version 0 and eight positive numbers (RFC 8017 A.1.2)', () => {
    refused(rsa('0201f9' + '020103'.repeat(7)), Result.KEY_RSA_INVALID, 'f9');
    refused(rsa('020103'.repeat(7) + '020100'), Result.KEY_RSA_INVALID, '00');
    refused(rsa('020103'.repeat(7) + '02020071'), Result.DER_INTEGER_NOT_MINIMAL, '0071');
    refused(rsa('020103'.repeat(7)), Result.DER_ELEMENT_MISSING, '');
    refused(rsa('020103'.repeat(8) + '0500'), Result.DER_TRAILING_DATA, '0500');
    refused(
      pkcs8('020100', RSA, sequence('020101' + '020103'.repeat(8))),
      Result.KEY_VERSION,
      '01' + '020103'.repeat(8),
    );
    refused(pkcs8('020100', RSA, sequence('020100' + '020103'.repeat(8)) + '0500'), Result.DER_TRAILING_DATA, '0500');
  });

  it('EC: version 1, a value as long as the curve (RFC 5915 3), the same curve, a point', () => {
    refused(ec('020100' + SECRET), Result.KEY_VERSION, '00' + SECRET);
    refused(ec('020101' + tlv('04', repeat('55', 31))), Result.KEY_EC_LENGTH, repeat('55', 31));
    accepted(ec('020101' + SECRET + tlv('a0', P256_NAME)), KeyAlgorithm.EC, 256);
    refused(ec('020101' + SECRET + tlv('a0', '06052b81040022')), Result.KEY_EC_CURVE, '06052b');
    const point = tlv('03', '0004' + repeat('33', 64));
    accepted(ec('020101' + SECRET + tlv('a1', point)), KeyAlgorithm.EC, 256);
    refused(ec('020101' + SECRET + tlv('a1', '0302000a')), Result.KEY_PUBLIC_INVALID, '0a');
    refused(ec('020101' + SECRET + tlv('a1', '030201fe')), Result.KEY_PUBLIC_INVALID, '01fe');
    refused(ec('020101' + SECRET + tlv('a1', point + '0500')), Result.DER_TRAILING_DATA, '0500');
    refused(ec('020101' + SECRET + '0500'), Result.DER_TRAILING_DATA, '0500');
    refused(ec('020101'), Result.DER_ELEMENT_MISSING, '');
  });

  it('Ed25519: 32 octets in their own OCTET STRING (RFC 8410 7)', () => {
    refused(pkcs8('020100', ED25519, tlv('04', repeat('77', 31))), Result.KEY_ED25519_LENGTH, repeat('77', 31));
    refused(pkcs8('020100', ED25519, tlv('02', repeat('77', 32))), Result.DER_TAG_UNEXPECTED, '0220');
    refused(pkcs8('020100', ED25519, '0420' + repeat('77', 32) + '0500'), Result.DER_TRAILING_DATA, '0500');
  });
});

function identified(hex: string, format: i32): void {
  const length = put(hex);
  expect(key_identify(INPUT, length)).toBe(format, hex);
}

function textIdentified(text: string, format: i32): void {
  const length = putText(text);
  expect(key_identify(INPUT, length)).toBe(format, text);
}

describe('key_identify', () => {
  it('tells the DER formats apart', () => {
    identified(sequence('020100' + ED25519 + SEED), KeyFormat.PKCS8);
    identified(
      sequence(sequence('06092a864886f70d01050d' + '3000') + '0410' + repeat('00', 16)),
      KeyFormat.PKCS8_ENCRYPTED,
    );
    identified(sequence('020100' + '020103'.repeat(8)), KeyFormat.PKCS1);
    identified(sequence('020101' + SECRET), KeyFormat.SEC1);
    identified(versioned('', ''), KeyFormat.CERTIFICATE);
    identified(versioned('a003020102', ''), KeyFormat.CERTIFICATE);
    identified(sequence(ED25519 + '03020033'), KeyFormat.PUBLIC_KEY);
    const request = sequence('020100' + '3000' + ED25519 + 'a000');
    identified(sequence(request + ED25519 + '03020033'), KeyFormat.CERTIFICATE_REQUEST);
    const list = ED25519 + '3000' + UTC_2024;
    identified(sequence(sequence(list) + ED25519 + '03020033'), KeyFormat.CERTIFICATE_LIST);
    identified(sequence(sequence('020101' + list) + ED25519 + '03020033'), KeyFormat.CERTIFICATE_LIST);
  });

  it('calls what is like them unknown: a DSA key, a PKCS#1 public key, a PKCS#12 store', () => {
    identified(sequence('020100' + '020103'.repeat(5)), KeyFormat.UNKNOWN);
    identified(sequence('020131020103'), KeyFormat.UNKNOWN);
    identified(sequence('020103' + ED25519 + '3000'), KeyFormat.UNKNOWN);
    identified('', KeyFormat.UNKNOWN);
    identified('30', KeyFormat.UNKNOWN);
    identified('3000', KeyFormat.UNKNOWN);
    identified('ff00ff00ff00ff00', KeyFormat.UNKNOWN);
  });

  it('knows PEM behind white space, a byte order mark or other text (RFC 7468 2)', () => {
    textIdentified('-----BEGIN PRIVATE KEY-----\n', KeyFormat.PEM);
    textIdentified('\r\n \t-----BEGIN CERTIFICATE-----', KeyFormat.PEM);
    textIdentified('Bag Attributes: none\n-----BEGIN X-----', KeyFormat.PEM);
    identified('efbbbf 2d2d2d2d2d424547494e20', KeyFormat.PEM);
    textIdentified('-----BEGIN', KeyFormat.UNKNOWN);
  });

  it('knows base64 and hex of a SEQUENCE', () => {
    textIdentified('MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcw+/==', KeyFormat.BASE64);
    textIdentified(' MC4CAQAwBQYDK2VwBCIEIA==\n', KeyFormat.BASE64);
    textIdentified('308201ff\n', KeyFormat.HEX);
    textIdentified('308201FF', KeyFormat.HEX);
    textIdentified('308201fg', KeyFormat.UNKNOWN);
    textIdentified('MIIEvQ!', KeyFormat.UNKNOWN);
    textIdentified('My name', KeyFormat.UNKNOWN);
    textIdentified('M', KeyFormat.UNKNOWN);
  });
});
