import {
  CERTIFICATE_ERROR_OFFSET,
  CERTIFICATE_EXTENSION_COUNT,
  CERTIFICATE_EXTENSIONS,
  CERTIFICATE_ISSUER,
  CERTIFICATE_ISSUER_COMMON_NAME,
  CERTIFICATE_NOT_BEFORE,
  CERTIFICATE_PUBLIC_KEY,
  CERTIFICATE_PUBLIC_KEY_ALGORITHM,
  CERTIFICATE_PUBLIC_KEY_BITS,
  CERTIFICATE_PUBLIC_KEY_CURVE,
  CERTIFICATE_SERIAL_NUMBER,
  CERTIFICATE_SIGNATURE,
  CERTIFICATE_SIGNATURE_ALGORITHM,
  CERTIFICATE_SIZE,
  CERTIFICATE_SUBJECT,
  CERTIFICATE_SUBJECT_COMMON_NAME,
  CERTIFICATE_SUBJECT_PUBLIC_KEY_INFO,
  CERTIFICATE_TBS_CERTIFICATE,
  CERTIFICATE_VERSION,
  DER_LIMIT_DEPTH,
  RESULT_KEY_PUBLIC_INVALID,
  RESULT_X509_EXTENSIONS_VERSION,
  RESULT_X509_ISSUER_EMPTY,
  RESULT_X509_SERIAL_NEGATIVE,
  RESULT_X509_SERIAL_TOO_LONG,
  RESULT_X509_SIGNATURE_ALGORITHM,
  RESULT_X509_SIGNATURE_BITS,
  RESULT_X509_TIME_TYPE,
  RESULT_X509_UNIQUE_ID_VERSION,
  RESULT_X509_VERSION_DEFAULT,
  RESULT_X509_VERSION_UNKNOWN,
} from '../../build/abi/assembly';
import { checkPublicKey, readAlgorithm, readKeyAlgorithm, readOctets } from './algorithm';
import {
  contentOf,
  endOf,
  equal,
  expect,
  expectEnd,
  expectLast,
  fail,
  finish,
  isNext,
  lengthOf,
  Packed,
  readElement,
  storeView,
  TAG_BIT_STRING,
  TAG_GENERALIZED_TIME,
  TAG_INTEGER,
  TAG_SEQUENCE,
  TAG_UTC_TIME,
} from './element';
import { readExtensions } from './extension';
import { readName } from './name';
import { isFailure, readTime } from './time';
import { checkPrimitive } from './value';
import { walk } from './walk';

/** 2050-01-01T00:00:00Z */
const YEAR_2050: i64 = 2524608000;

/** version [0] EXPLICIT DEFAULT v1; gives the address after it. */
function readVersion(p: usize, end: usize, out: usize): Packed {
  store<u32>(out, 1, CERTIFICATE_VERSION);
  if (!isNext(p, end, 0xa0)) return p;
  const wrapper = readElement(p, end);
  const version = expectLast(contentOf(wrapper), endOf(wrapper), TAG_INTEGER);
  if (version < 0) return version;
  const at = contentOf(version);
  const value = <u32>load<u8>(at);
  // X.690 11.5: the default is left out.
  if (value == 0 && lengthOf(version) == 1) return fail(RESULT_X509_VERSION_DEFAULT, at);
  if (value > 2 || lengthOf(version) != 1) return fail(RESULT_X509_VERSION_UNKNOWN, at);
  store<u32>(out, value + 1, CERTIFICATE_VERSION);
  return endOf(wrapper);
}

/** RFC 5280 4.1.2.2: not negative, at most 20 octets. Zero passes, see the README. */
function readSerialNumber(p: usize, end: usize, out: usize): Packed {
  const serial = expect(p, end, TAG_INTEGER);
  if (serial < 0) return serial;
  if (load<u8>(contentOf(serial)) > 0x7f) return fail(RESULT_X509_SERIAL_NEGATIVE, contentOf(serial));
  if (lengthOf(serial) > 20) return fail(RESULT_X509_SERIAL_TOO_LONG, contentOf(serial));
  storeView(out + CERTIFICATE_SERIAL_NUMBER, contentOf(serial), endOf(serial));
  return endOf(serial);
}

