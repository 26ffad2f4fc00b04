import {
  PACKET_ERROR_OFFSET,
  PACKET_PROPERTIES,
  PACKET_PROPERTIES_PRESENT_HIGH,
  PACKET_PROPERTIES_PRESENT_LOW,
  PACKET_TOPIC_ALIAS,
  PROPERTY_ID,
  PROPERTY_NAME,
  PROPERTY_NAME_LENGTH,
  PROPERTY_RULE_BOOLEAN,
  PROPERTY_RULE_NONZERO,
  PROPERTY_RULE_TOPIC,
  PROPERTY_TABLE,
  PROPERTY_TYPE,
  PROPERTY_TYPE_BYTE,
  PROPERTY_TYPE_PAIR,
  PROPERTY_TYPE_U16,
  PROPERTY_TYPE_U32,
  PROPERTY_TYPE_UTF8,
  PROPERTY_TYPE_VARINT,
  PROPERTY_VALUE,
  PROPERTY_VALUE_LENGTH,
  RESULT_AUTHENTICATION_METHOD_MISSING,
  RESULT_INVALID_ARGUMENT,
  RESULT_OUT_OF_SPACE,
  RESULT_PROPERTY_DUPLICATE,
  RESULT_PROPERTY_FOREIGN,
  RESULT_PROPERTY_LENGTH_INVALID,
  RESULT_PROPERTY_NOT_BOOLEAN,
  RESULT_PROPERTY_TRUNCATED,
  RESULT_PROPERTY_UNKNOWN,
  RESULT_PROPERTY_ZERO,
  RESULT_REMAINING_LENGTH_TOO_LONG,
  RESULT_RESPONSE_TOPIC_WILDCARD,
  RESULT_STRING_TOO_LONG,
  RESULT_TOPIC_ALIAS_ZERO,
  RESULT_TOPIC_EMPTY,
  RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL,
} from '../../build/abi/assembly';
import {
  fieldEnd,
  loadU16,
  loadU32,
  storeU16,
  storeU32,
  varintIsMinimal,
  varintLength,
  varintRead,
  varintSize,
  varintStore,
  varintValue,
} from '../memory/bytes';
import { checkText, checkTopicName } from './fields';

const LAST_PROPERTY: i32 = 42;
const USER_PROPERTY: i32 = 38;
const SUBSCRIPTION_IDENTIFIER: i32 = 11;
const TOPIC_ALIAS: i32 = 35;
const AUTHENTICATION_METHOD: u32 = 0x200000;
const AUTHENTICATION_DATA: u32 = 0x400000;
const PUBLISH_MASK: u32 = 0x80000;
const AUTH_MASK: u32 = 0x80000000;

/** Notes where a rule was broken (an address for now; mqtt_decode makes it an offset) and hands the code on. */
export function fail(packet: usize, at: i32, code: i32): i32 {
  store<u32>(packet, at, PACKET_ERROR_OFFSET);
  return code;
}

function entryOf(id: i32): u32 {
  return <u32>id > <u32>LAST_PROPERTY ? 0 : load<u32>(PROPERTY_TABLE + ((<usize>id) << 2));
}

/**
 * Reads the Property Length at `p` and checks the properties after it; `mask` is the bit of the packet type, shifted
 * as in the table (bit 16 for the will). Their place goes to the two words at `packet + place`. Gives the address
 * after them, or a result code.
 */
