import {
  PACKET_CLIENT_ID,
  PACKET_CLIENT_ID_LENGTH,
  PACKET_CONNECT_FLAGS,
  PACKET_KEEP_ALIVE,
  PACKET_PASSWORD,
  PACKET_PASSWORD_LENGTH,
  PACKET_PAYLOAD,
  PACKET_PAYLOAD_LENGTH,
  PACKET_PROPERTIES,
  PACKET_TOPIC,
  PACKET_TOPIC_LENGTH,
  PACKET_TYPE_CONNECT,
  PACKET_USER_NAME,
  PACKET_USER_NAME_LENGTH,
  PACKET_WILL_PROPERTIES,
  RESULT_CLIENT_ID_REQUIRED,
  RESULT_INVALID_ARGUMENT,
  RESULT_PACKET_TOO_LARGE,
  RESULT_PROPERTY_FOREIGN,
  RESULT_STRING_TOO_LONG,
} from '../../build/abi/assembly';
import { storeU16, varintSize } from '../memory/bytes';
import { WILL_MASK } from './decode-connect';
import { writeProperties } from './encode';
import { checkText } from './fields';
import { CONNECT_CLEAN_START, CONNECT_PASSWORD, CONNECT_USER_NAME, CONNECT_WILL, checkConnectFlags } from './flags';
import { checkProperties, writeString } from './properties';
import { mqtt_topic_name_check } from './topics';

/** The largest property list that is taken: what fits into one packet. */
const LIST_MAXIMUM: u32 = 268435455;

/** Checks the record of a CONNECT (3.1); gives its Remaining Length or a result code. */
export function connectSize(packet: usize, version: i32): i32 {
  const flags: i32 = load<u32>(packet, PACKET_CONNECT_FLAGS);
  const fault = checkConnectFlags(flags, version);
  if (fault < 0) return fault;
  if (load<u32>(packet, PACKET_KEEP_ALIVE) > 0xffff) return RESULT_INVALID_ARGUMENT;
  if (version < 5 && load<u32>(packet, PACKET_CLIENT_ID_LENGTH) == 0 && (flags & CONNECT_CLEAN_START) == 0) {
    return RESULT_CLIENT_ID_REQUIRED; // 3.1.1 MQTT-3.1.3-7
  }
  let size = (version == 3 ? 8 : 6) + 1 + 1 + 2;
  let part = propertiesSize(packet, version, 1 << (16 + PACKET_TYPE_CONNECT), PACKET_PROPERTIES);
  if (part < 0) return part;
  size += part;
  part = stringSize(packet, PACKET_CLIENT_ID, true);
  if (part < 0) return part;
  size += part;
  if ((flags & CONNECT_WILL) != 0) {
    part = willSize(packet, version);
    if (part < 0) return part;
    size += part;
  }
  if ((flags & CONNECT_USER_NAME) != 0) {
    part = stringSize(packet, PACKET_USER_NAME, true);
    if (part < 0) return part;
    size += part;
  }
  if ((flags & CONNECT_PASSWORD) != 0) {
    part = stringSize(packet, PACKET_PASSWORD, false);
    if (part < 0) return part;
    size += part;
  }
  return size;
}

function willSize(packet: usize, version: i32): i32 {
  const properties = propertiesSize(packet, version, WILL_MASK, PACKET_WILL_PROPERTIES);
  if (properties < 0) return properties;
  const length = load<u32>(packet, PACKET_TOPIC_LENGTH);
  const fault = mqtt_topic_name_check(load<u32>(packet, PACKET_TOPIC), length);
  if (fault < 0) return fault;
  const payload = stringSize(packet, PACKET_PAYLOAD, false);
  return payload < 0 ? payload : properties + 2 + <i32>length + payload;
}

function propertiesSize(packet: usize, version: i32, mask: u32, place: usize): i32 {
  const length: u32 = load<u32>(packet + place, 4);
  if (version < 5) return length == 0 ? 0 : RESULT_PROPERTY_FOREIGN;
  if (length > LIST_MAXIMUM) return RESULT_PACKET_TOO_LARGE;
  const first: i32 = load<u32>(packet + place);
  const at = checkProperties(first, first + <i32>length, packet, mask, place);
  return at < 0 ? at : varintSize(length) + <i32>length;
}

function stringSize(packet: usize, place: usize, utf8: bool): i32 {
  const length = load<u32>(packet + place, 4);
  if (length > 0xffff) return RESULT_STRING_TOO_LONG;
  if (utf8) {
    const first: i32 = load<u32>(packet + place);
    const end = first + <i32>length;
    const at = checkText(first, end, packet);
    if (at < 0) return at;
  }
  return 2 + length;
}

/** Writes the body of a CONNECT whose record connectSize accepted. */
export function writeConnect(start: i32, packet: usize, version: i32): void {
  const flags: i32 = load<u32>(packet, PACKET_CONNECT_FLAGS);
  let p = writeProtocol(start, version);
  store<u8>(p, flags);
  storeU16(p + 1, load<u32>(packet, PACKET_KEEP_ALIVE));
  p += 3;
  if (version == 5) p = writeProperties(p, packet, PACKET_PROPERTIES);
  p = writeString(p, load<u32>(packet, PACKET_CLIENT_ID), load<u32>(packet, PACKET_CLIENT_ID_LENGTH));
  if ((flags & CONNECT_WILL) != 0) {
    if (version == 5) p = writeProperties(p, packet, PACKET_WILL_PROPERTIES);
    p = writeString(p, load<u32>(packet, PACKET_TOPIC), load<u32>(packet, PACKET_TOPIC_LENGTH));
    p = writeString(p, load<u32>(packet, PACKET_PAYLOAD), load<u32>(packet, PACKET_PAYLOAD_LENGTH));
  }
  if ((flags & CONNECT_USER_NAME) != 0) {
    p = writeString(p, load<u32>(packet, PACKET_USER_NAME), load<u32>(packet, PACKET_USER_NAME_LENGTH));
  }
  if ((flags & CONNECT_PASSWORD) != 0) {
    writeString(p, load<u32>(packet, PACKET_PASSWORD), load<u32>(packet, PACKET_PASSWORD_LENGTH));
  }
}

/** Protocol Name and Protocol Version (3.1.2.1, 3.1.2.2). */
function writeProtocol(p: i32, version: i32): i32 {
  if (version == 3) {
    storeU16(p, 6);
    store<u64>(p + 2, 0x037064_7349514d); // "MQIsdp" and 3
    return p + 9;
  }
  storeU16(p, 4);
  store<u32>(p + 2, 0x5454514d); // "MQTT"
  store<u8>(p + 6, version);
  return p + 7;
}
