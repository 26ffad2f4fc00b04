/**
 * Well-formed UTF-8 by vectors, after J. Keiser and D. Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021): three
 * table look-ups for each pair of neighbours, of which only what is wrong with the pair is common to all three.
 */

/** What can be wrong with a pair. Both CONTINUATIONS is right where a character has three or four bytes. */
const TOO_SHORT: i8 = 0x01; // no continuation after a byte that begins a character
const TOO_LONG: i8 = 0x02; // a continuation after ASCII
const OVERLONG_3: i8 = 0x04; // E0 80 to E0 9F
const ABOVE: i8 = 0x08; // F4 90 and more: above U+10FFFF
const SURROGATE: i8 = 0x10; // ED A0 and more
const OVERLONG_2: i8 = 0x20; // C0, C1
const OUTSIDE_4: i8 = 0x40; // F0 80 to F0 8F, overlong; F5 80 to FF 8F, above U+10FFFF
const CONTINUATIONS: i8 = -0x80;

/** What a pair can be for any lower half of its first byte. */
const ANY: i8 = TOO_SHORT | TOO_LONG | CONTINUATIONS;
const ANY_ABOVE: i8 = ANY | ABOVE | OUTSIDE_4;
/** For any continuation as the second byte. */
const CONTINUED: i8 = TOO_LONG | OVERLONG_2 | CONTINUATIONS;

/** Bytes of a vector. */
export const VECTOR: i32 = 16;

/** The upper half of each byte. There is no shift of bytes on x86: one of 16 bits and a mask are two instructions. */
function upper(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15));
}

/** Non-zero where a byte does not begin or continue a character after the one to three before it. */
function faultsOf(before: v128, bytes: v128): v128 {
  // biome-ignore format: a table
  const upperOfFirst = v128(
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    CONTINUATIONS, CONTINUATIONS, CONTINUATIONS, CONTINUATIONS,
    TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | ABOVE | OUTSIDE_4,
  );
  // biome-ignore format: a table
  const lowerOfFirst = v128(
    ANY | OVERLONG_2 | OVERLONG_3 | OUTSIDE_4, ANY | OVERLONG_2, ANY, ANY,
    ANY | ABOVE, ANY_ABOVE, ANY_ABOVE, ANY_ABOVE, ANY_ABOVE, ANY_ABOVE, ANY_ABOVE, ANY_ABOVE, ANY_ABOVE,
    ANY_ABOVE | SURROGATE, ANY_ABOVE, ANY_ABOVE,
  );
  // biome-ignore format: a table
  const upperOfSecond = v128(
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    CONTINUED | OVERLONG_3 | OUTSIDE_4, CONTINUED | OVERLONG_3 | ABOVE,
    CONTINUED | SURROGATE | ABOVE, CONTINUED | SURROGATE | ABOVE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  );
  const first = i8x16.shuffle(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const second = i8x16.shuffle(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const third = i8x16.shuffle(before, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  const wrong = v128.and(
    v128.and(i8x16.swizzle(upperOfFirst, upper(first)), i8x16.swizzle(lowerOfFirst, v128.and(first, i8x16.splat(15)))),
    i8x16.swizzle(upperOfSecond, upper(bytes)),
  );
  // The third byte of a character after E0 to FF and the fourth after F0 to FF must be the second of two continuations.
  const isThird = i8x16.sub_sat_u(second, i8x16.splat(0x60));
  const isFourth = i8x16.sub_sat_u(third, i8x16.splat(0x70));
  return v128.xor(v128.and(v128.or(isThird, isFourth), i8x16.splat(<i8>0x80)), wrong);
}

/**
 * Whether a text is well-formed UTF-8 (RFC 3629) without U+0000. Up to 15 bytes before the text are read, so it must begin at VECTOR or
 * above; they count as spaces.
 */
export function isWellFormed(start: i32, end: i32): bool {
  const length = end - start;
  let p = end - ((length + VECTOR - 1) & -VECTOR);
  const places = v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const isText = i8x16.ge_s(places, i8x16.splat(<i8>(start - p)));
  let bytes = v128.bitselect(v128.load(p), i8x16.splat(0x20), isText);
  let faults = faultsOf(i8x16.splat(0), bytes);
  let least = bytes;
  for (p += VECTOR; p != end; p += VECTOR) {
    const before = bytes;
    bytes = v128.load(p);
    faults = v128.or(faults, faultsOf(before, bytes));
    least = i8x16.min_u(least, bytes);
  }
  // Nothing follows the last three bytes: they must not begin a longer character.
  const cutOff = v128.or(
    faults,
    i8x16.sub_sat_u(bytes, v128(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -0x11, -0x21, -0x41)),
  );
  return !v128.any_true(cutOff) && i8x16.all_true(least);
}
