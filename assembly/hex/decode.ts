import { RESULT_HEX_BAD_DIGIT, RESULT_HEX_ODD_LENGTH, RESULT_OUT_OF_SPACE } from '../../build/abi/assembly';

const TOPS: u32 = 0x80808080;

/** Bit 7 of each byte that is 'a' to 'f' or 'A' to 'F'. All bytes are below 0x80, so no sum carries into its neighbour. */
function letters(x: u32): u32 {
  const folded = x | 0x20202020;
  return (folded + 0x1f1f1f1f) & ~(folded + 0x19191919) & TOPS;
}

/** Bit 7 of each byte that is '0' to '9', for bytes below 0x80. */
function decimals(x: u32): u32 {
  return (x + 0x50505050) & ~(x + 0x46464646) & TOPS;
}

/** Whether a character is a digit of either case. */
function isDigit(character: u32): bool {
  return character - 0x30 < 10 || (character | 0x20) - 0x61 < 6;
}

function fail(code: i32, offset: u32, errorOffset: usize): i32 {
  if (errorOffset != 0) store<u32>(errorOffset, offset);
  return code;
}

/** Writes the 16 bytes of 32 digits, for engines with SIMD; false, with nothing written, when one of them is none. */
function decodeBlock(from: usize, to: usize): bool {
  const low = v128.load(from);
  const high = v128.load(from, 16);
  const lowNibbles = nibbles(low);
  const highNibbles = nibbles(high);
  // What is no digit has bit 7 set.
  if (v128.any_true(v128.and(v128.or(lowNibbles, highNibbles), i8x16.splat(-128)))) return false;
  // Of each pair of nibbles the first is worth sixteen-fold.
  const lowBytes = i16x8.add(i16x8.shl(lowNibbles, 4), i16x8.shr_u(lowNibbles, 8));
  const highBytes = i16x8.add(i16x8.shl(highNibbles, 4), i16x8.shr_u(highNibbles, 8));
  const mask = i16x8.splat(0x00ff);
  v128.store(to, i8x16.narrow_i16x8_u(v128.and(lowBytes, mask), v128.and(highBytes, mask)));
  return true;
}

/** The value of each of 16 digits; bit 7 is set in that of what is none. */
function nibbles(text: v128): v128 {
  const decimal = i8x16.sub(text, i8x16.splat(0x30));
  const letter = i8x16.sub(v128.or(text, i8x16.splat(0x20)), i8x16.splat(0x61));
  const isDecimal = i8x16.lt_u(decimal, i8x16.splat(10));
  const isLetter = i8x16.lt_u(letter, i8x16.splat(6));
  const value = v128.bitselect(decimal, i8x16.add(letter, i8x16.splat(10)), isDecimal);
  return v128.or(value, v128.not(v128.or(isDecimal, isLetter)));
}

/** ABI: see assembly/abi/hex.json. The output may be the input, since what is written lies behind what was read. */
export function hex_decode(input: usize, length: u32, output: usize, capacity: u32, errorOffset: usize): i32 {
  if (length >> 1 > capacity) return RESULT_OUT_OF_SPACE;
  const end = input + length;
  let from = input;
  let to = output;
  if (ASC_FEATURE_SIMD) {
    for (; end - from >= 32 && decodeBlock(from, to); from += 32) to += 16;
  }
  for (; end - from >= 4; from += 4) {
    const x = load<u32>(from);
    const letter = letters(x);
    if ((x & TOPS) != 0 || (letter | decimals(x)) != TOPS) break;
    // A letter's low nibble is 1 to 6: 9 more make 10 to 15.
    let y = (x & 0x0f0f0f0f) + (letter >> 7) * 9;
    y = (y << 4) | (y >> 8);
    store<u16>(to, <u16>((y & 0xff) | ((y >> 8) & 0xff00)));
    to += 2;
  }
  // What is left, or the digits with a bad one among them: one at a time, to tell which.
  let byte: u32 = 0;
  for (let at = <u32>(from - input); at < length; at++) {
    const character = <u32>load<u8>(input + at);
    if (!isDigit(character)) return fail(RESULT_HEX_BAD_DIGIT, at, errorOffset);
    byte = (byte << 4) | ((character & 15) + (character >> 6) * 9);
    if ((at & 1) != 0) store<u8>(to++, byte);
  }
  return (length & 1) != 0 ? fail(RESULT_HEX_ODD_LENGTH, length - 1, errorOffset) : <i32>(length >> 1);
}
