/** The value of decimal digits, or -1 when there are none, more than nine, or other characters among them. */
export function parseDecimal(source: usize, count: u32): i32 {
  if (count == 0 || count > 9) return -1;
  let value = 0;
  for (let i: u32 = 0; i < count; i++) {
    const digit = <u32>load<u8>(source + i) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
