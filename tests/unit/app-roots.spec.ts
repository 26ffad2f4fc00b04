import {
  firstCertificate,
  readCertificates,
  readRoots,
  refusal,
  refusalCount,
  splitChain,
} from '../../assembly/app/credentials';
import { Credential, Result } from '../../build/abi/assembly';
import { INPUT, putText, repeat, sequence, tlv } from './bytes';
import { certificate, dated, ED25519_INFO, ISSUER, name, tbs, UTC_2024, UTC_2025 } from './certificate-parts';

const credential = changetype<Credential>(memory.data(64, 16));
const CHAIN: usize = memory.data(128, 16);
const DER: usize = memory.data(2048 + 64, 16);

const MIDDLE_OF_2024: i64 = 1720000000;

const CERTIFICATE: string = dated(UTC_2024 + UTC_2025);
const EXPIRED: string = dated('170d3232303130313030303030305a' + '170d3233303130313030303030305a');
const FUTURE: string = dated('170d3430303130313030303030305a' + '170d3431303130313030303030305a');
/** Version 4. */
const ODD: string = CERTIFICATE.replace('a003020102', 'a003020103');
const PKCS8: string = sequence('020100' + '300506032b6570' + tlv('04', '0420' + repeat('77', 32)));
const SEC1: string = sequence('020101' + tlv('04', repeat('55', 32)));

function roots(text: string, now: i64 = MIDDLE_OF_2024): i32 {
  return readRoots(INPUT, putText(text), DER, now, credential);
}

function bytesOf(hex: string): u32 {
  return hex.length >> 1;
}

/** One usable root is left of the bundle, and one was left out. */
function oneLeftOut(text: string, code: i32, offset: u32): void {
  expect(roots(text)).toBe(1, text);
  expect(credential.length).toBe(bytesOf(CERTIFICATE), text);
  expect(credential.count).toBe(1, text);
  expect(splitChain(credential, CHAIN)).toBe(1, text);
  expect(String.UTF8.decodeUnsafe(firstCertificate(credential).subjectCommonName, 1)).toBe('d');
  expect(refusalCount).toBe(1, text);
  expect(refusal(0).code).toBe(code, text);
  expect(refusal(0).offset).toBe(offset, text);
}

function rootsRefused(text: string, code: i32, offset: u32): void {
  expect(roots(text)).toBe(code, text);
  expect(credential.errorOffset).toBe(offset, text);
  expect(credential.count).toBe(0, text);
}

describe('readRoots', () => {
  it('leaves out a root outside its dates while another is usable, wherever it stands (RFC 5280 4.1.2.5)', () => {
    oneLeftOut(EXPIRED + CERTIFICATE, Result.APP_CERTIFICATE_EXPIRED, 0);
    oneLeftOut(CERTIFICATE + EXPIRED, Result.APP_CERTIFICATE_EXPIRED, bytesOf(CERTIFICATE));
    oneLeftOut(FUTURE + CERTIFICATE, Result.APP_CERTIFICATE_NOT_YET_VALID, 0);
    oneLeftOut(CERTIFICATE + FUTURE, Result.APP_CERTIFICATE_NOT_YET_VALID, bytesOf(CERTIFICATE));
  });

  it('leaves out a root that breaks a rule, and notes the byte of the whole value', () => {
    const code = readCertificates(INPUT, putText(ODD), DER, MIDDLE_OF_2024, credential);
    const offset = credential.errorOffset;
    expect(offset).toBeGreaterThan(0);
    oneLeftOut(ODD + CERTIFICATE, code, offset);
    oneLeftOut(CERTIFICATE + ODD, code, bytesOf(CERTIFICATE) + offset);
    oneLeftOut('3000' + CERTIFICATE, Result.DER_ELEMENT_MISSING, 2);
  });

  it('keeps the others whole and in order', () => {
    const other = certificate(
      tbs('a003020102', '020102', ISSUER, UTC_2024 + UTC_2025, name('0c056f74686572'), ED25519_INFO),
    );
    expect(roots(EXPIRED + CERTIFICATE + ODD + other + FUTURE + CERTIFICATE)).toBe(3);
    expect(refusalCount).toBe(3);
    expect(refusal(1).offset).toBeGreaterThan(bytesOf(EXPIRED + CERTIFICATE));
    expect(refusal(2).offset).toBe(bytesOf(EXPIRED + CERTIFICATE + ODD + other));
    const kept = CERTIFICATE + other + CERTIFICATE;
    expect(credential.length).toBe(bytesOf(kept));
    for (let i: u32 = 0; i < credential.length; i++) {
      expect(<i32>load<u8>(DER + i)).toBe(<i32>parseInt(kept.substr(i << 1, 2), 16));
    }
    expect(splitChain(credential, CHAIN)).toBe(3);
  });

  it('refuses a bundle without a usable root, for the reason of the first', () => {
    rootsRefused(EXPIRED, Result.APP_CERTIFICATE_EXPIRED, 0);
    rootsRefused(FUTURE + EXPIRED, Result.APP_CERTIFICATE_NOT_YET_VALID, 0);
    rootsRefused('3000' + EXPIRED, Result.DER_ELEMENT_MISSING, 2);
    expect(credential.length).toBe(2 + bytesOf(EXPIRED), 'so that the place is a byte of DER');
  });

  it('takes a root that stands twice, and every date while the clock is not set', () => {
    expect(roots(CERTIFICATE + CERTIFICATE)).toBe(2);
    expect(roots(EXPIRED + FUTURE, 0)).toBe(2);
    expect(refusalCount).toBe(0);
  });

  it('counts only usable roots (MvTlsCertificateChain), and notes the first eight of the others', () => {
    expect(roots(EXPIRED + repeat(CERTIFICATE, 8))).toBe(8);
    expect(splitChain(credential, CHAIN)).toBe(8);
    rootsRefused(
      EXPIRED + repeat(CERTIFICATE, 9),
      Result.APP_TOO_MANY_CERTIFICATES,
      bytesOf(EXPIRED + repeat(CERTIFICATE, 8)),
    );
    expect(roots(repeat('3000', 9) + CERTIFICATE)).toBe(1);
    expect(refusalCount).toBe(8);
    expect(refusal(7).offset).toBe(16);
  });

  it('refuses what is no SEQUENCE from end to end: where the next root begins is not known then', () => {
    const length = bytesOf(CERTIFICATE);
    rootsRefused(CERTIFICATE + '30', Result.DER_TRUNCATED, length + 1);
    rootsRefused(CERTIFICATE + CERTIFICATE.substr(0, 100), Result.DER_PAST_END, length + 1);
    rootsRefused(CERTIFICATE + '0500', Result.DER_TAG_UNEXPECTED, length);
    rootsRefused('00' + CERTIFICATE, Result.DER_TAG_UNEXPECTED, 0);
  });

  it('refuses a private key wherever it stands', () => {
    rootsRefused(PKCS8 + CERTIFICATE, Result.APP_IS_KEY, 0);
    expect(roots(CERTIFICATE + SEC1)).toBe(Result.APP_IS_KEY);
    expect(credential.errorOffset).toBeGreaterThan(bytesOf(CERTIFICATE) - 1);
  });
});
