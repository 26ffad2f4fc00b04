import {
  DER_HEAD_ALGORITHM,
  DER_LIMIT_ELEMENTS,
  RESULT_DER_ELEMENT_MISSING,
  RESULT_DER_TAG_UNEXPECTED,
  RESULT_DER_TOO_DEEP,
  RESULT_DER_TOO_MANY,
  RESULT_DER_TRAILING_DATA,
  RESULT_DER_TRUNCATED,
} from '../../build/abi/assembly';
import {
  OP_ANY,
  OP_BY,
  OP_END,
  OP_ENTER,
  OP_ENTER1,
  OP_ENTER2,
  OP_ENTER3,
  OP_JUMP,
  OP_MORE,
  OP_OPAQUE,
  OP_OPTIONAL,
  OP_RANGE,
  OP_SELECT,
  OP_STOP,
  OP_TIME,
  OP_VALUE,
  OPS_1,
  OPS_2,
  OPS_3,
  OPTIONAL_TIME,
  PROGRAM,
  TEMPLATE_ANY_LIST,
} from '../../build/abi/der-templates';
import { act } from './actions';
import { checkPrimitive } from './check-primitive';
import {
  contentOf,
  endOf,
  fail,
  isNext,
  lengthOf,
  Packed,
  readElement,
  TAG_GENERALIZED_TIME,
  TAG_SET,
  TAG_UTC_TIME,
} from './element';
import { extensionTemplate } from './extension';
import { lookUp } from './known-identifiers';
import { checkOrder } from './set-order';

/** How many operations there are. */
const OPERATIONS: u32 = OP_RANGE - OP_END + 1;

/** Reads the element at `p`, which must have this identifier octet unless that is 0; gives its content, checked when it is primitive. */
function take(p: usize, end: usize, tag: u32, depth: u32): Packed {
  if (p == end) return fail(depth == 0 ? RESULT_DER_TRUNCATED : RESULT_DER_ELEMENT_MISSING, p);
  const found = <u32>load<u8>(p);
  if (tag != 0 && found != tag) return fail(RESULT_DER_TAG_UNEXPECTED, p);
  const element = readElement(p, end);
  if (element < 0) return element;
  const wrong = checkPrimitive(found, contentOf(element), lengthOf(element));
  return wrong < 0 ? wrong : element;
}

/**
 * Reads what lies between `p` and `end` by a template. `record` begins with DerHead; 8 * limit bytes are enough for the
 * template Any. Gives the address after it, and writes the count of elements to the record. Each element takes two octets
 * at least and each octet is looked at a bounded number of times, so work is linear.
 *
 * An octet of a program is an identifier octet that the next element must have, or an operation. While a
 * constructed element is open, the stack holds what comes after it: the end of what encloses it, and where the program goes on.
 */
export function run(template: u32, p: usize, end: usize, record: usize, limit: u32): Packed {
  let next = PROGRAM + template;
  let depth: u32 = 0;
  let count = 0;
  // The element that was read last: where it starts, and its content.
  let start = p;
  let content = p;
  let contentEnd = end;
  while (true) {
    const op = <u32>load<u8>(next++);
    const operands = next;
    const operand = <u32>load<u8>(operands);
    let tag = op;
    // The template to enter.
    let inner: u32 = 0;
    if (op - OP_END < OPERATIONS) {
      tag = 0;
      next += <usize>(op >= OPS_1) + <usize>(op >= OPS_2) + <usize>(op >= OPS_3);
      switch (op - OP_END) {
        case OP_MORE - OP_END:
          if (p != end) continue;
        // falls through
        case OP_END - OP_END:
          if (p != end) return fail(RESULT_DER_TRAILING_DATA, p);
        // falls through
        case OP_STOP - OP_END: {
          if (depth == 0) {
            store<u32>(record, count);
            return p;
          }
          const frame = record + (--depth << 3);
          end = load<u32>(frame);
          next = load<u32>(frame, 4);
          continue;
        }
        case OP_JUMP - OP_END:
          next -= operand;
          continue;
        case OP_OPTIONAL - OP_END:
          if (!isNext(p, end, load<u8>(next))) next += operand;
          continue;
        case OP_OPAQUE - OP_END:
          p = end;
          continue;
        case OP_ANY - OP_END:
          break;
        case OP_TIME - OP_END:
          tag = isNext(p, end, TAG_GENERALIZED_TIME) ? TAG_GENERALIZED_TIME : TAG_UTC_TIME;
          if (operand >= OPTIONAL_TIME && !isNext(p, end, tag)) continue;
          break;
        case OP_ENTER - OP_END:
        case OP_ENTER1 - OP_END:
        case OP_ENTER2 - OP_END:
        case OP_ENTER3 - OP_END:
          inner = ((op - OP_ENTER) << 8) + operand;
          break;
        case OP_BY - OP_END:
          inner = load<u8>(operands + load<u32>(record, DER_HEAD_ALGORITHM));
          next += 3;
          break;
        case OP_VALUE - OP_END:
          inner = extensionTemplate(record);
          if (inner == 0) continue;
          break;
        case OP_SELECT - OP_END: {
          const found = lookUp(operand, content, contentEnd - content);
          if (found != 0) next = PROGRAM + found;
          continue;
        }
        default: {
          const moved = act(op, operands, start, content, contentEnd, p, end, record);
          if (moved < 0) return moved;
          content = <usize>moved;
          continue;
        }
      }
    }
    if (inner == 0) {
      const element = take(p, end, tag, depth);
      if (element < 0) return element;
      if (++count > DER_LIMIT_ELEMENTS) return fail(RESULT_DER_TOO_MANY, p);
      start = p;
      content = contentOf(element);
      p = contentEnd = endOf(element);
      // What is no time was refused with the element.
      if (op == OP_TIME) act(op, operands, start, content, contentEnd, p, end, record);
      if (op != OP_ANY || (load<u8>(start) & 0x20) == 0) continue;
      inner = TEMPLATE_ANY_LIST;
    }
    if (load<u8>(start) == TAG_SET) {
      const wrong = checkOrder(content, contentEnd);
      if (wrong < 0) return wrong;
    }
    if (depth == limit) return fail(RESULT_DER_TOO_DEEP, start);
    const frame = record + (depth++ << 3);
    store<u32>(frame, end);
    store<u32>(frame, next, 4);
    next = PROGRAM + inner;
    p = content;
    end = contentEnd;
  }
}
