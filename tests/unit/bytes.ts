/** Bytes for the specs, written as hex; and DER put together from its parts. */

/** Where put() writes; room for 16 KiB, with a guard behind it. */
export const INPUT: usize = memory.data(16384 + 64, 16);
/** For records, stacks and outputs. */
export const OUTPUT: usize = memory.data(4096, 16);
/** For error offsets. */
export const OFFSET: usize = memory.data(16, 16);

function nibble(c: i32): i32 {
  return c < 58 ? c - 48 : (c | 32) - 87;
}

/** Writes the bytes of hex text to INPUT, spaces left out; gives their number. The error offset is reset. */
export function put(hex: string): u32 {
  let length: u32 = 0;
  for (let i = 0; i < hex.length; i++) {
    if (hex.charCodeAt(i) == 32) continue;
    store<u8>(INPUT + length++, (nibble(hex.charCodeAt(i)) << 4) | nibble(hex.charCodeAt(i + 1)));
    i++;
  }
  memory.fill(OUTPUT, 0xee, 4096);
  store<u32>(OFFSET, 0xffffffff);
  return length;
}

/** Writes ASCII text to INPUT. */
export function putText(text: string): u32 {
  put('');
  return String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, INPUT) as u32;
}

/** `count` times the same hex. */
export function repeat(hex: string, count: i32): string {
  return hex.repeat(count);
}

function byte(value: i32): string {
  return '0123456789abcdef'.charAt((value >> 4) & 15) + '0123456789abcdef'.charAt(value & 15);
}

function compact(hex: string): string {
  return hex.split(' ').join('');
}

/** An element: tag as hex, content as hex, the length put in between. */
export function tlv(tag: string, content: string): string {
  const body = compact(content);
  const length = body.length >> 1;
  let header = byte(length);
  if (length > 0xff) header = '82' + byte(length >> 8) + byte(length);
  else if (length > 0x7f) header = '81' + byte(length);
  return tag + header + body;
}

export function sequence(content: string): string {
  return tlv('30', content);
}
