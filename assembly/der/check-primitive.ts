import { Result } from '../../build/abi/assembly';
import { Tag } from '../../build/abi/der-templates';
import { utf8Scan } from '../memory/utf8';
import { fail, Packed } from './element';
import { isFailure, readTime } from './time';

function checkObjectIdentifier(p: usize, end: usize): Packed {
  if (p == end) return fail(Result.DER_OID_EMPTY, p);
  // X.690 8.19.2: the last octet of the last arc has bit 7 clear.
  if (load<i8>(end - 1) < 0) return fail(Result.DER_OID_TRUNCATED, end - 1);
  while (p < end) {
    const first = p;
    while (load<i8>(p) < 0) p++;
    p++;
    // X.690 8.19.2: the fewest octets. There may be any number of them: nothing here makes a number of an arc.
    if (load<u8>(first) == 0x80) return fail(Result.DER_OID_NOT_MINIMAL, first);
  }
  return 0;
}

/** X.680 41.4: A to Z, a to z, 0 to 9, space and ' ( ) + , - . / : = ? */
function isPrintable(c: u32): bool {
  const letter = (c | 0x20) - 0x61;
  // The constant has one bit for each character from 20 to 3F.
  return (c > 0x3f && letter < 26) || (c - 0x20 < 32 && ((0xa7fffb81 >> (c - 0x20)) & 1) != 0);
}

/** Whether a string type with one-octet characters has this one (X.680 41): 0 or a result code. */
function checkCharacter(tag: u32, c: u32): i32 {
  if (tag == Tag.PRINTABLE_STRING) return isPrintable(c) ? 0 : Result.DER_PRINTABLE_STRING_INVALID;
  if (tag == Tag.IA5_STRING) return c < 0x80 ? 0 : Result.DER_IA5_STRING_INVALID;
  if (tag == Tag.VISIBLE_STRING) return c - 0x20 < 0x5f ? 0 : Result.DER_VISIBLE_STRING_INVALID;
  return c == 0x20 || c - 0x30 < 10 ? 0 : Result.DER_NUMERIC_STRING_INVALID;
}

/** Checks the content of a primitive element. Types that are not universal, or have no inner rule, pass. */
export function checkPrimitive(tag: u32, p: usize, length: usize): Packed {
  const end = p + length;
  const first: u32 = length == 0 ? 0 : load<u8>(p);
  let code = 0;
  let at = p;
  switch (tag) {
    case Tag.BOOLEAN:
      // X.690 8.2.1: one octet. 11.1: TRUE is FF and nothing else.
      if (first != 0 && first != 0xff) code = Result.DER_BOOLEAN_VALUE;
      if (length != 1) code = Result.DER_BOOLEAN_LENGTH;
      break;
    case Tag.INTEGER:
    case Tag.ENUMERATED: // X.690 8.4: encoded as an INTEGER
      // X.690 8.3.1: at least one octet.
      if (length == 0) code = Result.DER_INTEGER_EMPTY;
      // X.690 8.3.2: the first nine bits are neither all zero nor all one.
      if (length > 1) {
        const nine = (first << 1) | (<u32>load<u8>(p, 1) >> 7);
        if (((nine + 1) & 0x1ff) < 2) code = Result.DER_INTEGER_NOT_MINIMAL;
      }
      break;
    case Tag.BIT_STRING:
      if (length == 0) {
        code = Result.DER_BIT_STRING_EMPTY; // X.690 8.6.2.1: the first octet counts the unused bits.
      } else if (first > 7 || (length == 1 && first != 0)) {
        code = Result.DER_BIT_STRING_UNUSED; // X.690 8.6.2.2, 8.6.2.3: 0 to 7, and 0 when there are no bits.
      } else if ((load<u8>(end - 1) & ((1 << first) - 1)) != 0) {
        code = Result.DER_BIT_STRING_PADDING; // X.690 11.2.1: they are zero.
        at = end - 1;
      }
      break;
    case Tag.NULL: // X.690 8.8.2
      if (length != 0) code = Result.DER_NULL_NOT_EMPTY;
      break;
    case Tag.OBJECT_IDENTIFIER:
    case Tag.RELATIVE_OID: // X.690 8.20: the same arcs
      return checkObjectIdentifier(p, end);
    case Tag.UTF8_STRING:
      at = <usize>utf8Scan(<i32>p, <i32>end);
      if (at != end) code = Result.DER_UTF8_INVALID;
      break;
    case Tag.NUMERIC_STRING:
    case Tag.PRINTABLE_STRING:
    case Tag.IA5_STRING:
    case Tag.VISIBLE_STRING:
      for (; at < end; at++) {
        code = checkCharacter(tag, load<u8>(at));
        if (code != 0) break;
      }
      break;
    case Tag.UTC_TIME:
    case Tag.GENERALIZED_TIME: {
      const time = readTime(tag, p, length);
      return isFailure(time) ? time : 0;
    }
    case Tag.UNIVERSAL_STRING: // X.690 8.23.7: four octets a character
      if ((length & 3) != 0) code = Result.DER_WIDE_STRING_LENGTH;
      break;
    case Tag.BMP_STRING: // X.690 8.23.8: two
      if ((length & 1) != 0) {
        code = Result.DER_WIDE_STRING_LENGTH;
      } else {
        // X.680 41: D800 to DFFF are not characters.
        while (at < end && load<u8>(at) >> 3 != 0xd8 >> 3) at += 2;
        if (at < end) code = Result.DER_BMP_STRING_INVALID;
      }
      break;
  }
  return code == 0 ? 0 : fail(code, at);
}
