import {
  RESULT_DER_BIT_STRING_EMPTY,
  RESULT_DER_BIT_STRING_PADDING,
  RESULT_DER_BIT_STRING_UNUSED,
  RESULT_DER_BOOLEAN_LENGTH,
  RESULT_DER_BOOLEAN_VALUE,
  RESULT_DER_IA5_STRING_INVALID,
  RESULT_DER_INTEGER_EMPTY,
  RESULT_DER_INTEGER_NOT_MINIMAL,
  RESULT_DER_NULL_NOT_EMPTY,
  RESULT_DER_NUMERIC_STRING_INVALID,
  RESULT_DER_OID_ARC_TOO_LARGE,
  RESULT_DER_OID_EMPTY,
  RESULT_DER_OID_NOT_MINIMAL,
  RESULT_DER_OID_TRUNCATED,
  RESULT_DER_PRINTABLE_STRING_INVALID,
  RESULT_DER_UTF8_INVALID,
  RESULT_DER_VISIBLE_STRING_INVALID,
  RESULT_DER_WIDE_STRING_LENGTH,
} from '../../build/abi/assembly';
import { utf8Scan } from '../memory/utf8';
import { fail, Packed } from './element';
import { isFailure, readTime } from './time';

function checkBoolean(p: usize, length: usize): Packed {
  // X.690 8.2.1: one octet. 11.1: TRUE is FF and nothing else.
  if (length != 1) return fail(RESULT_DER_BOOLEAN_LENGTH, p);
  const value = <u32>load<u8>(p);
  return value != 0 && value != 0xff ? fail(RESULT_DER_BOOLEAN_VALUE, p) : 0;
}

export function checkInteger(p: usize, length: usize): Packed {
  // X.690 8.3.1: at least one octet.
  if (length == 0) return fail(RESULT_DER_INTEGER_EMPTY, p);
  if (length == 1) return 0;
  // X.690 8.3.2: the first nine bits are neither all zero nor all one.
  const nine = (((<u32>load<u8>(p)) << 1) | (<u32>load<u8>(p, 1) >> 7)) & 0x1ff;
  return nine == 0 || nine == 0x1ff ? fail(RESULT_DER_INTEGER_NOT_MINIMAL, p) : 0;
}

function checkBitString(p: usize, length: usize): Packed {
  // X.690 8.6.2.1: the first octet counts the unused bits of the last one.
  if (length == 0) return fail(RESULT_DER_BIT_STRING_EMPTY, p);
  const unused = <u32>load<u8>(p);
  // X.690 8.6.2.2, 8.6.2.3: 0 to 7, and 0 where there are no bits.
  if (unused > 7 || (length == 1 && unused != 0)) return fail(RESULT_DER_BIT_STRING_UNUSED, p);
  // X.690 11.2.1: they are zero.
  const last = p + length - 1;
  return (load<u8>(last) & ((1 << unused) - 1)) != 0 ? fail(RESULT_DER_BIT_STRING_PADDING, last) : 0;
}

function checkObjectIdentifier(p: usize, length: usize): Packed {
  if (length == 0) return fail(RESULT_DER_OID_EMPTY, p);
  const end = p + length;
  // X.690 8.19.2: the last octet of the last arc has bit 7 clear.
  if (load<u8>(end - 1) > 0x7f) return fail(RESULT_DER_OID_TRUNCATED, end - 1);
  while (p < end) {
    const first = p;
    while (load<u8>(p) > 0x7f) p++;
    p++;
    const lead = <u32>load<u8>(first);
    // X.690 8.19.2: the fewest octets.
    if (lead == 0x80) return fail(RESULT_DER_OID_NOT_MINIMAL, first);
    // Five octets hold 35 bits: the first of them may bring four.
    if (p - first > 5 || (p - first == 5 && lead > 0x8f)) return fail(RESULT_DER_OID_ARC_TOO_LARGE, first);
  }
  return 0;
}

/** X.680 41.4: A to Z, a to z, 0 to 9, space and ' ( ) + , - . / : = ? as one bit for each of 20 to 7F. */
function isPrintable(c: u32): bool {
  const letter = (c | 0x20) - 0x61;
  // Bits for 20 to 3F.
  return (c > 0x3f && letter < 26) || (c - 0x20 < 32 && ((0xa7fffb81 >> (c - 0x20)) & 1) != 0);
}

/** X.680 41: each of the one-octet alphabets by its tag. */
function isInAlphabet(tag: u32, c: u32): bool {
  if (tag == 19) return isPrintable(c);
  if (tag == 22) return c < 0x80;
  if (tag == 26) return c - 0x20 < 0x5f;
  return c == 0x20 || c - 0x30 < 10;
}

function checkAlphabet(tag: u32, code: i32, p: usize, length: usize): Packed {
  for (const end = p + length; p < end; p++) if (!isInAlphabet(tag, load<u8>(p))) return fail(code, p);
  return 0;
}

function checkUtf8(p: usize, length: usize): Packed {
  const bad = <usize>utf8Scan(<i32>p, <i32>(p + length));
  return bad != p + length ? fail(RESULT_DER_UTF8_INVALID, bad) : 0;
}

function checkTime(tag: u32, p: usize, length: usize): Packed {
  const time = readTime(tag, p, length);
  return isFailure(time) ? time : 0;
}

/** Checks the content of a primitive element; types that are not universal, or have no inner rule, pass. */
export function checkPrimitive(tag: u32, p: usize, length: usize): Packed {
  switch (tag) {
    case 1:
      return checkBoolean(p, length);
    case 2:
    case 10: // ENUMERATED, X.690 8.4: encoded as an INTEGER
      return checkInteger(p, length);
    case 3:
      return checkBitString(p, length);
    case 5: // X.690 8.8.2
      return length != 0 ? fail(RESULT_DER_NULL_NOT_EMPTY, p) : 0;
    case 6:
    case 13: // RELATIVE-OID, X.690 8.20: the same arcs
      return checkObjectIdentifier(p, length);
    case 12:
      return checkUtf8(p, length);
    case 18:
      return checkAlphabet(tag, RESULT_DER_NUMERIC_STRING_INVALID, p, length);
    case 19:
      return checkAlphabet(tag, RESULT_DER_PRINTABLE_STRING_INVALID, p, length);
    case 22:
      return checkAlphabet(tag, RESULT_DER_IA5_STRING_INVALID, p, length);
    case 23:
    case 24:
      return checkTime(tag, p, length);
    case 26:
      return checkAlphabet(tag, RESULT_DER_VISIBLE_STRING_INVALID, p, length);
    case 28: // UniversalString, X.690 8.23.7: four octets a character
      return (length & 3) != 0 ? fail(RESULT_DER_WIDE_STRING_LENGTH, p) : 0;
    case 30: // BMPString, X.690 8.23.8: two
      return (length & 1) != 0 ? fail(RESULT_DER_WIDE_STRING_LENGTH, p) : 0;
    default:
      return 0;
  }
}
