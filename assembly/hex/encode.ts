import { Result } from '../../build/abi/assembly';

/**
 * The digits of four bytes as the eight bytes of a word. With 64 bits at a time an interpreter has half the work. Operands are
 * ordered so that it needs no temporary for a left one.
 */
function digitsOf(bytes: u64): u64 {
  // Spread four bytes over four 16-bit lanes, then split each into its nibbles, the high one at the lower address.
  let x = ((bytes << 16) | bytes) & 0x0000ffff0000ffff;
  x = ((x << 8) | x) & 0x00ff00ff00ff00ff;
  x = ((x >> 4) | (x << 8)) & 0x0f0f0f0f0f0f0f0f;
  // Adding 6 carries values from 10 on into bit 4. 39 more lead from '9' to 'a'.
  return (((x + 0x0606060606060606) >> 4) & 0x0101010101010101) * 39 + x + 0x3030303030303030;
}

/** The digit of a nibble. */
function digitOf(nibble: u32): u32 {
  return nibble + 0x30 + <u32>(nibble > 9) * 39;
}

/** Writes the digits of 16 bytes before `to`, for engines with SIMD. */
function encodeBlock(from: usize, to: usize): void {
  const digits = v128(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102);
  const bytes = v128.load(from);
  const high = i8x16.swizzle(digits, i8x16.shr_u(bytes, 4));
  const low = i8x16.swizzle(digits, v128.and(bytes, i8x16.splat(15)));
  v128.store(to - 32, i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  v128.store(to - 16, i8x16.shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
}

/**
 * ABI: see assembly/abi/hex.json. Goes from the end to the start, so that the output may begin where the input does: what is
 * written lies behind all that is still to be read.
 */
export function hex_encode(input: usize, length: u32, output: usize, capacity: u32): i32 {
  // Twice the length must stay a positive result.
  if (length > 0x3fffffff) return Result.INVALID_ARGUMENT;
  if (length > capacity >> 1) return Result.OUT_OF_SPACE;
  let from = input + length;
  let to = output + (length << 1);
  for (let odd = length & 3; odd > 0; odd--) {
    const byte = <u32>load<u8>(--from);
    store<u8>(--to, digitOf(byte & 15));
    store<u8>(--to, digitOf(byte >> 4));
  }
  if (ASC_FEATURE_SIMD) {
    for (; from - input >= 16; from -= 16, to -= 32) encodeBlock(from - 16, to);
  }
  while (from != input) {
    from -= 4;
    to -= 8;
    store<u64>(to, digitsOf(load<u32>(from)));
  }
  return <i32>(length << 1);
}
