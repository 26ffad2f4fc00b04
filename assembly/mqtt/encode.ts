import {
  PACKET_CONNECT_FLAGS,
  PACKET_ERROR_OFFSET,
  PACKET_FLAGS,
  PACKET_LENGTH,
  PACKET_PACKET_ID,
  PACKET_PAYLOAD,
  PACKET_PAYLOAD_LENGTH,
  PACKET_PROPERTIES,
  PACKET_PROPERTIES_LENGTH,
  PACKET_PROPERTIES_PRESENT_LOW,
  PACKET_PROTOCOL_VERSION,
  PACKET_REASON_CODE,
  PACKET_TOPIC,
  PACKET_TOPIC_ALIAS,
  PACKET_TOPIC_LENGTH,
  PACKET_TYPE,
  PACKET_TYPE_AUTH,
  PACKET_TYPE_CONNACK,
  PACKET_TYPE_CONNECT,
  PACKET_TYPE_DISCONNECT,
  PACKET_TYPE_PINGREQ,
  PACKET_TYPE_PUBACK,
  PACKET_TYPE_PUBCOMP,
  PACKET_TYPE_PUBLISH,
  PACKET_TYPE_SUBSCRIBE,
  PACKET_TYPE_UNSUBACK,
  PACKET_TYPE_UNSUBSCRIBE,
  RESULT_CONNACK_FLAGS_RESERVED,
  RESULT_INVALID_ARGUMENT,
  RESULT_OUT_OF_SPACE,
  RESULT_PACKET_ID_ZERO,
  RESULT_PACKET_TOO_LARGE,
  RESULT_PROPERTY_FOREIGN,
  RESULT_REASON_CODE_INVALID,
  RESULT_SESSION_PRESENT_WITH_ERROR,
  RESULT_TOPIC_EMPTY,
  RESULT_TRAILING_BYTES,
} from '../../build/abi/assembly';
import { storeU16, varintSize, varintStore } from '../memory/bytes';
import { checkReasons } from './decode';
import { connectSize, writeConnect } from './encode-connect';
import { checkFilters } from './filters';
import { checkFixedHeader, fixedFlags } from './flags';
import { checkProperties, fail, writeString } from './properties';
import { reasonIsValid } from './reasons';
import { mqtt_topic_name_check } from './topics';

/** The largest Remaining Length (1.5.5). */
const REMAINING_LENGTH_MAXIMUM: u32 = 268435455;

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_encode(packet: usize, output: usize, capacity: u32): i32 {
  const type: i32 = load<u32>(packet, PACKET_TYPE);
  const version: i32 = load<u32>(packet, PACKET_PROTOCOL_VERSION);
  store<u32>(packet, 0, PACKET_ERROR_OFFSET);
  if (<u32>(version - 3) > 2) return RESULT_INVALID_ARGUMENT;
  const flags: i32 = type == PACKET_TYPE_PUBLISH ? load<u32>(packet, PACKET_FLAGS) & 15 : fixedFlags(type);
  const fault = checkFixedHeader(type, flags, version);
  if (fault < 0) return fault;
  const remaining = type == PACKET_TYPE_CONNECT ? connectSize(packet, version) : bodySize(type, flags, version, packet);
  if (remaining < 0) return remaining;
  if (<u32>remaining > REMAINING_LENGTH_MAXIMUM) return RESULT_PACKET_TOO_LARGE;
  const total = 1 + varintSize(remaining) + remaining;
  if (<u32>total > capacity) return RESULT_OUT_OF_SPACE;
  store<u32>(packet, total, PACKET_LENGTH);
  store<u8>(output, (type << 4) | flags);
  const p = varintStore(<i32>output + 1, remaining);
  if (type == PACKET_TYPE_CONNECT) writeConnect(p, packet, version);
  else writeBody(p, type, flags, version, packet);
  return total;
}

function hasPacketId(type: i32, flags: i32): bool {
  return type == PACKET_TYPE_PUBLISH ? (flags & 6) != 0 : type >= PACKET_TYPE_PUBACK && type <= PACKET_TYPE_UNSUBACK;
}

/** Packets in which reason code and properties may be left out from the end: acknowledgements, DISCONNECT, AUTH. */
function hasOptionalTail(type: i32): bool {
  return (type >= PACKET_TYPE_PUBACK && type <= PACKET_TYPE_PUBCOMP) || type >= PACKET_TYPE_DISCONNECT;
}

function hasPayload(type: i32): bool {
  return type == PACKET_TYPE_PUBLISH || (type > PACKET_TYPE_PUBCOMP && type <= PACKET_TYPE_UNSUBACK);
}

/** Bytes of reason code and properties, the shortest form. */
function tailSize(type: i32, version: i32, packet: usize): i32 {
  const length: i32 = load<u32>(packet, PACKET_PROPERTIES_LENGTH);
  if (version < 5) return type == PACKET_TYPE_CONNACK ? 1 : 0;
  if (hasOptionalTail(type)) {
    if (length == 0 && load<u32>(packet, PACKET_REASON_CODE) == 0) return 0;
    if (length == 0 && type != PACKET_TYPE_AUTH) return 1;
  }
  const reason = <i32>(hasOptionalTail(type) || type == PACKET_TYPE_CONNACK);
  return reason + varintSize(length) + length;
}

