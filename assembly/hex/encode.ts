import { RESULT_INVALID_ARGUMENT, RESULT_OUT_OF_SPACE } from '../../build/abi/assembly';

/** The digit of 0 to 15. */
function digit(nibble: u32): u32 {
  return nibble + (nibble > 9 ? 0x57 : 0x30);
}

/** ABI: see assembly/abi/hex.json. */
export function hex_encode(input: usize, length: u32, output: usize, capacity: u32): i32 {
  // Twice the length must stay a positive result.
  if (length > 0x3fffffff) return RESULT_INVALID_ARGUMENT;
  if (length > capacity >> 1) return RESULT_OUT_OF_SPACE;
  const end = input + length;
  let from = input;
  let to = output;
  while (end - from >= 4) {
    // Spread four bytes over four 16-bit lanes, then part each into its nibbles, the high one at the lower address.
    let x = <u64>load<u32>(from);
    x = (x | (x << 16)) & 0x0000ffff0000ffff;
    x = (x | (x << 8)) & 0x00ff00ff00ff00ff;
    x = ((x >> 4) & 0x000f000f000f000f) | ((x & 0x000f000f000f000f) << 8);
    // Adding 6 carries the values from 10 up into bit 4; 39 lies between '9' and 'a'.
    const letters = ((x + 0x0606060606060606) >> 4) & 0x0101010101010101;
    store<u64>(to, x + 0x3030303030303030 + letters * 39);
    from += 4;
    to += 8;
  }
  while (from < end) {
    const byte = <u32>load<u8>(from++);
    store<u16>(to, digit(byte >> 4) | (digit(byte & 15) << 8));
    to += 2;
  }
  return <i32>(length << 1);
}
