import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  type CertificateRequestInfo,
  type Extension,
  type KeyUsageName,
  nameAttributes,
  readCertificateRequest,
  splitDer,
} from '../../../core/index.js';
import { reasonOf } from '../../../node/reason.js';
import { isSignatureOf, isSignedBy } from '../../signature.js';
import type { CertificateProfile } from './certificate-profile.js';
import { RefusedRequest } from './refused-request.js';

/** What a request leaves to be taken into a certificate. */
export interface CheckedRequest {
  subjectPublicKeyInfo: Buffer;
  /** its only common name */
  commonName: string;
  /** as it was asked for, the value in DER */
  subjectAltName?: Extension;
  /** undefined for what the profile has */
  keyUsage?: readonly KeyUsageName[];
}

const COMMON_NAME = '2.5.4.3';
const [SUBJECT_KEY_IDENTIFIER, KEY_USAGE, SUBJECT_ALT_NAME, BASIC_CONSTRAINTS, EXT_KEY_USAGE] = [
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.37',
];

const [LEAST_RSA_BITS, MOST_RSA_BITS] = [2048, 8192];
/** A larger one has no use but to make a signature dear to verify. */
const MOST_EXPONENT = 2n ** 32n;
/** A longer certificate makes each handshake longer. */
const MOST_NAMES = 32;

/**
 * Reads a PKCS#10 request (RFC 2986): its form, its signature, its key, the extensions that the profile allows, and that it has one
 * common name. Whose name that may be, the caller knows.
 *
 * @throws RefusedRequest
 */
export function checkRequest(der: Uint8Array, profile: CertificateProfile): CheckedRequest {
  const request = read(der);
  const key = checkKey(request);
  checkSignature(request, key);
  return {
    subjectPublicKeyInfo: request.subjectPublicKeyInfo,
    commonName: commonNameOf(request),
    ...checkExtensions(request, profile),
  };
}

function read(der: Uint8Array): CertificateRequestInfo {
  let request: CertificateRequestInfo;
  try {
    request = readCertificateRequest(der);
  } catch (error) {
    throw new RefusedRequest(`the CSR is ${reasonOf(error)}`, { cause: error });
  }
  if (request.length !== der.length) {
    throw new RefusedRequest(`the CSR has ${der.length - request.length} bytes behind its end; send it alone`);
  }
  return request;
}

/** The key as OpenSSL takes it: a point has to lie on its curve. */
function checkKey(request: CertificateRequestInfo): KeyObject {
  const { publicKeyAlgorithm, publicKeyBits, publicKeyCurve, publicKeyExponent } = request;
  if (publicKeyAlgorithm === 'rsa') {
    if (publicKeyBits < LEAST_RSA_BITS)
      throw new RefusedRequest('The RSA public key length less than 2048 bits is not supported.');
    if (publicKeyBits > MOST_RSA_BITS)
      throw new RefusedRequest(`the RSA key has ${publicKeyBits} bits; ${MOST_RSA_BITS} are the most`);
    if (publicKeyExponent === undefined || publicKeyExponent > MOST_EXPONENT || publicKeyExponent % 2n === 0n)
      throw new RefusedRequest('the public exponent of the RSA key is even or too large; make a key with 65537');
  } else if (publicKeyAlgorithm !== 'ec' || !publicKeyCurve) {
    throw new RefusedRequest('the key is neither RSA nor EC on P-256, P-384 or P-521; make one of these');
  }
  try {
    return createPublicKey({ key: request.subjectPublicKeyInfo, format: 'der', type: 'spki' });
  } catch (error) {
    throw new RefusedRequest(`the public key cannot be used: ${reasonOf(error)}; make another one`, { cause: error });
  }
}

function checkSignature(request: CertificateRequestInfo, key: KeyObject): void {
  const { signatureAlgorithm } = request;
  if (!isSignatureOf(key, signatureAlgorithm)) {
    const advice = 'sign it with SHA-256 (openssl req -sha256)';
    throw new RefusedRequest(`the CSR is signed with ${signatureAlgorithm}, which is not taken; ${advice}`);
  }
  if (isSignedBy(key, request)) return;
  throw new RefusedRequest(
    'the signature of the CSR is not of its key; make the CSR with the private key that belongs',
  );
}

function commonNameOf(request: CertificateRequestInfo): string {
  const names = nameAttributes(request.subjectRaw).filter(({ type }) => type === COMMON_NAME);
  const [{ text } = {}] = names;
  if (names.length === 1 && text !== undefined) return text;
  const found = names.length === 0 ? 'no common name' : 'no single common name of text';
  throw new RefusedRequest(`the subject of the CSR has ${found}; give it one: /CN=TENANT:DEVICE`);
}

function checkExtensions(
  request: CertificateRequestInfo,
  profile: CertificateProfile,
): Pick<CheckedRequest, 'subjectAltName' | 'keyUsage'> {
  const { extensions } = request;
  for (const [at, { oid }] of extensions.entries()) {
    if (!ALLOWED.has(oid))
      throw new RefusedRequest(`the CSR asks for the extension ${oid}, which ${profile.name} has not`);
    if (extensions.findIndex((other) => other.oid === oid) < at)
      throw new RefusedRequest(`the CSR has the extension ${oid} twice; leave one out`);
  }
  if (request.ca) throw new RefusedRequest('the CSR asks for CA:TRUE; certificates of this PKI are of no CA');
  checkPurposes(request, profile);
  const subjectAltName = extensions.find(({ oid }) => oid === SUBJECT_ALT_NAME);
  if (subjectAltName) checkAltNames(request, subjectAltName);
  return { subjectAltName, keyUsage: profile.mayChooseKeyUsage ? request.keyUsage : undefined };
}

const ALLOWED = new Set([SUBJECT_KEY_IDENTIFIER, KEY_USAGE, SUBJECT_ALT_NAME, BASIC_CONSTRAINTS, EXT_KEY_USAGE]);

/** What the profile does not give is refused, not left out: whoever asked would take it for given. */
function checkPurposes({ keyUsage = [], extKeyUsage = [] }: CertificateRequestInfo, profile: CertificateProfile): void {
  const usage = keyUsage.find((name) => !profile.keyUsage.includes(name));
  if (usage)
    throw new RefusedRequest(`the CSR asks for keyUsage ${usage}; ${profile.name} has ${profile.keyUsage.join(', ')}`);
  // Without the extension a certificate is for every purpose.
  if (profile.extKeyUsage.length === 0) return;
  const purpose = extKeyUsage.find((oid) => !profile.extKeyUsage.includes(oid));
  if (purpose)
    throw new RefusedRequest(
      `the CSR asks for extendedKeyUsage ${purpose}; this certificate may have ${profile.extKeyUsage.join(', ')}`,
    );
}

function checkAltNames({ subjectAltName }: CertificateRequestInfo, { value }: Extension): void {
  const header = value[1] < 0x80 ? 2 : 2 + (value[1] & 0x7f);
  const count = splitDer(value.subarray(header)).length;
  if (count > MOST_NAMES) throw new RefusedRequest(`the CSR has ${count} subjectAltNames; ${MOST_NAMES} are the most`);
  if (subjectAltName.length === count) return;
  throw new RefusedRequest('a subjectAltName of the CSR is neither DNS, IP, URI nor email; leave it out');
}
