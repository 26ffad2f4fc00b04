/**
 * The address of the first byte that is U+0000, not ASCII, or one of the characters `a` and `b` (0 for none); or `end`.
 *
 * Reads a word at a time. Subtracting one from each ASCII byte sets the top bit exactly where a byte was zero. A borrow reaches
 * only the bytes above that one, so the lowest top bit is right.
 */
export function plainScan(start: i32, end: i32, a: i32, b: i32): i32 {
  if (ASC_FEATURE_SIMD) return wideScan(start, end, ONES * a, ONES * b);
  let p = start;
  const ones: u32 = 0x01010101;
  const everyA = ones * a;
  const everyB = ones * b;
  for (; <u32>(end - p) >= 4; p += 4) {
    const word = load<u32>(p);
    const found = word | (word - ones) | ((word ^ everyA) - ones) | ((word ^ everyB) - ones);
    if ((found & 0x80808080) != 0) break;
  }
  return byteScan(p, end, a, b);
}

function byteScan(start: i32, end: i32, a: i32, b: i32): i32 {
  for (let p = start; p != end; p++) {
    const c: i32 = load<u8>(p);
    if (<u32>(c - 1) > 0x7e || c == a || c == b) return p;
  }
  return end;
}

const ONES: u64 = 0x0101010101010101;
const TOPS: u64 = 0x8080808080808080;

/**
 * plainScan of the SIMD build, by vectors and words of 64 bits. The last word overlaps the one before it, so no byte is read
 * alone. Every byte of `a` and `b` is the character.
 */
function wideScan(start: i32, end: i32, a: u64, b: u64): i32 {
  const last = end - 8;
  if (<u32>(end - start) < 8) return shortScan(start, end, a, b);
  let p = start;
  while (<u32>(last - p) >= 16 && vectorIsPlain(v128.load(p), v128.splat<u64>(a), v128.splat<u64>(b))) p += 16;
  for (; last - p > 0; p += 8) {
    const found = faults(load<u64>(p), a, b);
    if (found != 0) return p + firstOf(found);
  }
  const found = faults(load<u64>(last), a, b);
  return found == 0 ? end : last + firstOf(found);
}

/** Up to seven bytes: four or more are read as two halves of one word, which may overlap. */
function shortScan(start: i32, end: i32, a: u64, b: u64): i32 {
  if (<u32>(end - start) < 4) return byteScan(start, end, <i32>a & 0xff, <i32>b & 0xff);
  const found = faults(<u64>load<u32>(start) | ((<u64>load<u32>(end - 4)) << 32), a, b);
  if (found == 0) return end;
  const first = firstOf(found);
  return first < 4 ? start + first : end - 8 + first;
}

function faults(word: u64, a: u64, b: u64): u64 {
  return (word | (word - ONES) | ((word ^ a) - ONES) | ((word ^ b) - ONES)) & TOPS;
}

function firstOf(found: u64): i32 {
  return <i32>(ctz(found) >> 3);
}

function vectorIsPlain(bytes: v128, a: v128, b: v128): bool {
  // As signed bytes, U+0000 and bytes beyond ASCII are below one.
  const low = v128.lt<i8>(bytes, v128.splat<i8>(1));
  return !v128.any_true(v128.or(low, v128.or(v128.eq<i8>(bytes, a), v128.eq<i8>(bytes, b))));
}
