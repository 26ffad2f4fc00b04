import { key_check_pkcs8, key_identify } from '../../assembly/der';
import * as abi from '../../build/abi/assembly';
import { INPUT, OUTPUT, put, putText, repeat, sequence, tlv } from './bytes';
import { UTC_2024, versioned } from './certificate-parts';

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
  expect(load<u32>(OUTPUT, abi.PRIVATE_KEY_ERROR_OFFSET)).toBe(<u32>hex.lastIndexOf(at) >> 1, hex);
}

function accepted(hex: string, algorithm: u32, bits: u32): void {
  expect(check(hex)).toBe(0, hex);
  expect(load<u32>(OUTPUT, abi.PRIVATE_KEY_ALGORITHM)).toBe(algorithm);
  expect(load<u32>(OUTPUT, abi.PRIVATE_KEY_BITS)).toBe(bits);
  expect(load<u32>(OUTPUT + abi.PRIVATE_KEY_SIZE)).toBe(0xeeeeeeee, 'nothing is written behind the record');
}

const SECRET: string = tlv('04', repeat('55', 32));

describe('key_check_pkcs8', () => {
  it('accepts RSA, EC and Ed25519 keys and gives the inner key as a view', () => {
    accepted(rsa(rsaNumbers(tlv('02', '00' + repeat('ff', 256)))), abi.KEY_ALGORITHM_RSA, 2048);
    accepted(ec('020101' + SECRET), abi.KEY_ALGORITHM_EC, 256);
    expect(load<u32>(OUTPUT, abi.PRIVATE_KEY_CURVE)).toBe(abi.EC_CURVE_P256);
    accepted(sequence('020100' + ED25519 + SEED), abi.KEY_ALGORITHM_ED25519, 256);
    expect(load<u32>(OUTPUT, abi.PRIVATE_KEY_PRIVATE_KEY_LENGTH)).toBe(34);
    expect(load<u32>(OUTPUT, abi.PRIVATE_KEY_PARAMETERS)).toBe(0);
    accepted(pkcs8('020100', '300506032b656e', '00'), abi.KEY_ALGORITHM_UNKNOWN, 0);
  });

  it('is exactly one element of strict DER', () => {
    refused(sequence('020100' + ED25519 + SEED) + '00', abi.RESULT_DER_TRAILING_DATA, '00');
    refused(sequence('020100' + ED25519 + SEED + '0500'), abi.RESULT_DER_TRAILING_DATA, '0500');
    refused('30808080', abi.RESULT_DER_LENGTH_INDEFINITE, '808080');
    refused(sequence('02020000' + ED25519 + SEED), abi.RESULT_DER_INTEGER_NOT_MINIMAL, '0000');
    refused('', abi.RESULT_DER_TRUNCATED, '');
  });

  it('version is 0, or 1 with a public key (RFC 5958 2)', () => {
    refused(pkcs8('020102', ED25519, '00'), abi.RESULT_KEY_VERSION, '02300506');
    refused(pkcs8('02020100', ED25519, '00'), abi.RESULT_KEY_VERSION, '0100300506');
    const point = tlv('81', '00' + repeat('66', 32));
    accepted(sequence('020101' + ED25519 + SEED + point), abi.KEY_ALGORITHM_ED25519, 256);
    expect(load<u32>(OUTPUT, abi.PRIVATE_KEY_PUBLIC_KEY_LENGTH)).toBe(32);
    expect(load<i32>(OUTPUT, abi.PRIVATE_KEY_VERSION)).toBe(2);
    refused(sequence('020100' + ED25519 + SEED + point), abi.RESULT_KEY_PUBLIC_VERSION, point);
    refused(sequence('020101' + ED25519 + SEED), abi.RESULT_KEY_PUBLIC_VERSION, '');
    refused(sequence('020101' + ED25519 + SEED + '81020166'), abi.RESULT_KEY_PUBLIC_INVALID, '0166');
    refused(sequence('020101' + ED25519 + SEED + '8100'), abi.RESULT_DER_BIT_STRING_EMPTY, '');
    accepted(sequence('020100' + ED25519 + SEED + 'a000'), abi.KEY_ALGORITHM_ED25519, 256);
  });

  it('parameters are those of the algorithm', () => {
    refused(pkcs8('020100', '300b06092a864886f70d010101', '00'), abi.RESULT_KEY_PARAMETERS, '040100');
    refused(pkcs8('020100', '300706032b65700500', '00'), abi.RESULT_KEY_PARAMETERS, '0500040100');
    refused(pkcs8('020100', '300906072a8648ce3d0201', '00'), abi.RESULT_KEY_PARAMETERS, '040100');
  });

  it('RSA: version 0 and eight positive numbers (RFC 8017 A.1.2)', () => {
    refused(rsa('0201f9' + '020103'.repeat(7)), abi.RESULT_KEY_RSA_INVALID, 'f9');
    refused(rsa('020103'.repeat(7) + '020100'), abi.RESULT_KEY_RSA_INVALID, '00');
    refused(rsa('020103'.repeat(7) + '02020071'), abi.RESULT_DER_INTEGER_NOT_MINIMAL, '0071');
    refused(rsa('020103'.repeat(7)), abi.RESULT_DER_ELEMENT_MISSING, '');
    refused(rsa('020103'.repeat(8) + '0500'), abi.RESULT_DER_TRAILING_DATA, '0500');
    refused(
      pkcs8('020100', RSA, sequence('020101' + '020103'.repeat(8))),
      abi.RESULT_KEY_VERSION,
      '01' + '020103'.repeat(8),
    );
    refused(
      pkcs8('020100', RSA, sequence('020100' + '020103'.repeat(8)) + '0500'),
      abi.RESULT_DER_TRAILING_DATA,
      '0500',
    );
  });

  it('EC: version 1, a value as long as the curve (RFC 5915 3), the same curve, a point', () => {
    refused(ec('020100' + SECRET), abi.RESULT_KEY_VERSION, '00' + SECRET);
    refused(ec('020101' + tlv('04', repeat('55', 31))), abi.RESULT_KEY_EC_LENGTH, repeat('55', 31));
    accepted(ec('020101' + SECRET + tlv('a0', P256_NAME)), abi.KEY_ALGORITHM_EC, 256);
    refused(ec('020101' + SECRET + tlv('a0', '06052b81040022')), abi.RESULT_KEY_EC_CURVE, '06052b');
    const point = tlv('03', '0004' + repeat('33', 64));
    accepted(ec('020101' + SECRET + tlv('a1', point)), abi.KEY_ALGORITHM_EC, 256);
    refused(ec('020101' + SECRET + tlv('a1', '0302000a')), abi.RESULT_KEY_PUBLIC_INVALID, '0a');
    refused(ec('020101' + SECRET + tlv('a1', '030201fe')), abi.RESULT_KEY_PUBLIC_INVALID, '01fe');
    refused(ec('020101' + SECRET + tlv('a1', point + '0500')), abi.RESULT_DER_TRAILING_DATA, '0500');
    refused(ec('020101' + SECRET + '0500'), abi.RESULT_DER_TRAILING_DATA, '0500');
    refused(ec('020101'), abi.RESULT_DER_ELEMENT_MISSING, '');
  });

  it('Ed25519: 32 octets in their own OCTET STRING (RFC 8410 7)', () => {
    refused(pkcs8('020100', ED25519, tlv('04', repeat('77', 31))), abi.RESULT_KEY_ED25519_LENGTH, repeat('77', 31));
    refused(pkcs8('020100', ED25519, tlv('02', repeat('77', 32))), abi.RESULT_DER_TAG_UNEXPECTED, '0220');
    refused(pkcs8('020100', ED25519, '0420' + repeat('77', 32) + '0500'), abi.RESULT_DER_TRAILING_DATA, '0500');
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
    identified(sequence('020100' + ED25519 + SEED), abi.KEY_FORMAT_PKCS8);
    identified(
      sequence(sequence('06092a864886f70d01050d' + '3000') + '0410' + repeat('00', 16)),
      abi.KEY_FORMAT_PKCS8_ENCRYPTED,
    );
    identified(sequence('020100' + '020103'.repeat(8)), abi.KEY_FORMAT_PKCS1);
    identified(sequence('020101' + SECRET), abi.KEY_FORMAT_SEC1);
    identified(versioned('', ''), abi.KEY_FORMAT_CERTIFICATE);
    identified(versioned('a003020102', ''), abi.KEY_FORMAT_CERTIFICATE);
    identified(sequence(ED25519 + '03020033'), abi.KEY_FORMAT_PUBLIC_KEY);
    const request = sequence('020100' + '3000' + ED25519 + 'a000');
    identified(sequence(request + ED25519 + '03020033'), abi.KEY_FORMAT_CERTIFICATE_REQUEST);
    const list = ED25519 + '3000' + UTC_2024;
    identified(sequence(sequence(list) + ED25519 + '03020033'), abi.KEY_FORMAT_CERTIFICATE_LIST);
    identified(sequence(sequence('020101' + list) + ED25519 + '03020033'), abi.KEY_FORMAT_CERTIFICATE_LIST);
  });

  it('calls what is like them unknown: a DSA key, a PKCS#1 public key, a PKCS#12 store', () => {
    identified(sequence('020100' + '020103'.repeat(5)), abi.KEY_FORMAT_UNKNOWN);
    identified(sequence('020131020103'), abi.KEY_FORMAT_UNKNOWN);
    identified(sequence('020103' + ED25519 + '3000'), abi.KEY_FORMAT_UNKNOWN);
    identified('', abi.KEY_FORMAT_UNKNOWN);
    identified('30', abi.KEY_FORMAT_UNKNOWN);
    identified('3000', abi.KEY_FORMAT_UNKNOWN);
    identified('ff00ff00ff00ff00', abi.KEY_FORMAT_UNKNOWN);
  });

  it('knows PEM behind white space, a byte order mark or other text (RFC 7468 2)', () => {
    textIdentified('-----BEGIN PRIVATE KEY-----\n', abi.KEY_FORMAT_PEM);
    textIdentified('\r\n \t-----BEGIN CERTIFICATE-----', abi.KEY_FORMAT_PEM);
    textIdentified('Bag Attributes: none\n-----BEGIN X-----', abi.KEY_FORMAT_PEM);
    identified('efbbbf 2d2d2d2d2d424547494e20', abi.KEY_FORMAT_PEM);
    textIdentified('-----BEGIN', abi.KEY_FORMAT_UNKNOWN);
  });

  it('knows base64 and hex of a SEQUENCE', () => {
    textIdentified('MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcw+/==', abi.KEY_FORMAT_BASE64);
    textIdentified(' MC4CAQAwBQYDK2VwBCIEIA==\n', abi.KEY_FORMAT_BASE64);
    textIdentified('308201ff\n', abi.KEY_FORMAT_HEX);
    textIdentified('308201FF', abi.KEY_FORMAT_HEX);
    textIdentified('308201fg', abi.KEY_FORMAT_UNKNOWN);
    textIdentified('MIIEvQ!', abi.KEY_FORMAT_UNKNOWN);
    textIdentified('My name', abi.KEY_FORMAT_UNKNOWN);
    textIdentified('M', abi.KEY_FORMAT_UNKNOWN);
  });
});