/** A Name as a whole to `view`, its common name to `commonName`; gives the address after it. */
function readNameField(p: usize, end: usize, view: usize, commonName: usize): Packed {
  const name = expect(p, end, TAG_SEQUENCE);
  if (name < 0) return name;
  storeView(view, p, endOf(name));
  const wrong = readName(contentOf(name), endOf(name), commonName);
  return wrong < 0 ? wrong : endOf(name);
}

/** Validity (RFC 5280 4.1.2.5) to two neighbouring fields; gives the address after it. */
function readValidity(p: usize, end: usize, out: usize): Packed {
  const validity = expect(p, end, TAG_SEQUENCE);
  if (validity < 0) return validity;
  p = contentOf(validity);
  end = endOf(validity);
  for (let i = 0; i < 2; i++) {
    const tag = isNext(p, end, TAG_GENERALIZED_TIME) ? TAG_GENERALIZED_TIME : TAG_UTC_TIME;
    const element = expect(p, end, tag);
    if (element < 0) return element;
    const time = readTime(tag, contentOf(element), lengthOf(element));
    if (isFailure(time)) return time;
    // RFC 5280 4.1.2.5: UTCTime through 2049.
    if (tag == TAG_GENERALIZED_TIME && time < YEAR_2050) return fail(RESULT_X509_TIME_TYPE, p);
    store<i64>(out, time, CERTIFICATE_NOT_BEFORE);
    out += 8;
    p = endOf(element);
  }
  const wrong = expectEnd(p, end);
  return wrong < 0 ? wrong : p;
}

/** SubjectPublicKeyInfo (RFC 5280 4.1.2.7); gives the address after it. */
function readPublicKeyInfo(p: usize, end: usize, out: usize): Packed {
  const info = expect(p, end, TAG_SEQUENCE);
  if (info < 0) return info;
  end = endOf(info);
  storeView(out + CERTIFICATE_SUBJECT_PUBLIC_KEY_INFO, p, end);
  const algorithm = expect(contentOf(info), end, TAG_SEQUENCE);
  if (algorithm < 0) return algorithm;
  const kind = readKeyAlgorithm(contentOf(algorithm), endOf(algorithm));
  if (kind < 0) return kind;
  const key = readOctets(endOf(algorithm), end, RESULT_KEY_PUBLIC_INVALID);
  if (key < 0) return key;
  const bits = checkPublicKey(<i32>kind, contentOf(key), lengthOf(key));
  if (bits < 0) return bits;
  storeView(out + CERTIFICATE_PUBLIC_KEY, contentOf(key), endOf(key));
  store<u32>(out, <u32>kind & 0xff, CERTIFICATE_PUBLIC_KEY_ALGORITHM);
  store<u32>(out, <u32>kind >> 8, CERTIFICATE_PUBLIC_KEY_CURVE);
  store<u32>(out, <u32>bits, CERTIFICATE_PUBLIC_KEY_BITS);
  return end;
}

/** issuerUniqueID [1], subjectUniqueID [2], both IMPLICIT BIT STRING, and extensions [3]; up to the end of tbsCertificate. */
function readOptionalFields(p: usize, end: usize, out: usize): Packed {
  const version = load<u32>(out, CERTIFICATE_VERSION);
  for (let tag: u32 = 0x81; tag < 0x83; tag++) {
    if (!isNext(p, end, tag)) continue;
    // RFC 5280 4.1.2.8: v2 or v3.
    if (version < 2) return fail(RESULT_X509_UNIQUE_ID_VERSION, p);
    const identifier = readElement(p, end);
    const wrong = checkPrimitive(TAG_BIT_STRING, contentOf(identifier), lengthOf(identifier));
    if (wrong < 0) return wrong;
    p = endOf(identifier);
  }
  if (isNext(p, end, 0xa3)) {
    // RFC 5280 4.1.2.9: v3 only.
    if (version != 3) return fail(RESULT_X509_EXTENSIONS_VERSION, p);
    const wrapper = readElement(p, end);
    p = endOf(wrapper);
    const list = expectLast(contentOf(wrapper), p, TAG_SEQUENCE);
    if (list < 0) return list;
    const count = readExtensions(contentOf(list), p);
    if (count < 0) return count;
    storeView(out + CERTIFICATE_EXTENSIONS, contentOf(list), p);
    store<u32>(out, <u32>count, CERTIFICATE_EXTENSION_COUNT);
  }
  return expectEnd(p, end);
}

