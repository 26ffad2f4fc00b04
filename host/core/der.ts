import {
  CertificateRecord,
  EcCurve,
  KeyAlgorithm,
  KeyFormat,
  PrivateKeyRecord,
  results,
} from '../../build/abi/core.js';
import { describeResult } from './errors.js';
import { core, scratch } from './instance.js';

export type PublicKeyAlgorithm = 'rsa' | 'ec' | 'ed25519' | 'unknown';
export type EllipticCurve = 'P-256' | 'P-384' | 'P-521';
export type KeyFormatName =
  | 'pkcs8'
  | 'pkcs8-encrypted'
  | 'pkcs1'
  | 'sec1'
  | 'certificate'
  | 'pem'
  | 'base64'
  | 'hex'
  | 'unknown';

/** The fields of a certificate that the core reads (RFC 5280 4.1). */
export interface CertificateInfo {
  /** 1, 2 or 3. */
  version: number;
  /** Upper-case hex digits, two for each octet of the encoding. */
  serialNumber: string;
  /** The last, so most specific, common name; undefined when there is none. */
  subjectCN: string | undefined;
  issuerCN: string | undefined;
  notBefore: Date;
  notAfter: Date;
  publicKeyAlgorithm: PublicKeyAlgorithm;
  /** RSA: bits of the modulus; EC: bits of the field; Ed25519: 256; 0 when unknown. */
  publicKeyBits: number;
  /** Undefined for other algorithms and curves. */
  publicKeyCurve: EllipticCurve | undefined;
  /** Bytes of the certificate; in a chain the next one follows there. */
  length: number;
}

/** What checkPkcs8 found in a private key. */
export interface PrivateKeyInfo {
  algorithm: PublicKeyAlgorithm;
  /** As publicKeyBits of a certificate. */
  bits: number;
  curve: EllipticCurve | undefined;
}

/** A certificate or key that breaks a rule of its standard. */
export class DerError extends Error {
  /** Negative result code, see `Result`. */
  readonly code: number;
  /** Name of the result code, for example DER_LENGTH_NOT_MINIMAL. */
  readonly codeName: string;
  /** Standard and clause, for example "X.690 10.1". */
  readonly source: string;
  /** Offset of the offending byte in the bytes that were given. */
  readonly byteOffset: number;
  /** What the bytes look like instead, see identifyKey. */
  readonly looksLike: KeyFormatName;

  constructor(code: number, byteOffset: number, what: 'certificate' | 'PKCS#8 key', looksLike: KeyFormatName) {
    super(`not a valid ${what}: byte ${byteOffset}: ${describeResult(code)}; ${advice(what, looksLike)}`);
    this.name = 'DerError';
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.source = results[code]?.source ?? '';
    this.byteOffset = byteOffset;
    this.looksLike = looksLike;
  }
}

const FORMATS: Readonly<Record<number, KeyFormatName>> = {
  [KeyFormat.UNKNOWN]: 'unknown',
  [KeyFormat.PKCS8]: 'pkcs8',
  [KeyFormat.PKCS8_ENCRYPTED]: 'pkcs8-encrypted',
  [KeyFormat.PKCS1]: 'pkcs1',
  [KeyFormat.SEC1]: 'sec1',
  [KeyFormat.CERTIFICATE]: 'certificate',
  [KeyFormat.PEM]: 'pem',
  [KeyFormat.BASE64]: 'base64',
  [KeyFormat.HEX]: 'hex',
};

const ALGORITHMS: Readonly<Record<number, PublicKeyAlgorithm>> = {
  [KeyAlgorithm.UNKNOWN]: 'unknown',
  [KeyAlgorithm.RSA]: 'rsa',
  [KeyAlgorithm.EC]: 'ec',
  [KeyAlgorithm.ED25519]: 'ed25519',
};

const CURVES: Readonly<Record<number, EllipticCurve>> = {
  [EcCurve.P256]: 'P-256',
  [EcCurve.P384]: 'P-384',
  [EcCurve.P521]: 'P-521',
};

const TO_DER = {
  certificate: 'openssl x509 -in FILE -outform der -out FILE.der',
  'PKCS#8 key': 'openssl pkcs8 -topk8 -nocrypt -in FILE -outform der -out FILE.der',
};

/** What to do about bytes that were refused. */
function advice(what: 'certificate' | 'PKCS#8 key', looksLike: KeyFormatName): string {
  const isKey = what === 'PKCS#8 key';
  switch (looksLike) {
    case 'pem':
      return `this is PEM text, DER is wanted: ${TO_DER[what]}`;
    case 'base64':
    case 'hex':
      return `this looks like ${looksLike} text: decode it to DER first`;
    case 'certificate':
      return isKey ? 'this is a certificate: give the private key that belongs to it' : 'have it issued anew';
    case 'pkcs8':
      return isKey ? 'export it anew' : 'this is a private key: give the certificate that belongs to it';
    case 'pkcs8-encrypted':
    case 'pkcs1':
    case 'sec1':
      return isKey
        ? `this is ${NAMES[looksLike]}: ${TO_DER[what].replace('-in ', '-inform der -in ')}`
        : `this is ${NAMES[looksLike]}: give the certificate that belongs to it`;
    default:
      return `give a whole DER file, as made by: ${TO_DER[what]}`;
  }
}

