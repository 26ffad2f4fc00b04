import {
  DER_HEAD_BITS,
  DER_HEAD_ERROR_OFFSET,
  DER_HEAD_NAME_FIELD,
  DER_HEAD_VERSION,
  PRIVATE_KEY_PRIVATE_VALUE,
  PRIVATE_KEY_PRIVATE_VALUE_LENGTH,
} from '../../build/abi/assembly';
import {
  OP_ADDRESS,
  OP_ATTRIBUTE,
  OP_CURVE_LENGTH,
  OP_DEFAULT,
  OP_EMPTY,
  OP_EXTENSION,
  OP_EXTENSIONS,
  OP_LENGTH,
  OP_MAX,
  OP_NAME,
  OP_OCTETS,
  OP_ORDER,
  OP_POINT,
  OP_POSITIVE,
  OP_PUBLIC_VERSION,
  OP_RANGE,
  OP_REQUIRE,
  OP_SAME,
  OP_SET,
  OP_SINCE,
  OP_SIZE,
  OP_SMALL,
  OP_TIME,
  OP_TYPE,
  OP_UNSIGNED,
  OP_USAGE,
  OP_VIEW,
  OP_WHOLE,
  OPS_2,
  OPS_3,
} from '../../build/abi/der-templates';
import { noteAttribute } from './attribute';
import { checkPrimitive } from './check-primitive';
import { equal, fail, isNext, Packed, storeView } from './element';
import { beginExtension, beginExtensions } from './extension';
import { lookUp } from './known-identifiers';
import { checkOrder } from './set-order';
import { readTime } from './time';

/** Octets of a coordinate or a private value of the curve; 0 when the curve is unknown. */
function fieldSize(record: usize): usize {
  return (load<u32>(record, DER_HEAD_BITS) + 7) >> 3;
}

/** Octets that an ECPoint of this form has (RFC 5480 2.2): 04 x y, or 02 or 03 and x; 0 for another form, or when it does not matter. */
function pointSize(form: u32, size: usize): usize {
  return form == 4 ? size * 2 + 1 : form >> 1 == 1 ? size + 1 : 0;
}

/** Significant bits of a positive INTEGER; a leading zero octet is a sign, and the one after it then has its top bit set. */
function bitsOf(first: u32, length: usize): u32 {
  return <u32>(length << 3) - (first == 0 ? 8 : clz(first) - 24);
}

/** The value of up to four octets; what is larger counts as the largest there is. */
function smallValue(p: usize, end: usize): u32 {
  if (end - p > 4) return 0x7fffffff;
  let value: u32 = 0;
  while (p < end) value = (value << 8) | load<u8>(p++);
  return value;
}

/**
 * One operation on the element that was read last; `operands` follow it in the program. Gives the start of the element's
 * content, which `octets` moves, or what is wrong.
 */
export function act(
  op: u32,
  operands: usize,
  start: usize,
  content: usize,
  contentEnd: usize,
  p: usize,
  end: usize,
  record: usize,
): Packed {
  const operand = <u32>load<u8>(operands);
  const field = record + DER_HEAD_ERROR_OFFSET + ((operand & 0x7f) << 2);
  // The last operand, where it is a result code.
  const code = -300 - <i32>load<u8>(operands + <usize>(op >= OPS_2) + <usize>(op >= OPS_3));
  const length = contentEnd - content;
  const octet: u32 = length == 0 ? 0 : load<u8>(content);
  let at = content;
  let isWrong = false;
  let wrong: Packed = 0;
  switch (op) {
    case OP_VIEW:
      storeView(field, content, contentEnd);
      break;
    case OP_NAME:
      store<u32>(record, field, DER_HEAD_NAME_FIELD);
    // falls through
    case OP_WHOLE:
      storeView(field, start, contentEnd);
      break;
    case OP_SET:
      store<u32>(field, load<i16>(operands, 1));
      break;
    case OP_SMALL:
      store<u32>(field, smallValue(content, contentEnd));
      break;
    case OP_SIZE:
      store<u32>(field, bitsOf(octet, length));
      break;
    case OP_TYPE:
      wrong = checkPrimitive(operand, content, length);
      break;
    case OP_ORDER:
      wrong = checkOrder(content, contentEnd);
      break;
    case OP_EXTENSIONS:
      beginExtensions(content, operand, record);
      break;
    case OP_EXTENSION:
      wrong = beginExtension(start, content, contentEnd, record);
      break;
    case OP_ATTRIBUTE:
      wrong = noteAttribute(lookUp(operand, content, length), p, end, record);
      break;
    case OP_TIME:
      // RFC 5280 4.1.2.5, 5.1.2.4: whoever reads a date takes either type, whatever the year.
      store<i64>(field, readTime(load<u8>(start), content, length));
      break;
    case OP_CURVE_LENGTH: {
      // RFC 5915 3: as long as the order of the curve.
      const size = fieldSize(record);
      at = load<u32>(record, PRIVATE_KEY_PRIVATE_VALUE);
      isWrong = size != 0 && size != load<u32>(record, PRIVATE_KEY_PRIVATE_VALUE_LENGTH);
      break;
    }
    case OP_PUBLIC_VERSION:
      // RFC 5958 2: v2 with a public key, v1 without one.
      at = p;
      isWrong = isNext(p, end, 0x81) != (load<u32>(record, DER_HEAD_VERSION) == 2);
      break;
    case OP_REQUIRE:
      at = p;
      isWrong = (p == end ? 0 : <u32>load<u8>(p)) != operand;
      break;
    case OP_EMPTY:
      at = start;
      isWrong = length == 0;
      break;
    case OP_SINCE:
      at = start;
      isWrong = load<u32>(record, DER_HEAD_VERSION) < operand;
      break;
    case OP_SAME: {
      const other = load<u32>(field);
      at = start;
      isWrong = other != 0 && !equal(start, other, contentEnd - start);
      break;
    }
    case OP_USAGE: {
      // Bit 0 is the highest of the first octet. Zero bits at the end, which X.690 11.2.2 leaves out, change nothing.
      const bits = (length > 1 ? (<u32>load<u8>(content, 1)) << 8 : 0) | (length > 2 ? <u32>load<u8>(content, 2) : 0);
      store<u32>(field, bits);
      isWrong = bits == 0;
      break;
    }
    case OP_OCTETS:
      // An empty BIT STRING was refused before.
      content++;
      isWrong = octet != 0;
      break;
    case OP_UNSIGNED:
      isWrong = octet > 0x7f;
      break;
    case OP_POSITIVE:
      isWrong = octet > 0x7f || (octet == 0 && length == 1);
      break;
    case OP_DEFAULT:
      isWrong = octet == 0 && length == 1;
      break;
    case OP_LENGTH:
      isWrong = length != operand;
      break;
    case OP_MAX:
      isWrong = length > operand;
      break;
    case OP_ADDRESS:
      isWrong = length != 4 && length != 16;
      break;
    case OP_POINT: {
      const size = fieldSize(record);
      const expected = pointSize(octet, size);
      isWrong = expected == 0 || (size != 0 && length != expected);
      break;
    }
    case OP_RANGE:
      isWrong = length != 1 || octet < operand >> 4 || octet > (operand & 15);
      store<u32>(record + DER_HEAD_ERROR_OFFSET + ((<usize>load<u8>(operands, 1)) << 2), octet + 1);
      break;
  }
  if (isWrong) return fail(code, at);
  return wrong < 0 ? wrong : content;
}
