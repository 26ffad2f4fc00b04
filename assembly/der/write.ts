/**
 * A DER writer that goes backwards, so that each length is known when its header is written: content first, then what goes
 * around it. `limit` is the first address that may be written; once there is no room the functions give limit - 1, for good.
 */

/** Puts bytes before `at`; gives the address of the first. */
export function putBefore(at: usize, limit: usize, from: usize, length: usize): usize {
  if (<i32>(at - limit) < <i32>length) return limit - 1;
  at -= length;
  memory.copy(at, from, length);
  return at;
}

function putOctet(at: usize, limit: usize, value: u32): usize {
  if (<i32>(at - limit) < 1) return limit - 1;
  store<u8>(--at, value);
  return at;
}

/** Puts identifier and length octets (X.690 10.1) before the content that lies between `at` and `end`. */
export function putHeader(at: usize, limit: usize, tag: u32, end: usize): usize {
  let rest = <u32>(end - at);
  if (rest > 0x7f) {
    let octets: u32 = 0x80;
    for (; rest != 0; rest >>= 8) {
      at = putOctet(at, limit, rest);
      octets++;
    }
    rest = octets;
  }
  return putOctet(putOctet(at, limit, rest), limit, tag);
}