const NAMES = {
  'pkcs8-encrypted': 'an encrypted PKCS#8 key',
  pkcs1: 'a PKCS#1 key (RSA PRIVATE KEY)',
  sec1: 'a SEC1 key (EC PRIVATE KEY)',
};

/** Text of a common name by its string type; the core has checked its form. */
function decodeText(address: number, length: number, tag: number): string | undefined {
  if (address === 0) return undefined;
  const bytes = scratch.u8.subarray(address, address + length);
  if (tag === 20) return bytes.toString('latin1');
  if (tag === 30) return Buffer.from(bytes).swap16().toString('utf16le');
  if (tag !== 28) return bytes.toString('utf8');
  let text = '';
  for (let i = 0; i < length; i += 4) {
    const character = bytes.readUInt32BE(i);
    text += character > 0x10ffff ? '\ufffd' : String.fromCodePoint(character);
  }
  return text;
}

function readRecord(record: number, length: number): CertificateInfo {
  const word = (offset: number) => scratch.u32[(record + offset) >> 2];
  const date = (offset: number) => new Date(Number(scratch.i64[(record + offset) >> 3]) * 1000);
  const R = CertificateRecord;
  const serialNumber = word(R.serialNumber);
  return {
    version: word(R.version),
    serialNumber: scratch.u8.toString('hex', serialNumber, serialNumber + word(R.serialNumberLength)).toUpperCase(),
    subjectCN: decodeText(word(R.subjectCommonName), word(R.subjectCommonNameLength), word(R.subjectCommonNameTag)),
    issuerCN: decodeText(word(R.issuerCommonName), word(R.issuerCommonNameLength), word(R.issuerCommonNameTag)),
    notBefore: date(R.notBefore),
    notAfter: date(R.notAfter),
    publicKeyAlgorithm: ALGORITHMS[word(R.publicKeyAlgorithm)],
    publicKeyBits: word(R.publicKeyBits),
    publicKeyCurve: CURVES[word(R.publicKeyCurve)],
    length,
  };
}

/** Reads certificates one after the other, the first only unless `all`. */
function readAll(der: Uint8Array, all: boolean): CertificateInfo[] {
  const record = scratch.reserve(CertificateRecord.SIZE);
  const input = scratch.take(der.length);
  scratch.u8.set(der, input);
  const found: CertificateInfo[] = [];
  let offset = 0;
  do {
    const length = core.x509_read(input + offset, der.length - offset, record);
    if (length < 0) {
      const at = offset + scratch.u32[(record + CertificateRecord.errorOffset) >> 2];
      const format = FORMATS[core.key_identify(input + offset, der.length - offset)];
      throw new DerError(length, at, 'certificate', format);
    }
    found.push(readRecord(record, length));
    offset += length;
  } while (all && offset < der.length);
  return found;
}

/**
 * Reads the DER certificate at the start of the bytes, X.509 v1 to v3 (RFC 5280 4.1), strictly: structure and encoding, not
 * trust or dates. What follows it is not looked at: `length` tells where it begins; readCertificates reads all there is.
 *
 * Throws DerError with the result code, its clause and the offset.
 */
export function readCertificate(der: Uint8Array): CertificateInfo {
  return readAll(der, false)[0];
}

/** Reads a chain: one or more DER certificates, one directly after the other, and nothing else. Throws as readCertificate; nothing is given then. */
export function readCertificates(der: Uint8Array): CertificateInfo[] {
  return readAll(der, true);
}

/** Lets `use` work on the bytes inside the core's memory and wipes them there afterwards: they may be a secret. */
function withSecret<T>(bytes: Uint8Array, recordSize: number, use: (input: number, record: number) => T): T {
  const record = scratch.reserve(recordSize);
  const input = scratch.take(bytes.length);
  scratch.u8.set(bytes, input);
  try {
    return use(input, record);
  } finally {
    scratch.u8.fill(0, record, input + bytes.length);
  }
}

/** Tells which format a key or certificate has; only its shape is looked at, see checkPkcs8 for the rest. Never throws. */
export function identifyKey(bytes: Uint8Array): KeyFormatName {
  return withSecret(bytes, 0, (input) => FORMATS[core.key_identify(input, bytes.length)]);
}

/**
 * Checks that the bytes are exactly one PKCS#8 private key, not encrypted (RFC 5208, RFC 5958), with the inner structure that its
 * algorithm requires (RFC 8017, RFC 5915, RFC 8410). The numbers in it are not proved to be a working key.
 *
 * Throws DerError with the result code, its clause, the offset and advice; the message holds nothing of the key.
 */
export function checkPkcs8(bytes: Uint8Array): PrivateKeyInfo {
  return withSecret(bytes, PrivateKeyRecord.SIZE, (input, record) => {
    const word = (offset: number) => scratch.u32[(record + offset) >> 2];
    const code = core.key_check_pkcs8(input, bytes.length, record);
    if (code < 0) {
      const format = FORMATS[core.key_identify(input, bytes.length)];
      throw new DerError(code, word(PrivateKeyRecord.errorOffset), 'PKCS#8 key', format);
    }
    return {
      algorithm: ALGORITHMS[word(PrivateKeyRecord.algorithm)],
      bits: word(PrivateKeyRecord.bits),
      curve: CURVES[word(PrivateKeyRecord.curve)],
    };
  });
}
