import { DerHead, PrivateKey } from '../../build/abi/assembly';
import { FIRST_CODE, FirstOpWith, Op } from '../../build/abi/der-templates';
import { noteAttribute } from './attribute';
import { checkPrimitive } from './check-primitive';
import { equal, fail, isNext, Packed, storeView } from './element';
import { beginExtension, beginExtensions } from './extension';
import { lookUp } from './known-identifiers';
import { checkOrder } from './set-order';
import { readTime } from './time';

/** [1] of a OneAsymmetricKey (RFC 5958 2). */
const PUBLIC_KEY: u32 = 0x81;

/** Octets of a coordinate or a private value of the curve; 0 when the curve is unknown. */
function fieldSize(record: DerHead): usize {
  return (<u32>record.bits + 7) >> 3;
}

/** Octets of an ECPoint of this form (RFC 5480 2.2): 04 x y, or 02 or 03 and x; 0 for another form. */
function pointSize(form: u32, size: usize): usize {
  return form == 4 ? size * 2 + 1 : form >> 1 == 1 ? size + 1 : 0;
}

/** Significant bits of a positive INTEGER. A leading zero octet is the sign; the octet after it has its top bit set then. */
function bitsOf(first: u32, length: usize): u32 {
  return <u32>(length << 3) - (first == 0 ? 8 : clz(first) - 24);
}

/** The value of up to four octets. A larger value counts as the largest. */
function smallValue(p: usize, end: usize): u32 {
  if (end - p > 4) return 0x7fffffff;
  let value: u32 = 0;
  while (p < end) value = (value << 8) | load<u8>(p++);
  return value;
}

/**
 * Does one operation on the element that was read last. `operands` is the address of its operands in the program. Returns the start
 * of the element's content, which the operation `octets` moves, or a failure.
 */
export function act(
  op: u32,
  operands: usize,
  start: usize,
  content: usize,
  contentEnd: usize,
  p: usize,
  end: usize,
  record: DerHead,
): Packed {
  const operand = <u32>load<u8>(operands);
  // The field that the operand names: words are counted from errorOffset.
  const field = changetype<usize>(record) + offsetof<DerHead>('errorOffset') + ((operand & 0x7f) << 2);
  // The last operand, where it is a result code.
  const code =
    FIRST_CODE -
    <i32>load<u8>(operands + <usize>(op >= FirstOpWith.TWO_OPERANDS) + <usize>(op >= FirstOpWith.THREE_OPERANDS));
  const length = contentEnd - content;
  const octet: u32 = length == 0 ? 0 : load<u8>(content);
  let at = content;
  let isWrong = false;
  let wrong: Packed = 0;
  switch (op) {
    case Op.VIEW:
      storeView(field, content, contentEnd);
      break;
    case Op.NAME:
      record.nameField = field;
    // falls through
    case Op.WHOLE:
      storeView(field, start, contentEnd);
      break;
    case Op.SET:
      store<u32>(field, load<i16>(operands, 1));
      break;
    case Op.SMALL:
      store<u32>(field, smallValue(content, contentEnd));
      break;
    case Op.SIZE:
      store<u32>(field, bitsOf(octet, length));
      break;
    case Op.TYPE:
      wrong = checkPrimitive(operand, content, length);
      break;
    case Op.ORDER:
      wrong = checkOrder(content, contentEnd);
      break;
    case Op.EXTENSIONS:
      beginExtensions(content, operand, record);
      break;
    case Op.EXTENSION:
      wrong = beginExtension(start, content, contentEnd, record);
      break;
    case Op.ATTRIBUTE:
      wrong = noteAttribute(lookUp(operand, content, length), p, end, record);
      break;
    case Op.TIME:
      // RFC 5280 4.1.2.5, 5.1.2.4: a reader of dates takes either type, whatever the year.
      store<i64>(field, readTime(load<u8>(start), content, length));
      break;
    case Op.CURVE_LENGTH: {
      // RFC 5915 3: as long as the order of the curve.
      const size = fieldSize(record);
      at = changetype<PrivateKey>(record).privateValue;
      isWrong = size != 0 && size != changetype<PrivateKey>(record).privateValueLength;
      break;
    }
    case Op.PUBLIC_VERSION:
      // RFC 5958 2: v2 with a public key, v1 without one.
      at = p;
      isWrong = isNext(p, end, PUBLIC_KEY) != (record.version == 2);
      break;
    case Op.REQUIRE:
      at = p;
      isWrong = (p == end ? 0 : <u32>load<u8>(p)) != operand;
      break;
    case Op.EMPTY:
      at = start;
      isWrong = length == 0;
      break;
    case Op.SINCE:
      at = start;
      // The view would cost an instruction: the optimizer swaps the operands then.
      isWrong = load<u32>(changetype<usize>(record), offsetof<DerHead>('version')) < operand;
      break;
    case Op.SAME: {
      const other = load<u32>(field);
      at = start;
      isWrong = other != 0 && !equal(start, other, contentEnd - start);
      break;
    }
    case Op.USAGE: {
      // Bit 0 is the highest of the first octet. X.690 11.2.2 forbids zero bits at the end, but they change nothing.
      const bits = (length > 1 ? (<u32>load<u8>(content, 1)) << 8 : 0) | (length > 2 ? <u32>load<u8>(content, 2) : 0);
      store<u32>(field, bits);
      isWrong = bits == 0;
      break;
    }
    case Op.OCTETS:
      // An empty BIT STRING was refused before.
      content++;
      isWrong = octet != 0;
      break;
    case Op.UNSIGNED:
      isWrong = octet > 0x7f;
      break;
    case Op.POSITIVE:
      isWrong = octet > 0x7f || (octet == 0 && length == 1);
      break;
    case Op.DEFAULT:
      isWrong = octet == 0 && length == 1;
      break;
    case Op.LENGTH:
      isWrong = length != operand;
      break;
    case Op.MAX:
      // RFC 5280 4.1.2.2, 5.2.3: octets of the value. A zero octet before it is the sign.
      isWrong = length - <usize>(octet == 0) > operand;
      break;
    case Op.ADDRESS:
      isWrong = length != 4 && length != 16;
      break;
    case Op.POINT: {
      const size = fieldSize(record);
      const expected = pointSize(octet, size);
      isWrong = expected == 0 || (size != 0 && length != expected);
      break;
    }
    case Op.RANGE:
      isWrong = length != 1 || octet < operand >> 4 || octet > (operand & 15);
      store<u32>(
        changetype<usize>(record) + offsetof<DerHead>('errorOffset') + ((<usize>load<u8>(operands, 1)) << 2),
        octet + 1,
      );
      break;
  }
  if (isWrong) return fail(code, at);
  return wrong < 0 ? wrong : content;
}