/** Checks the record of any packet but CONNECT; gives its Remaining Length or a result code. */
function bodySize(type: i32, flags: i32, version: i32, packet: usize): i32 {
  const payloadLength: i32 = load<u32>(packet, PACKET_PAYLOAD_LENGTH);
  const propertiesLength: i32 = load<u32>(packet, PACKET_PROPERTIES_LENGTH);
  // Lengths beyond 2^28 cannot be sent; refusing them here keeps every sum below within 31 bits.
  if (<u32>payloadLength > REMAINING_LENGTH_MAXIMUM || <u32>propertiesLength > REMAINING_LENGTH_MAXIMUM) {
    return RESULT_PACKET_TOO_LARGE;
  }
  const isPing = type >= PACKET_TYPE_PINGREQ && type < PACKET_TYPE_DISCONNECT;
  if (propertiesLength > 0 && (version < 5 || isPing)) return RESULT_PROPERTY_FOREIGN;
  if (isPing) return 0;
  // What the record says of the properties of an earlier packet.
  store<u32>(packet, 0, PACKET_TOPIC_ALIAS);
  store<u64>(packet, 0, PACKET_PROPERTIES_PRESENT_LOW);
  // Only a bare AUTH of success may leave out its Authentication Method (3.15.2.1, 3.15.2.2.2).
  if (propertiesLength > 0 || (type == PACKET_TYPE_AUTH && load<u32>(packet, PACKET_REASON_CODE) != 0)) {
    const first: i32 = load<u32>(packet, PACKET_PROPERTIES);
    const at = checkProperties(first, first + propertiesLength, packet, 1 << (16 + type), PACKET_PROPERTIES);
    if (at < 0) return at;
  }
  let size = tailSize(type, version, packet);
  if (type == PACKET_TYPE_CONNACK) size++;
  const fault = checkBody(type, flags, version, packet);
  if (fault < 0) return fault;
  if (type == PACKET_TYPE_PUBLISH) size += 2 + load<u32>(packet, PACKET_TOPIC_LENGTH);
  if (hasPacketId(type, flags)) size += 2;
  return hasPayload(type) ? size + payloadLength : size;
}

/** The rules of the single fields; gives 0 or more, or a result code. */
function checkBody(type: i32, flags: i32, version: i32, packet: usize): i32 {
  if (hasPacketId(type, flags) && load<u32>(packet, PACKET_PACKET_ID) - 1 > 0xfffe) return RESULT_PACKET_ID_ZERO;
  if (type == PACKET_TYPE_PUBLISH) {
    const length = load<u32>(packet, PACKET_TOPIC_LENGTH);
    if (length == 0) return load<u32>(packet, PACKET_TOPIC_ALIAS) == 0 ? RESULT_TOPIC_EMPTY : 0;
    return mqtt_topic_name_check(load<u32>(packet, PACKET_TOPIC), length);
  }
  if (hasPayload(type)) {
    const first: i32 = load<u32>(packet, PACKET_PAYLOAD);
    const end: i32 = first + <i32>load<u32>(packet, PACKET_PAYLOAD_LENGTH);
    const list =
      type == PACKET_TYPE_SUBSCRIBE || type == PACKET_TYPE_UNSUBSCRIBE
        ? checkFilters(first, end, packet, type, version)
        : checkReasons(type, first, end, version, packet);
    return list < 0 || list == end ? list : fail(packet, list, RESULT_TRAILING_BYTES);
  }
  const reason = load<u32>(packet, PACKET_REASON_CODE);
  if (!reasonIsValid(type, version, reason)) return RESULT_REASON_CODE_INVALID;
  if (type != PACKET_TYPE_CONNACK) return 0;
  const acknowledge = load<u32>(packet, PACKET_CONNECT_FLAGS);
  if (acknowledge > 1) return RESULT_CONNACK_FLAGS_RESERVED;
  return acknowledge != 0 && reason != 0 ? RESULT_SESSION_PRESENT_WITH_ERROR : 0; // MQTT-3.2.2-6
}

function writeBody(start: i32, type: i32, flags: i32, version: i32, packet: usize): void {
  let p = start;
  if (type == PACKET_TYPE_PUBLISH)
    p = writeString(p, load<u32>(packet, PACKET_TOPIC), load<u32>(packet, PACKET_TOPIC_LENGTH));
  if (hasPacketId(type, flags)) {
    storeU16(p, load<u32>(packet, PACKET_PACKET_ID));
    p += 2;
  }
  if (type == PACKET_TYPE_CONNACK) store<u8>(p++, load<u32>(packet, PACKET_CONNECT_FLAGS));
  const tail = type >= PACKET_TYPE_PINGREQ && type < PACKET_TYPE_DISCONNECT ? 0 : tailSize(type, version, packet);
  const end = p + tail;
  if (tail > 0 && (hasOptionalTail(type) || type == PACKET_TYPE_CONNACK)) {
    store<u8>(p++, load<u32>(packet, PACKET_REASON_CODE));
  }
  if (p < end) writeProperties(p, packet, PACKET_PROPERTIES);
  if (hasPayload(type)) memory.copy(end, load<u32>(packet, PACKET_PAYLOAD), load<u32>(packet, PACKET_PAYLOAD_LENGTH));
}

/** Writes Property Length and the properties whose place stands at `packet + place`; gives the address after them. */
export function writeProperties(start: i32, packet: usize, place: usize): i32 {
  const length = load<u32>(packet + place, 4);
  const p = varintStore(start, length);
  memory.copy(p, load<u32>(packet + place), length);
  return p + length;
}
