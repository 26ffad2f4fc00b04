import { CHAIN_MAXIMUM, firstCertificate, readCertificates, readKey, splitChain } from '../../assembly/app/credentials';
import { AppLimit, Credential, Result } from '../../build/abi/assembly';
import { INPUT, putText, repeat, sequence, tlv } from './bytes';
import { certificate, dated, ED25519_INFO, ISSUER, name, tbs, UTC_2024, UTC_2025 } from './certificate-parts';

const CREDENTIAL: usize = memory.data(64, 16);
const credential = changetype<Credential>(CREDENTIAL);
const CHAIN: usize = memory.data(128, 16);
/** Where the DER goes: the room that the application gives, and a guard behind it. */
const DER: usize = memory.data(2048 + 64, 16);

const MIDDLE_OF_2024: i64 = 1720000000;
const NOT_BEFORE: i64 = 1704067200;
const NOT_AFTER: i64 = 1735689600;

const CERTIFICATE: string = dated(UTC_2024 + UTC_2025);
const PKCS8: string = sequence('020100' + '300506032b6570' + tlv('04', '0420' + repeat('77', 32)));
const PKCS1: string = sequence('020100' + repeat('020103', 8));
const SEC1: string = sequence('020101' + tlv('04', repeat('55', 32)));
const ENCRYPTED: string = sequence(sequence('06092a864886f70d01050d' + '3000') + '0410' + repeat('00', 16));

function prepare(text: string): u32 {
  const length = putText(text);
  memory.fill(DER, 0xee, 2048 + 64);
  memory.fill(CREDENTIAL, 0xee, 64);
  return length;
}

function certificates(text: string, now: i64): i32 {
  return readCertificates(INPUT, prepare(text), DER, now, credential);
}

function key(text: string): i32 {
  return readKey(INPUT, prepare(text), DER, credential);
}

function certificateRefused(text: string, code: i32, offset: u32): void {
  expect(certificates(text, MIDDLE_OF_2024)).toBe(code, text);
  expect(credential.errorOffset).toBe(offset, text);
  expect(credential.count).toBe(0, 'no certificate counts when one is refused');
}

function keyRefused(text: string, code: i32, offset: u32): void {
  expect(key(text)).toBe(code, text);
  expect(credential.errorOffset).toBe(offset, text);
}

/** What is wrong with the text itself is wrong for a certificate and for a key alike. */
function bothRefused(text: string, code: i32, offset: u32): void {
  certificateRefused(text, code, offset);
  keyRefused(text, code, offset);
}

function hexOf(text: string): string {
  const length = putText(text);
  let hex = '';
  for (let i: u32 = 0; i < length; i++) {
    const value: i32 = load<u8>(INPUT + i);
    hex += '0123456789abcdef'.charAt(value >> 4) + '0123456789abcdef'.charAt(value & 15);
  }
  return hex;
}

describe('readCertificates', () => {
  it('accepts the hex of one certificate, in either case', () => {
    expect(certificates(CERTIFICATE, MIDDLE_OF_2024)).toBe(1);
    expect(<u32>credential.data).toBe(<u32>DER);
    expect(credential.length).toBe(CERTIFICATE.length >> 1);
    expect(credential.count).toBe(1);
    expect(load<u8>(DER)).toBe(0x30);
    expect(load<u8>(DER + (CERTIFICATE.length >> 1))).toBe(0xee, 'nothing is written behind it');
    expect(certificates(CERTIFICATE.toUpperCase(), MIDDLE_OF_2024)).toBe(1);
  });

  it('accepts a chain of up to eight, and splits it', () => {
    const other = certificate(
      tbs('a003020102', '020102', ISSUER, UTC_2024 + UTC_2025, name('0c056f74686572'), ED25519_INFO),
    );
    expect(certificates(CERTIFICATE + other + CERTIFICATE, MIDDLE_OF_2024)).toBe(3);
    expect(splitChain(credential, CHAIN)).toBe(3);
    const first: u32 = CERTIFICATE.length >> 1;
    const second: u32 = other.length >> 1;
    expect(load<u32>(CHAIN)).toBe(<u32>DER);
    expect(load<u32>(CHAIN, 4)).toBe(first);
    expect(load<u32>(CHAIN, 8)).toBe(<u32>DER + first);
    expect(load<u32>(CHAIN, 12)).toBe(second);
    expect(load<u32>(CHAIN, 16)).toBe(<u32>DER + first + second);
    expect(load<u32>(CHAIN, 20)).toBe(first);
    const device = firstCertificate(credential);
    expect(String.UTF8.decodeUnsafe(device.subjectCommonName, device.subjectCommonNameLength)).toBe('d');
    expect(certificates(repeat(CERTIFICATE, CHAIN_MAXIMUM), MIDDLE_OF_2024)).toBe(CHAIN_MAXIMUM);
    expect(splitChain(credential, CHAIN)).toBe(CHAIN_MAXIMUM);
  });

  it('refuses a ninth certificate (MvTlsCertificateChain), at its first byte', () => {
    const length: u32 = CERTIFICATE.length >> 1;
    certificateRefused(repeat(CERTIFICATE, 9), Result.APP_TOO_MANY_CERTIFICATES, length * 8);
  });

  it('checks the dates to the second (RFC 5280 4.1.2.5), unless the clock is not set', () => {
    expect(certificates(CERTIFICATE, NOT_BEFORE)).toBe(1);
    expect(certificates(CERTIFICATE, NOT_AFTER)).toBe(1);
    expect(certificates(CERTIFICATE, NOT_AFTER + 1)).toBe(Result.APP_CERTIFICATE_EXPIRED);
    expect(credential.count).toBe(0);
    expect(certificates(CERTIFICATE, NOT_BEFORE - 1)).toBe(Result.APP_CERTIFICATE_NOT_YET_VALID);
    expect(certificates(CERTIFICATE, 0)).toBe(1);
  });

  it('checks the dates of every certificate of a chain', () => {
    const expired = dated('170d3232303130313030303030305a' + '170d3233303130313030303030305a');
    const future = dated('170d3430303130313030303030305a' + '170d3431303130313030303030305a');
    const length: u32 = CERTIFICATE.length >> 1;
    certificateRefused(CERTIFICATE + expired, Result.APP_CERTIFICATE_EXPIRED, length);
    certificateRefused(CERTIFICATE + future, Result.APP_CERTIFICATE_NOT_YET_VALID, length);
  });

  it('refuses keys of every format', () => {
    certificateRefused(PKCS8, Result.APP_IS_KEY, 0);
    certificateRefused(PKCS1, Result.APP_IS_KEY, 0);
    certificateRefused(SEC1, Result.APP_IS_KEY, 0);
    certificateRefused(ENCRYPTED, Result.APP_IS_KEY, 0);
  });

  it('counts DER faults in bytes from the start of the chain', () => {
    const length: u32 = CERTIFICATE.length >> 1;
    certificateRefused(CERTIFICATE + '30', Result.DER_TRUNCATED, length + 1);
    certificateRefused('0500', Result.DER_TAG_UNEXPECTED, 0);
    const version = CERTIFICATE.indexOf('a003020102');
    const wrong = CERTIFICATE.substring(0, version) + 'a003020103' + CERTIFICATE.substring(version + 10);
    expect(certificates(wrong, MIDDLE_OF_2024)).toBeLessThan(-199, 'a DER result');
    const alone = credential.errorOffset;
    expect(alone).toBeGreaterThan(0);
    expect(certificates(CERTIFICATE + wrong, MIDDLE_OF_2024)).toBeLessThan(-199);
    expect(credential.errorOffset).toBe(length + alone);
  });
});

