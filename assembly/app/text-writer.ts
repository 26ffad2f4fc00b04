/** Writes text into memory: a cursor that appends bytes and never runs past its end. */

let start: usize = 0;
let at: usize = 0;
let end: usize = 0;

/** Begins a new text in a buffer of `size` bytes. */
export function begin(buffer: usize, size: usize): void {
  start = buffer;
  at = buffer;
  end = buffer + size;
}

/** Bytes of the text so far. */
export function length(): u32 {
  return <u32>(at - start);
}

export function byte(value: u32): void {
  if (at < end) store<u8>(at++, value);
}

/** Appends a string literal, which is ASCII. */
export function ascii(text: string): void {
  const source = changetype<usize>(text);
  for (let i = 0; i < text.length; i++) byte(load<u16>(source + ((<usize>i) << 1)));
}

/** Appends bytes as they are. */
export function bytes(source: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) byte(load<u8>(source + i));
}

/** Appends an integer in decimal. */
export function decimal(value: i32): void {
  let rest: u32 = value;
  if (value < 0) {
    byte(0x2d);
    rest = -value;
  }
  let unit: u32 = 1;
  while (rest / unit > 9) unit *= 10;
  for (; unit > 0; unit /= 10) byte(0x30 + ((rest / unit) % 10));
}
