import { Result } from '../../build/abi/assembly';
import { plainScan } from './plain-scan';
import { isWellFormed, VECTOR } from './utf8-vectors';

/**
 * Returns the address of the first byte that breaks MQTT 1.5.4 (well-formed UTF-8 of RFC 3629, no U+0000), or `end`.
 * A sequence that `end` cuts off breaks the rule at its first byte.
 */
export function utf8Scan(start: i32, end: i32): i32 {
  let p = start;
  // What the vectors refuse is looked at byte by byte, which finds the place.
  if (ASC_FEATURE_SIMD && <u32>start >= <u32>VECTOR && start != end && isWellFormed(start, end)) return end;
  while (p != end) {
    const lead = <u32>load<u8>(p);
    if (lead - 1 < 0x7f) {
      p++;
      continue;
    }
    // 00 is excluded, 80 to C1 are continuations and overlong forms, F5 to FF begin numbers above U+10FFFF.
    if (lead < 0xc2 || lead > 0xf4) return p;
    const extra: i32 = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (<u32>(end - p) <= <u32>extra) return p;
    const second = <u32>load<u8>(p, 1);
    // The second byte rules out overlong forms (E0, F0), surrogates (ED) and numbers above U+10FFFF (F4).
    const low: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const high: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return p;
    if (extra > 1 && (load<u8>(p, 2) & 0xc0) != 0x80) return p;
    if (extra > 2 && (load<u8>(p, 3) & 0xc0) != 0x80) return p;
    p += extra + 1;
  }
  return end;
}

/** The result code for the byte at which utf8Scan stopped. */
export function utf8Fault(at: i32): i32 {
  return load<u8>(at) == 0 ? Result.UTF8_NUL : Result.UTF8_INVALID;
}

/** ABI: see assembly/abi/memory.json. */
export function utf8_check(input: usize, length: u32, errorOffset: usize): i32 {
  const end = <i32>(input + length);
  const at = utf8Scan(plainScan(<i32>input, end, 0, 0), end);
  if (at == end) return 0;
  if (errorOffset != 0) store<u32>(errorOffset, at - <i32>input);
  return utf8Fault(at);
}
