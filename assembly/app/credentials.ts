/** What is checked of a credential before it is used: hex, DER, kind and dates. No system calls here. */
import {
  APP_LIMIT_CREDENTIAL,
  CERTIFICATE_ERROR_OFFSET,
  CERTIFICATE_NOT_AFTER,
  CERTIFICATE_NOT_BEFORE,
  CERTIFICATE_SUBJECT_COMMON_NAME,
  CREDENTIAL_COUNT,
  CREDENTIAL_DATA,
  CREDENTIAL_ERROR_OFFSET,
  CREDENTIAL_LENGTH,
  KEY_FORMAT_BASE64,
  KEY_FORMAT_CERTIFICATE,
  KEY_FORMAT_PEM,
  KEY_FORMAT_PKCS1,
  KEY_FORMAT_PKCS8,
  KEY_FORMAT_PKCS8_ENCRYPTED,
  KEY_FORMAT_SEC1,
  PRIVATE_KEY_ERROR_OFFSET,
  RESULT_APP_CERTIFICATE_EXPIRED,
  RESULT_APP_CERTIFICATE_NOT_YET_VALID,
  RESULT_APP_HEX_OF_PEM,
  RESULT_APP_IS_BASE64,
  RESULT_APP_IS_CERTIFICATE,
  RESULT_APP_IS_KEY,
  RESULT_APP_IS_PEM,
  RESULT_APP_KEY_ENCRYPTED,
  RESULT_APP_NOT_PKCS8,
  RESULT_APP_TOO_MANY_CERTIFICATES,
  RESULT_APP_VALUE_EMPTY,
  RESULT_APP_VALUE_TOO_LONG,
  RESULT_OUT_OF_SPACE,
} from '../../build/abi/assembly';
import { key_check_pkcs8, key_identify, x509_read } from '../der';
import { hex_decode } from '../hex';
import { recordBuffer } from './memory-map';

/** MvTlsCertificateChain holds at most this many. */
export const CHAIN_MAXIMUM: i32 = 8;

/**
 * Decodes hex text into `output` (AppLimit.CREDENTIAL bytes) and notes it in the record Credential.
 * Gives the KeyFormat of the bytes, or a result code with errorOffset counting characters.
 */
function readHex(text: usize, length: u32, output: usize, credential: usize): i32 {
  store<u32>(credential, output, CREDENTIAL_DATA);
  store<u32>(credential, 0, CREDENTIAL_LENGTH);
  store<u32>(credential, 0, CREDENTIAL_COUNT);
  store<u32>(credential, 0, CREDENTIAL_ERROR_OFFSET);
  if (length == 0) return RESULT_APP_VALUE_EMPTY;
  const size = hex_decode(text, length, output, APP_LIMIT_CREDENTIAL, credential + CREDENTIAL_ERROR_OFFSET);
  if (size < 0) {
    const looksLike = key_identify(text, length);
    if (looksLike == KEY_FORMAT_PEM) return RESULT_APP_IS_PEM;
    if (looksLike == KEY_FORMAT_BASE64) return RESULT_APP_IS_BASE64;
    return size == RESULT_OUT_OF_SPACE ? RESULT_APP_VALUE_TOO_LONG : size;
  }
  store<u32>(credential, size, CREDENTIAL_LENGTH);
  const format = key_identify(output, size);
  return format == KEY_FORMAT_PEM ? RESULT_APP_HEX_OF_PEM : format;
}

/**
 * Checks the hex text of one DER certificate or several, one after the other. `now` is in Unix seconds, 0 when the
 * clock is not set: dates are not checked then. Gives the count of certificates or a result code; errorOffset counts
 * characters while the hex is wrong, bytes of DER after that.
 */
export function readCertificates(text: usize, length: u32, output: usize, now: i64, credential: usize): i32 {
  const format = readHex(text, length, output, credential);
  if (format < 0) return format;
  if (isKey(format)) return RESULT_APP_IS_KEY;
  const total: u32 = load<u32>(credential, CREDENTIAL_LENGTH);
  let at: u32 = 0;
  let count = 0;
  while (at < total) {
    const used = x509_read(output + at, total - at, recordBuffer);
    store<u32>(credential, at, CREDENTIAL_ERROR_OFFSET);
    if (used < 0) {
      store<u32>(credential, at + load<u32>(recordBuffer, CERTIFICATE_ERROR_OFFSET), CREDENTIAL_ERROR_OFFSET);
      return used;
    }
    if (++count > CHAIN_MAXIMUM) return RESULT_APP_TOO_MANY_CERTIFICATES;
    if (now != 0 && now > load<i64>(recordBuffer, CERTIFICATE_NOT_AFTER)) return RESULT_APP_CERTIFICATE_EXPIRED;
    if (now != 0 && now < load<i64>(recordBuffer, CERTIFICATE_NOT_BEFORE)) return RESULT_APP_CERTIFICATE_NOT_YET_VALID;
    at += used;
  }
  store<u32>(credential, count, CREDENTIAL_COUNT);
  return count;
}

/** Checks the hex text of one unencrypted PKCS#8 key; gives 0 or a result code, errorOffset as readCertificates. */
export function readKey(text: usize, length: u32, output: usize, credential: usize): i32 {
  const format = readHex(text, length, output, credential);
  if (format < 0) return format;
  if (format == KEY_FORMAT_CERTIFICATE) return RESULT_APP_IS_CERTIFICATE;
  if (format == KEY_FORMAT_PKCS1 || format == KEY_FORMAT_SEC1) return RESULT_APP_NOT_PKCS8;
  if (format == KEY_FORMAT_PKCS8_ENCRYPTED) return RESULT_APP_KEY_ENCRYPTED;
  const result = key_check_pkcs8(output, load<u32>(credential, CREDENTIAL_LENGTH), recordBuffer);
  if (result < 0) store<u32>(credential, load<u32>(recordBuffer, PRIVATE_KEY_ERROR_OFFSET), CREDENTIAL_ERROR_OFFSET);
  return result;
}

function isKey(format: i32): bool {
  return (
    format == KEY_FORMAT_PKCS8 ||
    format == KEY_FORMAT_PKCS8_ENCRYPTED ||
    format == KEY_FORMAT_PKCS1 ||
    format == KEY_FORMAT_SEC1
  );
}

/**
 * Writes an MvSizedString for each certificate of a chain that readCertificates accepted; gives how many.
 */
export function splitChain(credential: usize, output: usize): i32 {
  const first = <usize>load<u32>(credential, CREDENTIAL_DATA);
  const end = first + load<u32>(credential, CREDENTIAL_LENGTH);
  let at = first;
  let p = output;
  let count = 0;
  while (at < end && count < CHAIN_MAXIMUM) {
    const used = x509_read(at, <u32>(end - at), recordBuffer);
    if (used <= 0) break;
    store<u32>(p, at);
    store<u32>(p, used, 4);
    p += 8;
    at += used;
    count++;
  }
  return count;
}

/** Address and, four bytes on, length of the subject's common name of the first certificate. */
export function subjectOf(credential: usize): usize {
  x509_read(load<u32>(credential, CREDENTIAL_DATA), load<u32>(credential, CREDENTIAL_LENGTH), recordBuffer);
  return recordBuffer + CERTIFICATE_SUBJECT_COMMON_NAME;
}
