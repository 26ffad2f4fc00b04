/** The checks of a credential before it is used: hex, DER, kind and dates. No system calls here. */
import { AppLimit, Certificate, Credential, KeyFormat, PrivateKey, Result } from '../../build/abi/assembly';
import { Tag } from '../../build/abi/der-templates';
import { MvSizedString } from '../../build/abi/microvisor-assembly';
import { key_check_pkcs8, key_identify, x509_read } from '../der';
import { endOf, isNext, readElement } from '../der/element';
import { hex_decode } from '../hex';
import { recordBuffer } from './memory-map';

/** The most certificates that MvTlsCertificateChain holds. */
export const CHAIN_MAXIMUM: i32 = 8;

/** The record of what is being read, a certificate or a key. */
const certificateRecord = changetype<Certificate>(recordBuffer);
const keyRecord = changetype<PrivateKey>(recordBuffer);

/**
 * Decodes hex text into `output` (AppLimit.CREDENTIAL bytes) and notes it in the record Credential. Returns the KeyFormat of the
 * bytes, or a result code; errorOffset counts characters then.
 */
function readHex(text: usize, length: u32, output: usize, credential: Credential): i32 {
  credential.data = output;
  credential.length = 0;
  credential.count = 0;
  credential.errorOffset = 0;
  if (length == 0) return Result.APP_VALUE_EMPTY;
  const size = hex_decode(
    text,
    length,
    output,
    AppLimit.CREDENTIAL,
    changetype<usize>(credential) + offsetof<Credential>('errorOffset'),
  );
  if (size < 0) {
    const looksLike = key_identify(text, length);
    if (looksLike == KeyFormat.PEM) return Result.APP_IS_PEM;
    if (looksLike == KeyFormat.BASE64) return Result.APP_IS_BASE64;
    return size == Result.OUT_OF_SPACE ? Result.APP_VALUE_TOO_LONG : size;
  }
  credential.length = size;
  const format = key_identify(output, size);
  return format == KeyFormat.PEM ? Result.APP_HEX_OF_PEM : format;
}

/** A certificate that readRoots left out. */
@unmanaged
export class Refusal {
  /** Result code. */
  code: i32;
  /** Byte of the DER at which its rule is broken; where the certificate begins when its dates are. */
  offset: u32;
}

const refusals: usize = memory.data(CHAIN_MAXIMUM * 8, 4);

/** How many certificates readRoots left out and noted: the first CHAIN_MAXIMUM. */
export let refusalCount: i32 = 0;

/** The certificate that readRoots left out as number `index`, from 0 to below refusalCount. */
export function refusal(index: i32): Refusal {
  return changetype<Refusal>(refusals + ((<usize>index) << 3));
}

/** Checks the certificate at `at` of `credential`. Returns its length, or a result code with errorOffset. */
function readCertificate(credential: Credential, at: u32, now: i64): i32 {
  const used = x509_read(credential.data + at, credential.length - at, recordBuffer);
  credential.errorOffset = used < 0 ? at + certificateRecord.errorOffset : at;
  if (used < 0 || now == 0) return used;
  if (now > certificateRecord.notAfter) return Result.APP_CERTIFICATE_EXPIRED;
  return now < certificateRecord.notBefore ? Result.APP_CERTIFICATE_NOT_YET_VALID : used;
}

/**
 * Checks the hex text of one DER certificate or several, one after the other. `now` is in Unix seconds, 0 when the
 * clock is not set: dates are not checked then. Returns the number of certificates or a result code; errorOffset counts
 * characters when the hex is wrong (length is 0 then), bytes of DER after that.
 */
export function readCertificates(text: usize, length: u32, output: usize, now: i64, credential: Credential): i32 {
  return readAll(text, length, output, now, credential, false);
}

/**
 * As readCertificates, but a root that has expired, is not yet valid or breaks a rule is left out and noted, while another one
 * is left; errorOffset and result are those of the first when none is. What is no SEQUENCE from end to end, and a private key
 * wherever it stands, are refused all the same.
 */
export function readRoots(text: usize, length: u32, output: usize, now: i64, credential: Credential): i32 {
  refusalCount = 0;
  return readAll(text, length, output, now, credential, true);
}

function readAll(text: usize, length: u32, output: usize, now: i64, credential: Credential, areRoots: bool): i32 {
  const format = readHex(text, length, output, credential);
  if (format < 0) return format;
  if (isKey(format)) return Result.APP_IS_KEY;
  const end = output + credential.length;
  let p = output;
  let kept = output;
  let count = 0;
  while (p < end) {
    const result = readCertificate(credential, <u32>(p - output), now);
    const element = readElement(p, end);
    if (result < 0) {
      if (!areRoots || element < 0 || !isNext(p, end, Tag.SEQUENCE)) return result;
      if (isKey(key_identify(p, <u32>(end - p)))) return Result.APP_IS_KEY;
      if (refusalCount < CHAIN_MAXIMUM) {
        const refused = refusal(refusalCount++);
        refused.code = result;
        refused.offset = credential.errorOffset;
      }
    } else {
      if (++count > CHAIN_MAXIMUM) return Result.APP_TOO_MANY_CERTIFICATES;
      memory.copy(kept, p, result);
      kept += result;
    }
    p = endOf(element);
  }
  if (count == 0) {
    credential.errorOffset = refusal(0).offset;
    return refusal(0).code;
  }
  credential.length = <u32>(kept - output);
  credential.count = count;
  return count;
}

/** Checks the hex text of one unencrypted PKCS#8 key; returns 0 or a result code; errorOffset is that of readCertificates. */
export function readKey(text: usize, length: u32, output: usize, credential: Credential): i32 {
  const format = readHex(text, length, output, credential);
  if (format < 0) return format;
  if (format == KeyFormat.CERTIFICATE) return Result.APP_IS_CERTIFICATE;
  if (format == KeyFormat.PKCS1 || format == KeyFormat.SEC1) return Result.APP_NOT_PKCS8;
  if (format == KeyFormat.PKCS8_ENCRYPTED) return Result.APP_KEY_ENCRYPTED;
  const result = key_check_pkcs8(output, credential.length, recordBuffer);
  if (result < 0) credential.errorOffset = keyRecord.errorOffset;
  return result;
}

function isKey(format: i32): bool {
  return (
    format == KeyFormat.PKCS8 ||
    format == KeyFormat.PKCS8_ENCRYPTED ||
    format == KeyFormat.PKCS1 ||
    format == KeyFormat.SEC1
  );
}

/** Writes an MvSizedString for each certificate of a chain that readCertificates accepted, and returns their number. */
export function splitChain(credential: Credential, output: usize): i32 {
  const first = credential.data;
  const end = first + credential.length;
  let at = first;
  let p = output;
  let count = 0;
  while (at < end && count < CHAIN_MAXIMUM) {
    const used = x509_read(at, <u32>(end - at), recordBuffer);
    if (used <= 0) break;
    changetype<MvSizedString>(p).data = at;
    changetype<MvSizedString>(p).length = used;
    p += MvSizedString.SIZE;
    at += used;
    count++;
  }
  return count;
}

/** The first certificate of a chain that readCertificates accepted. It stays until the next one is read. */
export function firstCertificate(credential: Credential): Certificate {
  x509_read(credential.data, credential.length, recordBuffer);
  return certificateRecord;
}
