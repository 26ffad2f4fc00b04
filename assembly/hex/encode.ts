import { RESULT_INVALID_ARGUMENT, RESULT_OUT_OF_SPACE } from '../../build/abi/assembly';

/** Eight bytes of 0 to 15 become eight lower-case digits: 6 carries the values from 10 up into bit 4, and 39 lies between '9' and 'a'. */
function digits(nibbles: u64): u64 {
  const letters = ((nibbles + 0x0606060606060606) >> 4) & 0x0101010101010101;
  return nibbles + 0x3030303030303030 + letters * 39;
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
    store<u64>(to, digits(((x >> 4) & 0x000f000f000f000f) | ((x & 0x000f000f000f000f) << 8)));
    from += 4;
    to += 8;
  }
  while (from < end) {
    const byte = <u32>load<u8>(from++);
    store<u16>(to, <u32>digits((byte >> 4) | ((byte & 15) << 8)));
    to += 2;
  }
  return <i32>(length << 1);
}
