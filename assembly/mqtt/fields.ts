import { RESULT_PACKET_TRUNCATED } from '../../build/abi/assembly';
import { loadU16 } from '../memory/bytes';
import { utf8Fault, utf8Scan } from '../memory/utf8';
import { fail } from './properties';

/**
 * Reads binary data (1.5.6): a two-byte length and the bytes. Address and length go to the two words at
 * `packet + place`. Gives the address after it, or a result code.
 */
export function readBinary(p: i32, end: i32, packet: usize, place: usize): i32 {
  if (end - p < 2 || end - p - 2 < loadU16(p)) return fail(packet, p, RESULT_PACKET_TRUNCATED);
  const length = loadU16(p);
  store<u32>(packet + place, p + 2);
  store<u32>(packet + place, length, 4);
  return p + 2 + length;
}

/** Reads a UTF-8 string (1.5.4) as readBinary does, and checks it. */
export function readUtf8(p: i32, end: i32, packet: usize, place: usize): i32 {
  const next = readBinary(p, end, packet, place);
  if (next < 0) return next;
  const at = utf8Scan(p + 2, next);
  return at == next ? next : fail(packet, at, utf8Fault(at));
}
