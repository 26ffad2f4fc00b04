import { KeyFormat, results } from '../../../build/abi/core.js';
import { describeResult } from '../mqtt-error.js';

/** What bytes look like; see identifyKey. */
export type KeyFormatName =
  | 'pkcs8'
  | 'pkcs8-encrypted'
  | 'pkcs1'
  | 'sec1'
  | 'public-key'
  | 'certificate'
  | 'certificate-request'
  | 'crl'
  | 'pem'
  | 'base64'
  | 'hex'
  | 'unknown';

/** What a reader was asked for. */
export type DerKind = 'DER element' | 'certificate' | 'certification request' | 'CRL' | 'private key' | 'PKCS#8 key';

const FORMATS: Readonly<Record<number, KeyFormatName>> = {
  [KeyFormat.UNKNOWN]: 'unknown',
  [KeyFormat.PKCS8]: 'pkcs8',
  [KeyFormat.PKCS8_ENCRYPTED]: 'pkcs8-encrypted',
  [KeyFormat.PKCS1]: 'pkcs1',
  [KeyFormat.SEC1]: 'sec1',
  [KeyFormat.PUBLIC_KEY]: 'public-key',
  [KeyFormat.CERTIFICATE]: 'certificate',
  [KeyFormat.CERTIFICATE_REQUEST]: 'certificate-request',
  [KeyFormat.CERTIFICATE_LIST]: 'crl',
  [KeyFormat.PEM]: 'pem',
  [KeyFormat.BASE64]: 'base64',
  [KeyFormat.HEX]: 'hex',
};

/** The name of a KeyFormat of the core. */
export function formatName(format: number): KeyFormatName {
  return FORMATS[format];
}

/**
 * A certificate, request, CRL or key breaks a rule of its standard.
 *
 * @example
 * ```ts
 * import { DerError, readCertificate } from 'wasmqtt';
 *
 * try {
 *   readCertificate(Buffer.from('3082', 'hex'));
 * } catch (error) {
 *   if (!(error instanceof DerError)) throw error;
 *   [error.codeName, error.clause, error.looksLike]; // => [ 'DER_TRUNCATED', 'X.690 8.1.1', 'unknown' ]
 * }
 * ```
 */
export class DerError extends Error {
  /** Negative result code, see `Result`. */
  readonly code: number;
  /** Name of the result code, for example DER_LENGTH_NOT_MINIMAL. */
  readonly codeName: string;
  /** Standard and clause, for example "X.690 10.1". */
  readonly clause: string;
  /** Offset of the offending byte in the input. */
  readonly byteOffset: number;
  /** What the bytes look like instead; see identifyKey. */
  readonly looksLike: KeyFormatName;

  constructor(code: number, byteOffset: number, what: DerKind, looksLike: KeyFormatName) {
    super(`not a valid ${what}: byte ${byteOffset}: ${describeResult(code)}; ${advice(what, looksLike)}`);
    this.name = 'DerError';
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.clause = results[code]?.source ?? '';
    this.byteOffset = byteOffset;
    this.looksLike = looksLike;
  }
}

const TO_DER: Record<DerKind, string> = {
  'DER element': 'openssl asn1parse -in FILE -noout -out FILE.der',
  certificate: 'openssl x509 -in FILE -outform der -out FILE.der',
  'certification request': 'openssl req -in FILE -outform der -out FILE.der',
  CRL: 'openssl crl -in FILE -outform der -out FILE.der',
  'private key': 'openssl pkcs8 -topk8 -nocrypt -in FILE -outform der -out FILE.der',
  'PKCS#8 key': 'openssl pkcs8 -topk8 -nocrypt -in FILE -outform der -out FILE.der',
};

const NAMES: Partial<Record<KeyFormatName, string>> = {
  pkcs8: 'a private key',
  'pkcs8-encrypted': 'an encrypted PKCS#8 key',
  pkcs1: 'a PKCS#1 key (RSA PRIVATE KEY)',
  sec1: 'a SEC1 key (EC PRIVATE KEY)',
  'public-key': 'a public key',
  certificate: 'a certificate',
  'certificate-request': 'a certification request',
  crl: 'a CRL',
};

/** The formats that a correct input of each kind has. */
const RIGHT: Record<DerKind, KeyFormatName[]> = {
  'DER element': [
    'pkcs8',
    'pkcs8-encrypted',
    'pkcs1',
    'sec1',
    'public-key',
    'certificate',
    'certificate-request',
    'crl',
  ],
  certificate: ['certificate'],
  'certification request': ['certificate-request'],
  CRL: ['crl'],
  'private key': ['pkcs8', 'pkcs1', 'sec1'],
  'PKCS#8 key': ['pkcs8'],
};

/** What to do about refused bytes. */
function advice(what: DerKind, looksLike: KeyFormatName): string {
  if (looksLike === 'pem') return `this is PEM text, DER is wanted: ${TO_DER[what]}`;
  if (looksLike === 'base64' || looksLike === 'hex') return `this looks like ${looksLike} text: decode it to DER first`;
  const isKey = what.endsWith('key');
  if (RIGHT[what].includes(looksLike)) return isKey ? 'export it again' : 'have it issued again';
  const name = NAMES[looksLike];
  if (!name) return `give a whole DER file, as made by: ${TO_DER[what]}`;
  if (!isKey) return `this is ${name}: give the ${what} that belongs to it`;
  const isPrivate = ['pkcs8-encrypted', 'pkcs1', 'sec1'].includes(looksLike);
  return isPrivate
    ? `this is ${name}: ${TO_DER[what].replace('-in ', '-inform der -in ')}`
    : `this is ${name}: give the private key that belongs to it`;
}
