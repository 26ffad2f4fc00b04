import { KeyFormat } from '../../../build/abi/assembly';
import { Tag } from '../../../build/abi/der-templates';
import { contentOf, endOf, isNext, readElement } from '../element';

/** The identifier octets of the first eight elements of the SEQUENCE at `p`, the first in the lowest byte. */
function tagsInside(p: usize, end: usize): u64 {
  const sequence = readElement(p, end);
  p = contentOf(sequence);
  end = endOf(sequence);
  let tags: u64 = 0;
  for (let shift: u64 = 0; p < end && shift < 64; shift += 8) {
    tags |= (<u64>load<u8>(p)) << shift;
    const element = readElement(p, end);
    if (element < 0) break;
    p = endOf(element);
  }
  return tags;
}

/** Tells a certificate, a request and a list apart by the identifier octets of what was signed. */
function identifySigned(tags: u64): i32 {
  if ((tags & 0xff) == 0xa0) tags >>= 8;
  // RFC 5280 4.1: serialNumber, signature, issuer, validity
  if (<u32>tags == 0x30303002) return KeyFormat.CERTIFICATE;
  // RFC 2986 4.1: version, subject, subjectPKInfo, attributes
  if (<u32>tags == 0xa0303002) return KeyFormat.CERTIFICATE_REQUEST;
  // RFC 5280 5.1: version, if any, then signature, issuer, and a time of either type
  if ((tags & 0xff) == 2) tags >>= 8;
  return (tags & 0xf0ffff) == 0x103030 ? KeyFormat.CERTIFICATE_LIST : KeyFormat.UNKNOWN;
}

/** Tells what a SEQUENCE is by the types of its first elements. */
function identifySequence(p: usize, end: usize): i32 {
  const tags = tagsInside(p, end);
  // RFC 5958 2: version, privateKeyAlgorithm, privateKey
  if ((tags & 0xffffff) == 0x043002) return KeyFormat.PKCS8;
  // RFC 5958 3: encryptionAlgorithm, encryptedData
  if (tags == 0x0430) return KeyFormat.PKCS8_ENCRYPTED;
  // RFC 5915 3: version, privateKey
  if (<u16>tags == 0x0402) return KeyFormat.SEC1;
  // RFC 8017 A.1.2: nine numbers, where a DSA key has six
  if (tags == 0x0202020202020202) return KeyFormat.PKCS1;
  // RFC 5280 4.1: algorithm, subjectPublicKey
  if (tags == 0x0330) return KeyFormat.PUBLIC_KEY;
  return tags == 0x033030 ? identifySigned(tagsInside(contentOf(readElement(p, end)), end)) : KeyFormat.UNKNOWN;
}

function isSpace(c: u32): bool {
  return c == 0x20 || c - 9 < 5;
}

/** Whether the input has "-----BEGIN " anywhere; RFC 7468 2 allows text before it. */
function isPem(p: usize, end: usize): bool {
  for (; p + 11 <= end; p++) {
    // "-----BEG", then "GIN ", which overlap by one character
    if (load<u64>(p) == 0x4745422d2d2d2d2d && load<u32>(p, 7) == 0x204e4947) return true;
  }
  return false;
}

/** Whether the input is hex or base64 of something that starts with 30, the identifier octet of a SEQUENCE. Skips white space. */
function identifyDigits(p: usize, end: usize): i32 {
  // 30 is "M" and one of "A" to "P" in base64.
  const isHex = load<u16>(p) == 0x3033;
  if (!isHex && (load<u8>(p) != 0x4d || <u32>load<u8>(p, 1) - 0x41 > 15)) return KeyFormat.UNKNOWN;
  for (; p < end; p++) {
    const c = <u32>load<u8>(p);
    const letter = (c | 0x20) - 0x61;
    if (c - 0x30 < 10 || isSpace(c) || (c > 0x3f && letter < 6)) continue;
    if (isHex || !((c > 0x3f && letter < 26) || c == 0x2b || c == 0x2f || c == 0x3d)) return KeyFormat.UNKNOWN;
  }
  return isHex ? KeyFormat.HEX : KeyFormat.BASE64;
}

/** ABI: see assembly/abi/der.json. */
export function key_identify(input: usize, length: u32): i32 {
  const end = input + length;
  let p = input;
  if (isNext(p, end, Tag.SEQUENCE) && readElement(p, end) >= 0) return identifySequence(p, end);
  if (isPem(p, end)) return KeyFormat.PEM;
  // White space, and the byte order mark that some editors write.
  while (p < end && (isSpace(load<u8>(p)) || load<i8>(p) < 0)) p++;
  return p + 1 >= end ? KeyFormat.UNKNOWN : identifyDigits(p, end);
}
