const ONES: u64 = 0x0101010101010101;
const TOPS: u64 = 0x8080808080808080;

/**
 * The address of the first byte that is U+0000, not ASCII, or one of the characters `a` and `b` (0 for none); or `end`.
 * In a build for speed it may be an address before that byte, with nothing of the kind between them.
 */
export function plainScan(start: i32, end: i32, a: i32, b: i32): i32 {
  let p = start;
  if (ASC_FEATURE_SIMD) {
    return wordScan(start, end, ONES * a, ONES * b);
  } else {
    // Of ASCII bytes, subtracting one sets a top bit exactly where a byte was zero, and a borrow can only reach the
    // bytes above that one.
    const ones: u32 = 0x01010101;
    const everyA = ones * a;
    const everyB = ones * b;
    for (; end - p >= 4; p += 4) {
      const word = load<u32>(p);
      const found = word | (word - ones) | ((word ^ everyA) - ones) | ((word ^ everyB) - ones);
      if ((found & 0x80808080) != 0) break;
    }
  }
  for (; p < end; p++) {
    const c: i32 = load<u8>(p);
    if (<u32>(c - 1) > 0x7e || c == a || c == b) return p;
  }
  return end;
}

/** As plainScan, by words; the last one overlaps the one before it, so that no byte is looked at alone. */
function wordScan(start: i32, end: i32, a: u64, b: u64): i32 {
  const last = end - 8;
  if (last < start) return shortScan(start, end, a, b);
  for (let p = start; p < last; p += 8) if (!wordIsPlain(load<u64>(p), a, b)) return p;
  return wordIsPlain(load<u64>(last), a, b) ? end : last;
}

/** Up to seven bytes, in one word. */
function shortScan(start: i32, end: i32, a: u64, b: u64): i32 {
  let word: u64 = ONES;
  if (end - start >= 4) word = <u64>load<u32>(start) | ((<u64>load<u32>(end - 4)) << 32);
  else for (let p = start; p < end; p++) word = (word << 8) | load<u8>(p);
  return wordIsPlain(word, a, b) ? end : start;
}

function wordIsPlain(word: u64, a: u64, b: u64): bool {
  return ((word | (word - ONES) | ((word ^ a) - ONES) | ((word ^ b) - ONES)) & TOPS) == 0;
}
