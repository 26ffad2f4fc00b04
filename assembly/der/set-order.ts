import { Result } from '../../build/abi/assembly';
import { endOf, fail, Packed, readElement } from './element';

/** Whether the encoding at `a` sorts after the one at `b`, which ends at `end`. Neither is the beginning of the other: the header has the length. */
function isAfter(a: usize, b: usize, end: usize): bool {
  // X.690 10.3: a SET is in the order of its tags, primitive or constructed.
  const tags = <i32>(load<u8>(a) & 0xdf) - <i32>(load<u8>(b) & 0xdf);
  if (tags != 0) return tags > 0;
  while (b < end && load<u8>(a) == load<u8>(b)) {
    a++;
    b++;
  }
  return b < end && load<u8>(a) > load<u8>(b);
}

/** X.690 11.6, 10.3: the elements of a SET OF or a SET ascend. A malformed element is refused when it is read next. */
export function checkOrder(p: usize, end: usize): Packed {
  let last = p;
  while (p < end) {
    const element = readElement(p, end);
    if (element < 0) break;
    if (isAfter(last, p, endOf(element))) return fail(Result.DER_SET_ORDER, p);
    last = p;
    p = endOf(element);
  }
  return 0;
}
