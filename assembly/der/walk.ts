import {
  DER_LIMIT_DEPTH,
  RESULT_DER_SET_ORDER,
  RESULT_DER_TOO_DEEP,
  RESULT_INVALID_ARGUMENT,
} from '../../build/abi/assembly';
import { contentOf, endOf, expectEnd, fail, finish, lengthOf, Packed, readElement, TAG_SET } from './element';
import { checkPrimitive } from './value';

/** Whether the encoding from a to aEnd comes after the one from b to bEnd; the shorter one counts as padded with zeros (X.690 11.6). */
function isAfter(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  while (a < aEnd && b < bEnd) {
    const difference = <i32>load<u8>(a++) - <i32>load<u8>(b++);
    if (difference != 0) return difference > 0;
  }
  // Neither encoding can be the beginning of the other, since the header gives the length.
  return false;
}

/**
 * X.690 11.6: the elements of a SET OF ascend. Neighbours with the same tag show that it is one; with different tags it may be
 * a SET, which has another order (10.3). Elements that cannot be read are left to the walk.
 */
function checkOrder(p: usize, end: usize): Packed {
  let last = p;
  let lastEnd = p;
  while (p < end) {
    const element = readElement(p, end);
    if (element < 0) return 0;
    const next = endOf(element);
    if (load<u8>(last) == load<u8>(p) && isAfter(last, lastEnd, p, next)) return fail(RESULT_DER_SET_ORDER, p);
    last = p;
    lastEnd = next;
    p = next;
  }
  return 0;
}

/**
 * Checks the element at `p` with everything inside it; gives the count of elements. `stack` has 4 * limit bytes: the ends of
 * the constructed elements that are open. Each byte is looked at a bounded number of times, so work is linear.
 */
export function walk(p: usize, end: usize, stack: usize, limit: u32): Packed {
  let depth: u32 = 0;
  let count: i64 = 0;
  do {
    const element = readElement(p, end);
    if (element < 0) return element;
    count++;
    const tag = <u32>load<u8>(p);
    if ((tag & 0x20) != 0) {
      if (depth == limit) return fail(RESULT_DER_TOO_DEEP, p);
      store<u32>(stack + (depth++ << 2), end);
      p = contentOf(element);
      end = endOf(element);
      if (tag == TAG_SET) {
        const wrong = checkOrder(p, end);
        if (wrong < 0) return wrong;
      }
    } else {
      const wrong = checkPrimitive(tag, contentOf(element), lengthOf(element));
      if (wrong < 0) return wrong;
      p = endOf(element);
    }
    // Close what ends here; the outermost element is the only one outside of all others.
    while (p == end && depth != 0) end = load<u32>(stack + (--depth << 2));
  } while (depth != 0);
  return count;
}

/** ABI: see assembly/abi/der.json. */
export function der_check(input: usize, length: u32, stack: usize, depth: u32, errorOffset: usize): i32 {
  if (depth == 0 || depth > <u32>DER_LIMIT_DEPTH) return RESULT_INVALID_ARGUMENT;
  const end = input + length;
  let result = walk(input, end, stack, depth);
  if (result >= 0) {
    const wrong = expectEnd(endOf(readElement(input, end)), end);
    if (wrong < 0) result = wrong;
  }
  return finish(result, input, errorOffset);
}
