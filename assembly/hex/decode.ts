import { RESULT_HEX_BAD_DIGIT, RESULT_HEX_ODD_LENGTH, RESULT_OUT_OF_SPACE } from '../../build/abi/assembly';

const TOPS: u64 = 0x8080808080808080;

/** Bit 7 of each byte that is 'a' to 'f' or 'A' to 'F'. All bytes are below 0x80, so no sum carries into its neighbour. */
function letters(x: u64): u64 {
  const folded = x | 0x2020202020202020;
  return (folded + 0x1f1f1f1f1f1f1f1f) & ~(folded + 0x1919191919191919) & TOPS;
}

/** Bit 7 of each byte that is '0' to '9', for bytes below 0x80. */
function decimals(x: u64): u64 {
  return (x + 0x5050505050505050) & ~(x + 0x4646464646464646) & TOPS;
}

/** 0 to 15, or over 15 when the character is no digit. */
function digit(character: u32): u32 {
  const decimal = character - 0x30;
  if (decimal < 10) return decimal;
  const letter = (character | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

function fail(code: i32, offset: usize, errorOffset: usize): i32 {
  if (errorOffset != 0) store<u32>(errorOffset, <u32>offset);
  return code;
}

/** ABI: see assembly/abi/hex.json. The output may be the input, since what is written lies behind what was read. */
export function hex_decode(input: usize, length: u32, output: usize, capacity: u32, errorOffset: usize): i32 {
  if (length >> 1 > capacity) return RESULT_OUT_OF_SPACE;
  const end = input + length;
  let from = input;
  let to = output;
  while (end - from >= 8) {
    const x = load<u64>(from);
    if ((x & TOPS) != 0) break;
    const letter = letters(x);
    if ((letter | decimals(x)) != TOPS) break;
    // A letter's low nibble is 1 to 6: 9 more make 10 to 15.
    let y = (x & 0x0f0f0f0f0f0f0f0f) + (letter >> 7) * 9;
    y = ((y << 4) | (y >> 8)) & 0x00ff00ff00ff00ff;
    y = (y | (y >> 8)) & 0x0000ffff0000ffff;
    store<u32>(to, <u32>(y | (y >> 16)));
    from += 8;
    to += 4;
  }
  // The tail, or the eight characters with a bad one among them: one at a time, to tell which.
  while (from < end) {
    const high = digit(load<u8>(from));
    if (high > 15) return fail(RESULT_HEX_BAD_DIGIT, from - input, errorOffset);
    if (from + 1 == end) return fail(RESULT_HEX_ODD_LENGTH, from - input, errorOffset);
    const low = digit(load<u8>(from, 1));
    if (low > 15) return fail(RESULT_HEX_BAD_DIGIT, from + 1 - input, errorOffset);
    store<u8>(to++, (high << 4) | low);
    from += 2;
  }
  return <i32>(length >> 1);
}
