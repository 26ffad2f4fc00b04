import {
  KEY_FORMAT_BASE64,
  KEY_FORMAT_CERTIFICATE,
  KEY_FORMAT_HEX,
  KEY_FORMAT_PEM,
  KEY_FORMAT_PKCS1,
  KEY_FORMAT_PKCS8,
  KEY_FORMAT_PKCS8_ENCRYPTED,
  KEY_FORMAT_SEC1,
  KEY_FORMAT_UNKNOWN,
} from '../../build/abi/assembly';
import {
  contentOf,
  endOf,
  isNext,
  readElement,
  TAG_BIT_STRING,
  TAG_INTEGER,
  TAG_OBJECT_IDENTIFIER,
  TAG_OCTET_STRING,
  TAG_SEQUENCE,
} from './element';

/** The address after the element at `p`; `end` when there is none. */
function skip(p: usize, end: usize): usize {
  const element = readElement(p, end);
  return element < 0 ? end : endOf(element);
}

/** Whether a SEQUENCE at `p` begins with this identifier octet. */
function beginsWith(p: usize, end: usize, tag: u32): bool {
  if (!isNext(p, end, TAG_SEQUENCE)) return false;
  const sequence = readElement(p, end);
  return sequence >= 0 && isNext(contentOf(sequence), endOf(sequence), tag);
}

/** Whether a TBSCertificate stands at `p`: [version] serialNumber signature, the last beginning with an identifier, which a CSR lacks. */
function isTbsCertificate(p: usize, end: usize): bool {
  const tbs = readElement(p, end);
  if (tbs < 0) return false;
  p = contentOf(tbs);
  end = endOf(tbs);
  if (isNext(p, end, 0xa0)) p = skip(p, end);
  return isNext(p, end, TAG_INTEGER) && beginsWith(skip(p, end), end, TAG_OBJECT_IDENTIFIER);
}

/** The first elements of the SEQUENCE that has this content tell its type. */
function identifySequence(p: usize, end: usize): i32 {
  const second = skip(p, end);
  if (isNext(p, end, TAG_SEQUENCE)) {
    // EncryptedPrivateKeyInfo, RFC 5958 3
    if (beginsWith(p, end, TAG_OBJECT_IDENTIFIER) && isNext(second, end, TAG_OCTET_STRING))
      return KEY_FORMAT_PKCS8_ENCRYPTED;
    const isCertificate = isNext(second, end, TAG_SEQUENCE) && isNext(skip(second, end), end, TAG_BIT_STRING);
    return isCertificate && isTbsCertificate(p, end) ? KEY_FORMAT_CERTIFICATE : KEY_FORMAT_UNKNOWN;
  }
  if (!isNext(p, end, TAG_INTEGER) || second - p != 3) return KEY_FORMAT_UNKNOWN;
  // RFC 5958 2: version, privateKeyAlgorithm, privateKey
  if (beginsWith(second, end, TAG_OBJECT_IDENTIFIER) && isNext(skip(second, end), end, TAG_OCTET_STRING))
    return KEY_FORMAT_PKCS8;
  // RFC 5915 3: version 1, privateKey
  if (load<u8>(second - 1) == 1 && isNext(second, end, TAG_OCTET_STRING)) return KEY_FORMAT_SEC1;
  // RFC 8017 A.1.2: nine numbers; a DSA key has six
  let count = 0;
  for (; isNext(p, end, TAG_INTEGER); p = skip(p, end)) count++;
  return count == 9 ? KEY_FORMAT_PKCS1 : KEY_FORMAT_UNKNOWN;
}

function isSpace(c: u32): bool {
  return c == 0x20 || c - 9 < 5;
}

/** Whether "-----BEGIN " stands somewhere; RFC 7468 2 allows text before it. */
function isPem(p: usize, end: usize): bool {
  for (; p + 11 <= end; p++) {
    // "-----BEG", then "GIN " which overlaps by one
    if (load<u64>(p) == 0x4745422d2d2d2d2d && load<u32>(p, 7) == 0x204e4947) return true;
  }
  return false;
}

/** Hex or base64 of something that starts with 30, the identifier octet of a SEQUENCE; white space between the digits is let pass. */
function identifyDigits(p: usize, end: usize): i32 {
  // 30 is "M" and one of "A" to "P" in base64.
  const isHex = load<u16>(p) == 0x3033;
  if (!isHex && (load<u8>(p) != 0x4d || <u32>load<u8>(p, 1) - 0x41 > 15)) return KEY_FORMAT_UNKNOWN;
  for (; p < end; p++) {
    const c = <u32>load<u8>(p);
    const letter = (c | 0x20) - 0x61;
    if (c - 0x30 < 10 || isSpace(c) || (c > 0x3f && letter < 6)) continue;
    if (isHex || !((c > 0x3f && letter < 26) || c == 0x2b || c == 0x2f || c == 0x3d)) return KEY_FORMAT_UNKNOWN;
  }
  return isHex ? KEY_FORMAT_HEX : KEY_FORMAT_BASE64;
}

/** ABI: see assembly/abi/der.json. */
export function key_identify(input: usize, length: u32): i32 {
  const end = input + length;
  let p = input;
  if (isNext(p, end, TAG_SEQUENCE)) {
    const sequence = readElement(p, end);
    if (sequence >= 0) return identifySequence(contentOf(sequence), endOf(sequence));
  }
  if (isPem(p, end)) return KEY_FORMAT_PEM;
  // A byte order mark, as some editors write it.
  if (length > 3 && (load<u32>(p) & 0xffffff) == 0xbfbbef) p += 3;
  while (p < end && isSpace(load<u8>(p))) p++;
  return end - p < 2 ? KEY_FORMAT_UNKNOWN : identifyDigits(p, end);
}