export function readProperties(p: i32, end: i32, packet: usize, mask: u32, place: usize): i32 {
  const read = varintRead(p, end);
  if (read <= 0) return fail(packet, p, read < 0 ? RESULT_REMAINING_LENGTH_TOO_LONG : RESULT_PROPERTY_LENGTH_INVALID);
  if (!varintIsMinimal(read)) return fail(packet, p, RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  const first = p + varintLength(read);
  const length = varintValue(read);
  store<u32>(packet + place, first);
  store<u32>(packet + place, length, 4);
  if (length > end - first) return fail(packet, p, RESULT_PROPERTY_LENGTH_INVALID);
  return length == 0 && mask != AUTH_MASK ? first : checkProperties(first, first + length, packet, mask, place);
}

/** Checks every property from `p` to `end`; gives `end` or a result code. */
export function checkProperties(start: i32, end: i32, packet: usize, mask: u32, place: usize): i32 {
  let low: u32 = 0;
  let high: u32 = 0;
  let p = start;
  while (p < end) {
    const id: i32 = load<u8>(p);
    const entry = entryOf(id);
    if (entry == 0) return fail(packet, p, RESULT_PROPERTY_UNKNOWN);
    if ((entry & mask) == 0) return fail(packet, p, RESULT_PROPERTY_FOREIGN);
    const bit: u32 = 1 << (id & 31);
    const seen = id < 32 ? low & bit : high & bit;
    // A server may send several subscription identifiers in a PUBLISH (3.3.2.3.8); user properties may always repeat.
    if (seen != 0 && id != USER_PROPERTY && !(id == SUBSCRIPTION_IDENTIFIER && mask == PUBLISH_MASK)) {
      return fail(packet, p, RESULT_PROPERTY_DUPLICATE);
    }
    if (id < 32) low |= bit;
    else high |= bit;
    p = checkValue(p + 1, end, packet, id, entry);
    if (p < 0) return p;
  }
  // Authentication Data needs a method (3.1.2.11.10), and an AUTH must name one (3.15.2.2.2).
  const method: u32 = mask == AUTH_MASK ? AUTHENTICATION_METHOD : low & AUTHENTICATION_DATA;
  if (method != 0 && (low & AUTHENTICATION_METHOD) == 0) {
    return fail(packet, start, RESULT_AUTHENTICATION_METHOD_MISSING);
  }
  if (place == PACKET_PROPERTIES) {
    store<u32>(packet, low, PACKET_PROPERTIES_PRESENT_LOW);
    store<u32>(packet, high, PACKET_PROPERTIES_PRESENT_HIGH);
  }
  return p;
}

function checkValue(p: i32, end: i32, packet: usize, id: i32, entry: u32): i32 {
  const type: i32 = entry & 15;
  const rule: i32 = (entry >> 4) & 15;
  if (type <= PROPERTY_TYPE_VARINT) {
    let size = integerSize(p, end, type);
    let value: u32 = 0;
    if (type == PROPERTY_TYPE_VARINT) {
      const read = varintRead(p, end);
      if (read < 0) return fail(packet, p, RESULT_REMAINING_LENGTH_TOO_LONG);
      if (read != 0 && !varintIsMinimal(read)) return fail(packet, p, RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
      size = varintLength(read);
      value = varintValue(read);
    } else if (size != 0) value = integerValue(p, type);
    if (size == 0) return fail(packet, p, RESULT_PROPERTY_TRUNCATED);
    if (rule == PROPERTY_RULE_BOOLEAN && value > 1) return fail(packet, p, RESULT_PROPERTY_NOT_BOOLEAN);
    if (rule == PROPERTY_RULE_NONZERO && value == 0) {
      return fail(packet, p, id == TOPIC_ALIAS ? RESULT_TOPIC_ALIAS_ZERO : RESULT_PROPERTY_ZERO); // MQTT-3.3.2-8
    }
    if (id == TOPIC_ALIAS) store<u32>(packet, value, PACKET_TOPIC_ALIAS);
    return p + size;
  }
  const next = checkString(p, end, packet, type >= PROPERTY_TYPE_UTF8, rule == PROPERTY_RULE_TOPIC);
  return type == PROPERTY_TYPE_PAIR && next >= 0 ? checkString(next, end, packet, true, false) : next;
}

function checkString(p: i32, end: i32, packet: usize, utf8: bool, topic: bool): i32 {
  const next = fieldEnd(p, end);
  if (next < 0) return fail(packet, p, RESULT_PROPERTY_TRUNCATED);
  const first = p + 2;
  if (!utf8) return next;
  if (!topic) return checkText(first, next, packet);
  // A Response Topic is a Topic Name: MQTT-4.7.3-1, MQTT-3.3.2-14.
  if (first == next) return fail(packet, p, RESULT_TOPIC_EMPTY);
  return checkTopicName(first, next, packet, RESULT_RESPONSE_TOPIC_WILDCARD);
}

/** Bytes of an integer that is no variable byte integer: the types are numbered by their sizes, 1, 2 and 4. */
function fixedSize(type: i32): i32 {
  return (1 << type) >> 1;
}

/** The same; 0 when `end` cuts it off. */
function integerSize(p: i32, end: i32, type: i32): i32 {
  return end - p < fixedSize(type) ? 0 : fixedSize(type);
}

function integerValue(p: i32, type: i32): u32 {
  if (type == PROPERTY_TYPE_BYTE) return load<u8>(p);
  return type == PROPERTY_TYPE_U16 ? loadU16(p) : loadU32(p);
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_property_read(input: usize, length: u32, property: usize): i32 {
  if (length == 0) return 0;
  const end = <i32>(input + length);
  const id: i32 = load<u8>(input);
  const type: i32 = entryOf(id) & 15;
  if (type == 0) return RESULT_PROPERTY_UNKNOWN;
  let p = <i32>input + 1;
  store<u32>(property, id, PROPERTY_ID);
  store<u32>(property, type, PROPERTY_TYPE);
  store<u32>(property, 0, PROPERTY_VALUE_LENGTH);
  store<u32>(property, 0, PROPERTY_NAME);
  store<u32>(property, 0, PROPERTY_NAME_LENGTH);
  if (type <= PROPERTY_TYPE_VARINT) {
    let size = integerSize(p, end, type);
    let value: u32 = 0;
    if (type == PROPERTY_TYPE_VARINT) {
      const read = max(varintRead(p, end), 0); // too long is cut off here
      size = varintLength(read);
      value = varintValue(read);
    } else if (size != 0) value = integerValue(p, type);
    if (size == 0) return RESULT_PROPERTY_TRUNCATED;
    store<u32>(property, value, PROPERTY_VALUE);
    return 1 + size;
  }
  if (type == PROPERTY_TYPE_PAIR) {
    p = viewString(p, end, property + PROPERTY_NAME);
    if (p < 0) return p;
  }
  p = viewString(p, end, property + PROPERTY_VALUE);
  return p < 0 ? p : p - <i32>input;
}

/** Puts address and length of a length-prefixed field into the two words at `place`. */
function viewString(p: i32, end: i32, place: usize): i32 {
  const next = fieldEnd(p, end);
  if (next < 0) return RESULT_PROPERTY_TRUNCATED;
  store<u32>(place, p + 2);
  store<u32>(place, next - p - 2, 4);
  return next;
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_property_write(property: usize, output: usize, capacity: u32): i32 {
  const id: i32 = load<u32>(property, PROPERTY_ID);
  const type: i32 = entryOf(id) & 15;
  if (type == 0) return RESULT_PROPERTY_UNKNOWN;
  const value = load<u32>(property, PROPERTY_VALUE);
  const valueLength = load<u32>(property, PROPERTY_VALUE_LENGTH);
  const nameLength: u32 = type == PROPERTY_TYPE_PAIR ? load<u32>(property, PROPERTY_NAME_LENGTH) : 0;
  if (type > PROPERTY_TYPE_VARINT) {
    if (valueLength > 0xffff || nameLength > 0xffff) return RESULT_STRING_TOO_LONG;
  } else if (value > largestInteger(type)) {
    return RESULT_INVALID_ARGUMENT;
  }
  const size = 1 + writtenSize(type, value, valueLength, nameLength);
  if (<u32>size > capacity) return RESULT_OUT_OF_SPACE;
  let p = <i32>output;
  store<u8>(p++, id);
  if (type == PROPERTY_TYPE_BYTE) store<u8>(p, value);
  else if (type == PROPERTY_TYPE_U16) storeU16(p, value);
  else if (type == PROPERTY_TYPE_U32) storeU32(p, value);
  else if (type == PROPERTY_TYPE_VARINT) varintStore(p, value);
  else {
    if (type == PROPERTY_TYPE_PAIR) p = writeString(p, load<u32>(property, PROPERTY_NAME), nameLength);
    writeString(p, value, valueLength);
  }
  return size;
}

/** A larger integer would lose its upper bits; a variable byte integer would take a fifth byte. */
function largestInteger(type: i32): u32 {
  if (type == PROPERTY_TYPE_BYTE) return 0xff;
  if (type == PROPERTY_TYPE_U16) return 0xffff;
  return type == PROPERTY_TYPE_VARINT ? 0x0fffffff : 0xffffffff;
}

function writtenSize(type: i32, value: u32, valueLength: u32, nameLength: u32): i32 {
  if (type < PROPERTY_TYPE_VARINT) return fixedSize(type);
  if (type == PROPERTY_TYPE_VARINT) return varintSize(value);
  return 2 + valueLength + (type == PROPERTY_TYPE_PAIR ? 2 + nameLength : 0);
}

/** Writes a two-byte length and the bytes; gives the address after them. */
export function writeString(p: i32, source: usize, length: u32): i32 {
  storeU16(p, length);
  memory.copy(p + 2, source, length);
  return p + 2 + length;
}
