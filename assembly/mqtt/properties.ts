import {
  Packet,
  PacketType,
  PROPERTY_TABLE,
  Property,
  PropertyId,
  PropertyRule,
  PropertyType,
  Result,
} from '../../build/abi/assembly';
import {
  fieldEnd,
  loadU16,
  loadU32,
  storeU16,
  storeU32,
  VARINT_BITS,
  varintIsMinimal,
  varintLength,
  varintRead,
  varintSize,
  varintStore,
  varintValue,
} from '../memory/bytes';
import { isInTheWay, Span, spanAt } from '../memory/span';
import { fail } from './fault';
import { checkText, checkTopicName } from './fields';

const LAST_PROPERTY: u32 = PropertyId.SHARED_SUBSCRIPTION_AVAILABLE;
/** Bits of the properties below 32 that a packet has. */
const AUTHENTICATION_METHOD: u32 = 1 << PropertyId.AUTHENTICATION_METHOD;
const AUTHENTICATION_DATA: u32 = 1 << PropertyId.AUTHENTICATION_DATA;

/** Where the bits of packet types begin in an entry of PROPERTY_TABLE: that of packet type n is 1 << (PACKETS + n). */
export const PACKETS: i32 = 16;
export const WILL_MASK: u32 = 1 << PACKETS;
const PUBLISH_MASK: u32 = 1 << (PACKETS + PacketType.PUBLISH);
const CONNACK_MASK: u32 = 1 << (PACKETS + PacketType.CONNACK);
const AUTH_MASK: u32 = 1 << (PACKETS + PacketType.AUTH);

function entryOf(id: i32): u32 {
  return <u32>id > LAST_PROPERTY ? 0 : load<u32>(PROPERTY_TABLE + ((<usize>id) << 2));
}

/**
 * Reads the Property Length at `p` and checks the properties after it. `mask` is the bit of the packet type in the table, or
 * WILL_MASK. Puts their span at `place` of the record. Returns the address after them, or a result code.
 */
