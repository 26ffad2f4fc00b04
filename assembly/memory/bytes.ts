/** Big-endian loads and stores (MQTT 1.5.2, 1.5.3) and the variable byte integer (1.5.5). */

/** Bits of the largest variable byte integer, so also of the largest Remaining Length and Property Length. */
export const VARINT_BITS: u32 = 28;

export function loadU16(at: i32): i32 {
  return ((<i32>load<u8>(at)) << 8) | load<u8>(at, 1);
}

/** The address after a two-byte length and as many bytes (1.5.6), or -1 when they run past `end`. */
export function fieldEnd(at: i32, end: i32): i32 {
  if (end - at < 2) return -1;
  const next = at + 2 + loadU16(at);
  return next > end ? -1 : next;
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

/** Bytes of the shortest form of a value of at most VARINT_BITS bits. */
export function varintSize(value: u32): i32 {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}

/** Writes the shortest form and returns the address after it. */
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
 * Reads a variable byte integer. Returns its value times 8, with its size of 1 to 4 bytes in the lower three bits; 0 when it is
 * cut off by `end`, -1 when it has more than four bytes. One call for value and size is fastest in an interpreter.
 */
export function varintRead(at: i32, end: i32): i32 {
  if (at != end && load<u8>(at) < 0x80) return ((<i32>load<u8>(at)) << 3) | 1; // most have one byte
  let value = 0;
  for (let i = 0; i < 4; i++) {
    if (at + i == end) return 0;
    const byte: i32 = load<u8>(at + i);
    value |= (byte & 0x7f) << (7 * i + 3);
    if (byte < 0x80) return value | (i + 1);
  }
  return -1;
}

/** Bytes of an integer that varintRead returned. */
export function varintLength(read: i32): i32 {
  return read & 7;
}

/** Value of an integer that varintRead returned. */
export function varintValue(read: i32): i32 {
  return read >> 3;
}

/** Whether the integer was written in the fewest bytes: a last byte of zero after others adds nothing (MQTT-1.5.5-1). */
export function varintIsMinimal(read: i32): bool {
  return read < 0x400 ? varintLength(read) == 1 : read >> (7 * varintLength(read) - 4) != 0;
}
