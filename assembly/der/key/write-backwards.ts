/**
 * A DER writer that goes backwards, content first, so that each length is known when its header is written. The caller makes sure
 * that there is room.
 */

/** Puts bytes before `at`. Returns the address of the first. */
export function putBefore(at: usize, from: usize, length: usize): usize {
  at -= length;
  memory.copy(at, from, length);
  return at;
}

/** Puts identifier and length octets (X.690 10.1) before the content from `at` to `end`. Returns the address of the first. */
export function putHeader(at: usize, tag: u32, end: usize): usize {
  let rest = <u32>(end - at);
  if (rest > 0x7f) {
    let octets: u32 = 0x80;
    for (; rest != 0; rest >>= 8) {
      store<u8>(--at, rest);
      octets++;
    }
    rest = octets;
  }
  at -= 2;
  store<u8>(at, tag);
  store<u8>(at, rest, 1);
  return at;
}