export function readProperties(p: i32, end: i32, packet: Packet, mask: u32, place: usize): i32 {
  const read = varintRead(p, end);
  if (read <= 0) return fail(packet, p, read < 0 ? Result.REMAINING_LENGTH_TOO_LONG : Result.PROPERTY_LENGTH_INVALID);
  if (!varintIsMinimal(read)) return fail(packet, p, Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  const first = p + varintLength(read);
  const length = varintValue(read);
  spanAt(changetype<usize>(packet), place).start = first;
  spanAt(changetype<usize>(packet), place).length = length;
  if (length > end - first) return fail(packet, p, Result.PROPERTY_LENGTH_INVALID);
  return length == 0 && mask != AUTH_MASK ? first : checkProperties(first, first + length, packet, mask, place);
}

/** Checks every property from `start` to `end`. Returns `end` or a result code. */
export function checkProperties(start: i32, end: i32, packet: Packet, mask: u32, place: usize): i32 {
  let present: u64 = 0;
  let p = start;
  while (p < end) {
    const id: i32 = load<u8>(p);
    const entry = entryOf(id);
    if (entry == 0) return fail(packet, p, Result.PROPERTY_UNKNOWN);
    if ((entry & mask) == 0) return fail(packet, p, Result.PROPERTY_FOREIGN);
    const bit = (<u64>1) << id;
    // A user property may repeat, and a server may send several subscription identifiers in a PUBLISH (3.3.2.3.8).
    if (
      (present & bit) != 0 &&
      id != PropertyId.USER_PROPERTY &&
      !(id == PropertyId.SUBSCRIPTION_IDENTIFIER && mask == PUBLISH_MASK)
    ) {
      return fail(packet, p, Result.PROPERTY_DUPLICATE);
    }
    present |= bit;
    p = checkValue(p + 1, end, packet, id, entry);
    if (p < 0) return p;
  }
  // Authentication Data needs a method in a CONNECT (3.1.2.11.10), and in a CONNACK that accepts (MQTT-4.12.0-5); no clause asks for one in
  // a CONNACK that refuses. An AUTH must name one (3.15.2.2.2).
  const method: u32 = mask == AUTH_MASK ? AUTHENTICATION_METHOD : <u32>present & AUTHENTICATION_DATA;
  if (method != 0 && (<u32>present & AUTHENTICATION_METHOD) == 0 && (mask != CONNACK_MASK || packet.reasonCode == 0)) {
    return fail(packet, start, Result.AUTHENTICATION_METHOD_MISSING);
  }
  if (place == offsetof<Packet>('properties')) {
    store<u64>(changetype<usize>(packet), present, offsetof<Packet>('propertiesPresentLow')); // both words
  }
  return p;
}

function checkValue(p: i32, end: i32, packet: Packet, id: i32, entry: u32): i32 {
  const type: i32 = entry & 15;
  const rule: i32 = (entry >> 4) & 15;
  if (type <= PropertyType.VARINT) {
    let size = integerSize(p, end, type);
    let value: u32 = 0;
    if (type == PropertyType.VARINT) {
      const read = varintRead(p, end);
      if (read < 0) return fail(packet, p, Result.REMAINING_LENGTH_TOO_LONG);
      if (read != 0 && !varintIsMinimal(read)) return fail(packet, p, Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
      size = varintLength(read);
      value = varintValue(read);
    } else if (size != 0) value = integerValue(p, type);
    if (size == 0) return fail(packet, p, Result.PROPERTY_TRUNCATED);
    if (rule == PropertyRule.BOOLEAN && value > 1) return fail(packet, p, Result.PROPERTY_NOT_BOOLEAN);
    if (rule == PropertyRule.NONZERO && value == 0) {
      return fail(packet, p, id == PropertyId.TOPIC_ALIAS ? Result.TOPIC_ALIAS_ZERO : Result.PROPERTY_ZERO); // MQTT-3.3.2-8
    }
    if (id == PropertyId.TOPIC_ALIAS) packet.topicAlias = value;
    return p + size;
  }
  const next = checkString(p, end, packet, type >= PropertyType.UTF8, rule == PropertyRule.TOPIC);
  return type == PropertyType.PAIR && next >= 0 ? checkString(next, end, packet, true, false) : next;
}

function checkString(p: i32, end: i32, packet: Packet, utf8: bool, topic: bool): i32 {
  const next = fieldEnd(p, end);
  if (next < 0) return fail(packet, p, Result.PROPERTY_TRUNCATED);
  const first = p + 2;
  if (!utf8) return next;
  if (!topic) return checkText(first, next, packet);
  // A Response Topic is a Topic Name: MQTT-4.7.3-1, MQTT-3.3.2-14.
  if (first == next) return fail(packet, p, Result.TOPIC_EMPTY);
  return checkTopicName(first, next, packet, Result.RESPONSE_TOPIC_WILDCARD);
}

/** Bytes of an integer of fixed size: the types 1, 2 and 3 have 1, 2 and 4. */
function fixedSize(type: i32): i32 {
  return (1 << type) >> 1;
}

/** As fixedSize, but 0 when `end` cuts the integer off. */
function integerSize(p: i32, end: i32, type: i32): i32 {
  return end - p < fixedSize(type) ? 0 : fixedSize(type);
}

function integerValue(p: i32, type: i32): u32 {
  if (type == PropertyType.BYTE) return load<u8>(p);
  return type == PropertyType.U16 ? loadU16(p) : loadU32(p);
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_property_read(input: usize, length: u32, propertyAddress: usize): i32 {
  const property = changetype<Property>(propertyAddress);
  if (length == 0) return 0;
  const end = <i32>(input + length);
  const id: i32 = load<u8>(input);
  const type: i32 = entryOf(id) & 15;
  if (type == 0) return Result.PROPERTY_UNKNOWN;
  let p = <i32>input + 1;
  property.id = id;
  property.type = type;
  property.valueLength = 0;
  store<u64>(propertyAddress, 0, offsetof<Property>('name')); // with its length
  if (type <= PropertyType.VARINT) {
    let size = integerSize(p, end, type);
    let value: u32 = 0;
    if (type == PropertyType.VARINT) {
      const read = max(varintRead(p, end), 0); // one that is too long counts as cut off
      size = varintLength(read);
      value = varintValue(read);
    } else if (size != 0) value = integerValue(p, type);
    if (size == 0) return Result.PROPERTY_TRUNCATED;
    property.value = value;
    return 1 + size;
  }
  if (type == PropertyType.PAIR) {
    p = viewString(p, end, spanAt(changetype<usize>(property), offsetof<Property>('name')));
    if (p == Result.PROPERTY_TRUNCATED) return p;
  }
  p = viewString(p, end, spanAt(changetype<usize>(property), offsetof<Property>('value')));
  return p == Result.PROPERTY_TRUNCATED ? p : p - <i32>input;
}

/** Puts the span of a length-prefixed field into `span`. Returns the address after the field, or PROPERTY_TRUNCATED. */
function viewString(p: i32, end: i32, span: Span): i32 {
  const next = fieldEnd(p, end);
  if (next == -1) return Result.PROPERTY_TRUNCATED;
  span.start = p + 2;
  span.length = next - p - 2;
  return next;
}

/** Spans of a record Property, for isInTheWay. */
const VALUE: u32 = 0x1;
const VALUE_AND_NAME: u32 = 0x21;

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_property_write(propertyAddress: usize, output: usize, capacity: u32): i32 {
  const property = changetype<Property>(propertyAddress);
  const id: i32 = property.id;
  const type: i32 = entryOf(id) & 15;
  if (type == 0) return Result.PROPERTY_UNKNOWN;
  const value = property.value;
  const valueLength = property.valueLength;
  const nameLength: u32 = type == PropertyType.PAIR ? property.nameLength : 0;
  if (type > PropertyType.VARINT) {
    if ((valueLength | nameLength) >> 16 != 0) return Result.STRING_TOO_LONG;
  } else if (<u64>value >> bitsOf(type) != 0) {
    return Result.INVALID_ARGUMENT;
  }
  const size = 1 + writtenSize(type, value, valueLength, nameLength);
  if (<u32>size > capacity) return Result.OUT_OF_SPACE;
  let spans = type == PropertyType.PAIR ? VALUE_AND_NAME : VALUE;
  if (type <= PropertyType.VARINT) spans = 0;
  if (isInTheWay(propertyAddress, <u32>Property.SIZE, spans, output, size)) return Result.INVALID_ARGUMENT;
  let p = <i32>output;
  store<u8>(p++, id);
  if (type == PropertyType.BYTE) store<u8>(p, value);
  else if (type == PropertyType.U16) storeU16(p, value);
  else if (type == PropertyType.U32) storeU32(p, value);
  else if (type == PropertyType.VARINT) varintStore(p, value);
  else {
    if (type == PropertyType.PAIR) p = writeString(p, propertyAddress, offsetof<Property>('name'));
    writeString(p, propertyAddress, offsetof<Property>('value'));
  }
  return size;
}

/** Bits of an integer: the types 1, 2 and 3 have 8, 16 and 32 (1.5). */
function bitsOf(type: i32): i32 {
  return type == PropertyType.VARINT ? VARINT_BITS : 4 << type;
}

function writtenSize(type: i32, value: u32, valueLength: u32, nameLength: u32): i32 {
  if (type < PropertyType.VARINT) return fixedSize(type);
  if (type == PropertyType.VARINT) return varintSize(value);
  return 2 + valueLength + (type == PropertyType.PAIR ? 2 + nameLength : 0);
}

/** Writes a two-byte length and the bytes whose span lies at `place` of the record. Returns the address after them. */
export function writeString(p: i32, record: usize, place: usize): i32 {
  const length = spanAt(record, place).length;
  memory.copy(p + 2, spanAt(record, place).start, length);
  storeU16(p, length);
  return p + 2 + length;
}
