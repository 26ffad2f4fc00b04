import { Result } from '../../build/abi/assembly';

const TOPS: u32 = 0x80808080;

/**
 * Whether all four characters are digits. A sum has bit 7 set where the character is not below a bound, so inside a range exactly
 * one of the two sums for its bounds has it set. Characters below 0x80 do not carry into their neighbours; others are refused.
 */
function areDigits(x: u32): bool {
  const folded = x | 0x20202020;
  const inRange = (folded + 0x1f1f1f1f) ^ (folded + 0x19191919) ^ (x + 0x50505050) ^ (x + 0x46464646);
  return (inRange & ~x & TOPS) == TOPS;
}

/** Whether a character is a hex digit of either case. */
function isDigit(character: u32): bool {
  return character - 0x30 < 10 || (character | 0x20) - 0x61 < 6;
}

function fail(code: i32, offset: u32, errorOffset: usize): i32 {
  if (errorOffset != 0) store<u32>(errorOffset, offset);
  return code;
}

/** The value of each of 16 digits; more than 15 for another character. */
function nibbles(text: v128): v128 {
  // '0' to '9' go to the top of the octets, where the subtraction saturates for everything below them.
  const decimal = i8x16.sub(
    i8x16.sub_sat_u(i8x16.add(text, i8x16.splat(<i8>(0xff - 0x39))), i8x16.splat(6)),
    i8x16.splat(<i8>0xf0),
  );
  // 'A' to 'F' go to 0 to 5, and from there to 10 to 15. The addition saturates for everything above them.
  const upper = v128.and(text, i8x16.splat(<i8>0xdf));
  const letter = i8x16.add_sat_u(i8x16.sub(upper, i8x16.splat(0x41)), i8x16.splat(10));
  return i8x16.min_u(decimal, letter);
}

/** Each pair of nibbles as one octet, in the lower octet of its lane. */
function pairs(nibbles: v128): v128 {
  return v128.or(i16x8.shl(nibbles, 4), i16x8.shr_u(nibbles, 8));
}

/** Writes the 16 bytes of 32 digits, for engines with SIMD. Returns false and writes nothing when one of them is not a digit. */
function decodeBlock(from: usize, to: usize): bool {
  const a = nibbles(v128.load(from));
  const b = nibbles(v128.load(from, 16));
  if (v128.any_true(v128.and(v128.or(a, b), i8x16.splat(<i8>0xf0)))) return false;
  v128.store(to, i8x16.shuffle(pairs(a), pairs(b), 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
  return true;
}

/** ABI: see assembly/abi/hex.json. The output may be the input: writing never gets ahead of reading. */
export function hex_decode(input: usize, length: u32, output: usize, capacity: u32, errorOffset: usize): i32 {
  if (length >> 1 > capacity) return Result.OUT_OF_SPACE;
  const end = input + length;
  let from = input;
  let to = output;
  if (ASC_FEATURE_SIMD) {
    for (; end - from >= 32 && decodeBlock(from, to); from += 32) to += 16;
  }
  for (; end - from >= 4; from += 4) {
    const x = load<u32>(from);
    if (!areDigits(x)) break;
    // A letter has bit 6 set and a low nibble of 1 to 6; 9 more make 10 to 15. Then each pair meets in the upper of its bytes.
    const pairs = (((x >> 6) & 0x01010101) * 9 + (x & 0x0f0f0f0f)) * 0x1001;
    store<u8>(to, pairs >> 8);
    store<u8>(to, pairs >> 24, 1);
    to += 2;
  }
  // The rest, or the digits with a bad one among them, one at a time: the offset of the bad one is needed.
  let byte: u32 = 0;
  for (let at = <u32>(from - input); at < length; at++) {
    const character = <u32>load<u8>(input + at);
    if (!isDigit(character)) return fail(Result.HEX_BAD_DIGIT, at, errorOffset);
    byte = (byte << 4) | ((character & 15) + (character >> 6) * 9);
    if ((at & 1) != 0) store<u8>(to++, byte);
  }
  return (length & 1) != 0 ? fail(Result.HEX_ODD_LENGTH, length - 1, errorOffset) : <i32>(length >> 1);
}