/** Content of tbsCertificate (RFC 5280 4.1.2); the outer signatureAlgorithm stands directly behind its end. */
function readTbsCertificate(p: usize, end: usize, out: usize, outer: usize): Packed {
  let next = readVersion(p, end, out);
  if (next < 0) return next;
  next = readSerialNumber(<usize>next, end, out);
  if (next < 0) return next;
  p = <usize>next;
  const algorithm = expect(p, end, TAG_SEQUENCE);
  if (algorithm < 0) return algorithm;
  // RFC 5280 4.1.1.2: the same as outside. Equal up to here means of equal length too.
  if (!equal(p, outer, endOf(algorithm) - p)) return fail(RESULT_X509_SIGNATURE_ALGORITHM, p);
  p = endOf(algorithm);
  next = readNameField(p, end, out + CERTIFICATE_ISSUER, out + CERTIFICATE_ISSUER_COMMON_NAME);
  if (next < 0) return next;
  // RFC 5280 4.1.2.4: never empty.
  if (<usize>next - p == 2) return fail(RESULT_X509_ISSUER_EMPTY, p);
  next = readValidity(<usize>next, end, out);
  if (next < 0) return next;
  next = readNameField(<usize>next, end, out + CERTIFICATE_SUBJECT, out + CERTIFICATE_SUBJECT_COMMON_NAME);
  if (next < 0) return next;
  next = readPublicKeyInfo(<usize>next, end, out);
  return next < 0 ? next : readOptionalFields(<usize>next, end, out);
}

/** Certificate (RFC 5280 4.1); gives its length. */
function readCertificate(input: usize, end: usize, out: usize): Packed {
  const walked = walk(input, end, out, DER_LIMIT_DEPTH);
  memory.fill(out, 0, CERTIFICATE_SIZE);
  if (walked < 0) return walked;
  const certificate = expect(input, end, TAG_SEQUENCE);
  if (certificate < 0) return certificate;
  end = endOf(certificate);
  const p = contentOf(certificate);
  const tbs = expect(p, end, TAG_SEQUENCE);
  if (tbs < 0) return tbs;
  storeView(out + CERTIFICATE_TBS_CERTIFICATE, p, endOf(tbs));
  const algorithm = expect(endOf(tbs), end, TAG_SEQUENCE);
  if (algorithm < 0) return algorithm;
  const identifier = readAlgorithm(contentOf(algorithm), endOf(algorithm));
  if (identifier < 0) return identifier;
  storeView(out + CERTIFICATE_SIGNATURE_ALGORITHM, contentOf(identifier), endOf(identifier));
  const signature = readOctets(endOf(algorithm), end, RESULT_X509_SIGNATURE_BITS);
  if (signature < 0) return signature;
  storeView(out + CERTIFICATE_SIGNATURE, contentOf(signature), endOf(signature));
  const wrong = readTbsCertificate(contentOf(tbs), endOf(tbs), out, endOf(tbs));
  return wrong < 0 ? wrong : end - input;
}

/** ABI: see assembly/abi/der.json. The record serves the walk as its stack until it is filled. */
export function x509_read(input: usize, length: u32, certificate: usize): i32 {
  return finish(readCertificate(input, input + length, certificate), input, certificate + CERTIFICATE_ERROR_OFFSET);
}
