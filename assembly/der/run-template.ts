import { DerHead, DerLimit, Result } from '../../build/abi/assembly';
import { FirstOpWith, OPTIONAL_TIME, Op, PROGRAM, Tag, Template } from '../../build/abi/der-templates';
import { act } from './actions';
import { checkPrimitive } from './check-primitive';
import { contentOf, endOf, fail, isNext, lengthOf, Packed, readElement } from './element';
import { extensionTemplate } from './extension';
import { lookUp } from './known-identifiers';
import { checkOrder } from './set-order';

/** The number of operations. */
const OPERATIONS: u32 = Op.RANGE - Op.END + 1;

/** What comes after an open element: the end of the element around it, and where the program goes on. */
@unmanaged
class Frame {
  end: usize;
  next: usize;
}

function frameAt(record: DerHead, depth: u32): Frame {
  return changetype<Frame>(changetype<usize>(record) + (depth << 3));
}

/** Reads the element at `p`, which must have the identifier octet `tag` unless that is 0. Checks a primitive one. Returns its content. */
function take(p: usize, end: usize, tag: u32, depth: u32): Packed {
  if (p == end) return fail(depth == 0 ? Result.DER_TRUNCATED : Result.DER_ELEMENT_MISSING, p);
  const found = <u32>load<u8>(p);
  if (tag != 0 && found != tag) return fail(Result.DER_TAG_UNEXPECTED, p);
  const element = readElement(p, end);
  if (element < 0) return element;
  const wrong = checkPrimitive(found, contentOf(element), lengthOf(element));
  return wrong < 0 ? wrong : element;
}

/**
 * Reads the bytes from `p` to `end` by a template. `record` begins with DerHead; 8 * limit bytes are enough for the template Any.
 * Returns the address after what was read, and writes the number of elements to the record. Each element has at least two octets,
 * and each octet is read a bounded number of times, so the time is linear.
 *
 * An octet of the program is an identifier octet that the next element must have, or an operation. While a constructed element is
 * open, the stack has a Frame for it.
 */
export function runTemplate(template: u32, p: usize, end: usize, record: DerHead, limit: u32): Packed {
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
    if (op - Op.END < OPERATIONS) {
      tag = 0;
      next +=
        <usize>(op >= FirstOpWith.ONE_OPERAND) +
        <usize>(op >= FirstOpWith.TWO_OPERANDS) +
        <usize>(op >= FirstOpWith.THREE_OPERANDS);
      switch (op - Op.END) {
        case Op.MORE - Op.END:
          if (p != end) continue;
        // falls through
        case Op.END - Op.END:
          if (p != end) return fail(Result.DER_TRAILING_DATA, p);
        // falls through
        case Op.STOP - Op.END: {
          if (depth == 0) {
            record.elements = count;
            return p;
          }
          const frame = frameAt(record, --depth);
          end = frame.end;
          next = frame.next;
          continue;
        }
        case Op.JUMP - Op.END:
          next -= operand;
          continue;
        case Op.OPTIONAL - Op.END:
          if (!isNext(p, end, load<u8>(next))) next += operand;
          continue;
        case Op.OPAQUE - Op.END:
          p = end;
          continue;
        case Op.ANY - Op.END:
          break;
        case Op.TIME - Op.END:
          tag = isNext(p, end, Tag.GENERALIZED_TIME) ? Tag.GENERALIZED_TIME : Tag.UTC_TIME;
          if (operand >= OPTIONAL_TIME && !isNext(p, end, tag)) continue;
          break;
        case Op.ENTER - Op.END:
        case Op.ENTER1 - Op.END:
        case Op.ENTER2 - Op.END:
        case Op.ENTER3 - Op.END:
          inner = ((op - Op.ENTER) << 8) + operand;
          break;
        case Op.BY - Op.END:
          inner = load<u8>(operands + record.algorithm);
          next += 3;
          break;
        case Op.VALUE - Op.END:
          inner = extensionTemplate(record);
          if (inner == 0) continue;
          break;
        case Op.SELECT - Op.END: {
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
      if (++count > DerLimit.ELEMENTS) return fail(Result.DER_TOO_MANY, p);
      start = p;
      content = contentOf(element);
      p = contentEnd = endOf(element);
      // An element with a malformed time was refused before.
      if (op == Op.TIME) act(op, operands, start, content, contentEnd, p, end, record);
      if (op != Op.ANY || (load<u8>(start) & 0x20) == 0) continue;
      inner = Template.ANY_LIST;
    }
    if (load<u8>(start) == Tag.SET) {
      const wrong = checkOrder(content, contentEnd);
      if (wrong < 0) return wrong;
    }
    if (depth == limit) return fail(Result.DER_TOO_DEEP, start);
    const frame = frameAt(record, depth++);
    frame.end = end;
    frame.next = next;
    next = PROGRAM + inner;
    p = content;
    end = contentEnd;
  }
}
