import { Result } from '../../build/abi/assembly';
import { plainScan } from '../memory/plain-scan';
import { utf8Fault, utf8Scan } from '../memory/utf8';

export const HASH: i32 = 0x23;
export const PLUS: i32 = 0x2b;
/** Under this mask both wildcards are HASH, and no other character is. */
const WILDCARD_MASK: i32 = 0xf7;
const SLASH: i32 = 0x2f;
const DOLLAR: i32 = 0x24;

/** The address of the first wildcard character, or `end`: a Topic Name must have none (MQTT-3.3.2-2). */
export function wildcardScan(start: i32, end: i32): i32 {
  let p = start;
  if (ASC_FEATURE_SIMD) while (end - p >= 16 && !hasWildcard(v128.load(p))) p += 16;
  for (; p != end; p++) {
    const c: i32 = load<u8>(p);
    if (c == HASH || c == PLUS) return p;
  }
  return end;
}

function hasWildcard(bytes: v128): bool {
  return v128.any_true(v128.or(i8x16.eq(bytes, i8x16.splat(<i8>HASH)), i8x16.eq(bytes, i8x16.splat(<i8>PLUS))));
}

/** Bytes of "$share/", with which a shared subscription begins (4.8.2); its first and last four as a little-endian load sees them. */
const SHARE_SIZE: i32 = 7;
const SHARE_START: u32 = 0x61687324;
const SHARE_END: u32 = 0x2f657261;

export function isShared(start: i32, end: i32): bool {
  return end - start >= SHARE_SIZE && load<u32>(start) == SHARE_START && load<u32>(start, 3) == SHARE_END;
}

/**
 * Checks a filter that is valid UTF-8 and has no wildcard before `plain`. Returns 0 or a result code. Only MQTT 5 has shared
 * subscriptions.
 */
export function filterFault(start: i32, end: i32, protocolVersion: i32, plain: i32): i32 {
  let p = start;
  if (protocolVersion == 5 && isShared(start, end)) {
    const name = start + SHARE_SIZE;
    p = name;
    while (p != end && load<u8>(p) != SLASH) p++;
    if (p == name) return Result.SHARE_NAME_INVALID; // MQTT-4.8.2-1
    if (end - p < 2 || wildcardScan(name, p) != p) return Result.SHARE_FILTER_INVALID; // MQTT-4.8.2-2
    p++;
  }
  if (p == end) return Result.TOPIC_EMPTY; // MQTT-4.7.3-1
  const first = p;
  if (plain - p > 0) p = plain;
  for (; p != end; p++) {
    const c: i32 = load<u8>(p);
    if (c != HASH && c != PLUS) continue;
    // MQTT-4.7.1-1, -2: a wildcard fills its level, and # is the last character.
    if ((p != first && load<u8>(p - 1) != SLASH) || (p + 1 != end && (c == HASH || load<u8>(p, 1) != SLASH))) {
      return c == HASH ? Result.FILTER_WILDCARD_MISPLACED : Result.FILTER_PLUS_MISPLACED;
    }
  }
  return 0;
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_topic_name_check(input: usize, length: u32): i32 {
  if (length == 0) return Result.TOPIC_EMPTY; // MQTT-4.7.3-1
  if (length >> 16 != 0) return Result.STRING_TOO_LONG; // MQTT-4.7.3-3
  const end = <i32>(input + length);
  const plain = plainScan(<i32>input, end, HASH, PLUS);
  const at = utf8Scan(plain, end);
  if (at != end) return utf8Fault(at);
  return wildcardScan(plain, end) != end ? Result.TOPIC_WILDCARD : 0;
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_topic_filter_check(input: usize, length: u32, protocolVersion: i32): i32 {
  if (length >> 16 != 0) return Result.STRING_TOO_LONG; // MQTT-4.7.3-3
  const end = <i32>(input + length);
  const at = utf8Scan(<i32>input, end);
  if (at != end) return utf8Fault(at);
  return filterFault(<i32>input, end, protocolVersion, <i32>input);
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_topic_match(filter: usize, filterLength: u32, topic: usize, topicLength: u32): i32 {
  let f = <i32>filter;
  let t = <i32>topic;
  const filterEnd = f + <i32>filterLength;
  const topicEnd = t + <i32>topicLength;
  if (f == filterEnd || t == topicEnd) return 0;
  // MQTT-4.7.2-1: a wildcard at the start does not match a topic that begins with $.
  const first: i32 = load<u8>(f);
  if (load<u8>(t) == DOLLAR && (first == HASH || first == PLUS)) return 0;
  while (f != filterEnd) {
    const c: i32 = load<u8>(f);
    if ((c & WILDCARD_MASK) == HASH) {
      if (c == HASH) return 1;
      f++;
      while (t != topicEnd && load<u8>(t) != SLASH) t++;
    } else if (t != topicEnd && load<u8>(t) == c) {
      f++;
      t++;
    } else {
      // "a/#" matches "a" too (4.7.1.2).
      return <i32>(t == topicEnd && c == SLASH && filterEnd - f == 2 && load<u8>(f, 1) == HASH);
    }
  }
  return <i32>(t == topicEnd);
}
