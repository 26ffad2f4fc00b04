/** Two words of a record: where some bytes begin, and how many there are. */
@unmanaged
export class Span {
  start: usize;
  length: u32;

  /** Whether some of these bytes lie at 2^31 or above. There an address is below zero, as result codes are. */
  @inline
  static isBeyond(start: usize, length: u32): i32 {
    return <i32>(<i32>(start | length | (start + length)) < 0);
  }
}

/** The span whose words lie `place` bytes after the start of a record. */
export function spanAt(record: usize, place: usize): Span {
  return changetype<Span>(record + place);
}

/** Whether some bytes are among both of these, neither of which is empty. */
export function meet(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  return <i32>(a - b < bLength) | <i32>(b - a < aLength);
}

/**
 * Whether a record of `size` bytes or one of its spans has bytes among those that are to be written: what is written first would
 * replace what is still to be read. Or a span reaches 2^31. `spans` has four bits for each: how many times eight bytes after
 * the start of the record it lies, not 0.
 */
export function isInTheWay(record: usize, size: u32, spans: u32, output: usize, outputSize: u32): i32 {
  let found = meet(record, size, output, outputSize);
  for (; spans != 0; spans >>= 4) {
    const span = spanAt(record, (spans & 15) << 3);
    const length = span.length;
    if (length != 0) found |= meet(span.start, length, output, outputSize) | Span.isBeyond(span.start, length);
  }
  return found;
}