describe('readKey', () => {
  it('accepts the hex of one PKCS#8 key', () => {
    expect(key(PKCS8)).toBe(0);
    expect(credential.length).toBe(PKCS8.length >> 1);
    expect(<u32>credential.data).toBe(<u32>DER);
  });

  it('refuses a certificate, PKCS#1, SEC1 and an encrypted key, each by name', () => {
    keyRefused(CERTIFICATE, Result.APP_IS_CERTIFICATE, 0);
    keyRefused(PKCS1, Result.APP_NOT_PKCS8, 0);
    keyRefused(SEC1, Result.APP_NOT_PKCS8, 0);
    keyRefused(ENCRYPTED, Result.APP_KEY_ENCRYPTED, 0);
  });

  it('counts DER faults in bytes', () => {
    keyRefused(PKCS8 + '00', Result.DER_TRAILING_DATA, PKCS8.length >> 1);
    keyRefused('0500', Result.DER_TAG_UNEXPECTED, 0);
  });
});

describe('the text of a credential', () => {
  it('is not empty', () => {
    bothRefused('', Result.APP_VALUE_EMPTY, 0);
  });

  it('is not PEM, whatever stands before it', () => {
    expect(certificates('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', 0)).toBe(Result.APP_IS_PEM);
    expect(key('-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n')).toBe(Result.APP_IS_PEM);
    expect(key('\n  -----BEGIN EC PRIVATE KEY-----\n')).toBe(Result.APP_IS_PEM);
  });

  it('is not base64', () => {
    bothRefused('MC4CAQAwBQYDK2VwBCIEIA==', Result.APP_IS_BASE64, 0);
    expect(certificates('MIIBszCCAVmgAwIBAgIU', 0)).toBe(Result.APP_IS_BASE64);
  });

  it('is not the hex of PEM', () => {
    bothRefused(hexOf('-----BEGIN CERTIFICATE-----\nMIIB'), Result.APP_HEX_OF_PEM, 0);
    bothRefused(hexOf('-----BEGIN PRIVATE KEY-----\nMC4C'), Result.APP_HEX_OF_PEM, 0);
  });

  it('has hex digits only, an even number of them; the offset counts characters', () => {
    bothRefused('3082x0', Result.HEX_BAD_DIGIT, 4);
    bothRefused(CERTIFICATE + '\n', Result.HEX_BAD_DIGIT, CERTIFICATE.length);
    bothRefused('0x3082', Result.HEX_BAD_DIGIT, 1);
    bothRefused('30 82', Result.HEX_BAD_DIGIT, 2);
    bothRefused('30820', Result.HEX_ODD_LENGTH, 4);
  });

  it('fits the room of the application, to the byte', () => {
    expect(certificates(repeat('00', AppLimit.CREDENTIAL + 1), 0)).toBe(Result.APP_VALUE_TOO_LONG);
    expect(key(repeat('00', AppLimit.CREDENTIAL + 1))).toBe(Result.APP_VALUE_TOO_LONG);
    expect(load<u64>(DER)).toBe(0xeeeeeeeeeeeeeeee, 'nothing is written');
    expect(key(repeat('00', AppLimit.CREDENTIAL))).toBe(Result.DER_TAG_UNEXPECTED);
    expect(load<u8>(DER + AppLimit.CREDENTIAL)).toBe(0xee, 'nothing is written behind the room');
  });
});
