/** Big-endian loads and stores (MQTT 1.5.2, 1.5.3) and the variable byte integer (1.5.5). */

export function loadU16(at: i32): i32 {
  return <i32>bswap<u16>(load<u16>(at));
}

export function loadU32(at: i32): u32 {
  return bswap<u32>(load<u32>(at));
}

export function storeU16(at: i32, value: i32): void {
  store<u16>(at, bswap<u16>(<u16>value));
}

export function storeU32(at: i32, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}

/** Bytes of the shortest form of a value up to 268,435,455. */
export function varintSize(value: u32): i32 {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}

/** Writes the shortest form and gives the address after it. */
export function varintStore(at: i32, value: u32): i32 {
  let rest = value;
  while (rest > 0x7f) {
    store<u8>(at++, (rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  store<u8>(at++, rest);
  return at;
}

/**
 * Bytes that a variable byte integer takes: 1 to 4, 0 when it is cut off by `end`, -1 when it has more than four bytes.
 * The value is then read by varintValue; two calls spare a place to put a second result.
 */
export function varintLength(at: i32, end: i32): i32 {
  if (ASC_FEATURE_SIMD && at < end && load<u8>(at) < 0x80) return 1; // what most are
  for (let i = 0; i < 4; i++) {
    if (at + i >= end) return 0;
    if (load<u8>(at + i) < 0x80) return i + 1;
  }
  return -1;
}

/** The value of a variable byte integer of `length` bytes, as varintLength gave it. */
export function varintValue(at: i32, length: i32): i32 {
  if (ASC_FEATURE_SIMD && length == 1) return load<u8>(at);
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = (value << 7) | (load<u8>(at + i) & 0x7f);
  return value;
}

/** A last byte of zero after others says nothing: the integer was not written in the fewest bytes (MQTT-1.5.5-1). */
export function varintIsMinimal(at: i32, length: i32): bool {
  return length == 1 || load<u8>(at + length - 1) != 0;
}
