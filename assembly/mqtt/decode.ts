import {
  CHUNK_ERROR_OFFSET,
  CHUNK_NEEDED,
  CHUNK_PROTOCOL_VERSION,
  CHUNK_RESULT,
  CHUNK_SIZE,
  CHUNK_TYPE,
  CHUNK_USED,
  DECODE_OPTION_HEADER,
  DECODE_OPTION_STRICT,
  PACKET_CONNECT_FLAGS,
  PACKET_COUNT,
  PACKET_ERROR_OFFSET,
  PACKET_FLAGS,
  PACKET_LENGTH,
  PACKET_NEEDED,
  PACKET_PACKET_ID,
  PACKET_PAYLOAD,
  PACKET_PAYLOAD_LENGTH,
  PACKET_PROPERTIES,
  PACKET_PROPERTIES_LENGTH,
  PACKET_PROTOCOL_VERSION,
  PACKET_REASON_CODE,
  PACKET_SIZE,
  PACKET_SUMMARY_SIZE,
  PACKET_TOPIC,
  PACKET_TOPIC_ALIAS,
  PACKET_TYPE,
  PACKET_TYPE_AUTH,
  PACKET_TYPE_CONNACK,
  PACKET_TYPE_CONNECT,
  PACKET_TYPE_DISCONNECT,
  PACKET_TYPE_PUBCOMP,
  PACKET_TYPE_PUBLISH,
  PACKET_TYPE_SUBSCRIBE,
  PACKET_TYPE_UNSUBACK,
  PACKET_TYPE_UNSUBSCRIBE,
  RESULT_CONNACK_FLAGS_RESERVED,
  RESULT_NO_REASON_CODES,
  RESULT_PACKET_ID_ZERO,
  RESULT_PACKET_TOO_LARGE,
  RESULT_PACKET_TRUNCATED,
  RESULT_PROPERTY_LENGTH_INVALID,
  RESULT_REASON_CODE_INVALID,
  RESULT_REMAINING_LENGTH_TOO_LONG,
  RESULT_SESSION_PRESENT_WITH_ERROR,
  RESULT_TOPIC_EMPTY,
  RESULT_TOPIC_WILDCARD,
  RESULT_TRAILING_BYTES,
  RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL,
} from '../../build/abi/assembly';
import { loadU16, varintIsMinimal, varintLength, varintRead, varintValue } from '../memory/bytes';
import { decodeConnect } from './decode-connect';
import { checkTopicName, readBinary } from './fields';
import { checkFilters } from './filters';
import { checkFixedHeader } from './flags';
import { fail, readProperties } from './properties';
import { reasonIsValid, reasonScan } from './reasons';

/** The argument protocolVersion without DecodeOption. */
const VERSION_MASK: i32 = DECODE_OPTION_STRICT - 1;

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_decode(
  input: usize,
  length: u32,
  protocolVersion: i32,
  maximumPacketSize: u32,
  packet: usize,
): i32 {
  memory.fill(packet, 0, PACKET_SIZE);
  return decodeOne(<i32>input, length, protocolVersion, maximumPacketSize, packet);
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_decode_chunk(
  input: usize,
  length: u32,
  protocolVersion: i32,
  maximumPacketSize: u32,
  table: usize,
  capacity: i32,
  chunk: usize,
): i32 {
  const strict = protocolVersion & DECODE_OPTION_STRICT;
  let version = protocolVersion & VERSION_MASK;
  let packet = table;
  let used: u32 = 0;
  let count = 0;
  memory.fill(chunk, 0, CHUNK_SIZE);
  while (count < capacity) {
    clearSummary(packet);
    const result = decodeOne(<i32>(input + used), length - used, version | strict, maximumPacketSize, packet);
    if (result <= 0) {
      store<i32>(chunk, result, CHUNK_RESULT);
      if (result < 0) store<u32>(chunk, load<u32>(packet, PACKET_ERROR_OFFSET), CHUNK_ERROR_OFFSET);
      else store<u32>(chunk, load<u32>(packet, PACKET_NEEDED), CHUNK_NEEDED);
      store<u32>(chunk, load<u32>(packet, PACKET_TYPE), CHUNK_TYPE);
      break;
    }
    used += result;
    count++;
    version = load<u32>(packet, PACKET_PROTOCOL_VERSION);
    packet += PACKET_SUMMARY_SIZE;
  }
  store<u32>(chunk, used, CHUNK_USED);
  store<u32>(chunk, version, CHUNK_PROTOCOL_VERSION);
  return count;
}

function clearSummary(packet: usize): void {
  if (ASC_FEATURE_SIMD) {
    const zero = v128.splat<i32>(0);
    v128.store(packet, zero);
    v128.store(packet, zero, 16);
    v128.store(packet, zero, 32);
    v128.store(packet, zero, 48);
    v128.store(packet, zero, 64);
  } else {
    for (let at: usize = 0; at < PACKET_SUMMARY_SIZE; at += 8) store<u64>(packet + at, 0);
  }
}

/** Decodes one packet into a record whose summary is zero; the result is that of mqtt_decode. */
function decodeOne(start: i32, length: u32, option: i32, maximumPacketSize: u32, packet: usize): i32 {
  const protocolVersion = option & VERSION_MASK;
  store<u32>(packet, protocolVersion, PACKET_PROTOCOL_VERSION);
  store<u32>(packet, 0, PACKET_ERROR_OFFSET);
  if (length == 0) return incomplete(packet, 2);
  const type: i32 = load<u8>(start) >> 4;
  const flags: i32 = load<u8>(start) & 15;
  store<u32>(packet, type, PACKET_TYPE);
  store<u32>(packet, flags, PACKET_FLAGS);
  const fault = checkFixedHeader(type, flags, protocolVersion);
  if (fault < 0) return fault;

  const remaining = varintRead(start + 1, start + <i32>length);
  if (remaining == 0) return incomplete(packet, 1); // a Remaining Length of one byte may end the packet
  if (remaining < 0) return fail(packet, 1, RESULT_REMAINING_LENGTH_TOO_LONG);
  // 3.1.1 does not ask for the fewest bytes, the option does; a CONNECT says only later which version it speaks.
  const minimal = varintIsMinimal(remaining);
  if (!minimal && (option & ~DECODE_OPTION_HEADER) >= 5) {
    return fail(packet, 1, RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  }
  const body = start + 1 + varintLength(remaining);
  const total = body - start + varintValue(remaining);
  store<u32>(packet, total, PACKET_LENGTH);
  if (<u32>total > maximumPacketSize) return fail(packet, 1, RESULT_PACKET_TOO_LARGE);

  let end = start + total;
  const missing = total - <i32>length;
  if (missing > 0) {
    if (type != PACKET_TYPE_PUBLISH || (option & DECODE_OPTION_HEADER) == 0) return incomplete(packet, missing);
    end -= missing; // what is here of the payload ends with the input
    store<u32>(packet, missing, PACKET_NEEDED);
  }
  let at = decodeBody(type, flags, body, end, protocolVersion, packet);
  if (at == end) {
    if (minimal || load<u32>(packet, PACKET_PROTOCOL_VERSION) != 5) return end - start;
    at = fail(packet, start + 1, RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  } else if (at >= 0) {
    at = fail(packet, at, RESULT_TRAILING_BYTES);
  } else if (missing > 0 && (at == RESULT_PACKET_TRUNCATED || at == RESULT_PROPERTY_LENGTH_INVALID)) {
    // The header runs past what is here; only a property list that runs past the packet is wrong.
    const more = <i32>(load<u32>(packet, PACKET_PROPERTIES) + load<u32>(packet, PACKET_PROPERTIES_LENGTH) - end);
    if (more <= missing) return incomplete(packet, max(more, 1));
  }
  store<u32>(packet, load<u32>(packet, PACKET_ERROR_OFFSET) - start, PACKET_ERROR_OFFSET);
  return at;
}

function incomplete(packet: usize, needed: i32): i32 {
  store<u32>(packet, 0, PACKET_ERROR_OFFSET);
  store<u32>(packet, needed, PACKET_NEEDED);
  return 0;
}

/** Gives the address after the last field, or a result code. */
function decodeBody(type: i32, flags: i32, p: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  if (type == PACKET_TYPE_PUBLISH) return decodePublish(flags, p, end, protocolVersion, packet);
  if (type == PACKET_TYPE_CONNECT) return decodeConnect(p, end, packet);
  if (type == PACKET_TYPE_CONNACK) return decodeConnack(p, end, protocolVersion, packet);
  if (type <= PACKET_TYPE_PUBCOMP) return decodeAcknowledgement(type, p, end, protocolVersion, packet);
  if (type <= PACKET_TYPE_UNSUBACK) return decodeList(type, p, end, protocolVersion, packet);
  if (type < PACKET_TYPE_DISCONNECT || protocolVersion < 5) return p; // PINGREQ, PINGRESP, DISCONNECT of 3.1.1: no body
  return decodeReason(type, p, end, protocolVersion, packet);
}

function decodePublish(flags: i32, start: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  const topicEnd = readBinary(start, end, packet, PACKET_TOPIC);
  if (topicEnd < 0) return topicEnd;
  let p = checkTopicName(start + 2, topicEnd, packet, RESULT_TOPIC_WILDCARD);
  if (p < 0) return p;
  if ((flags & 6) != 0) {
    p = readPacketId(p, end, packet);
    if (p < 0) return p;
  }
  if (protocolVersion == 5) {
    p = readProperties(p, end, packet, 1 << (16 + PACKET_TYPE_PUBLISH), PACKET_PROPERTIES);
    if (p < 0) return p;
  }
  // An empty Topic Name stands only beside a Topic Alias (3.3.2.1; MQTT-4.7.3-1).
  if (topicEnd == start + 2 && load<u32>(packet, PACKET_TOPIC_ALIAS) == 0)
    return fail(packet, start, RESULT_TOPIC_EMPTY);
  store<u32>(packet, p, PACKET_PAYLOAD);
  store<u32>(packet, end - p, PACKET_PAYLOAD_LENGTH);
  return end;
}

function decodeConnack(start: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  if (start == end) return fail(packet, start, RESULT_PACKET_TRUNCATED);
  const flags: i32 = load<u8>(start);
  // MQTT 3.1 (3.2) leaves this byte unused; from 3.1.1 on only bit 0 may be set.
  if (flags > 1) return fail(packet, start, RESULT_CONNACK_FLAGS_RESERVED);
  store<u32>(packet, flags, PACKET_CONNECT_FLAGS);
  const p = readReason(PACKET_TYPE_CONNACK, start + 1, end, protocolVersion, packet);
  if (p < 0) return p;
  if (flags != 0 && load<u32>(packet, PACKET_REASON_CODE) != 0) {
    return fail(packet, start, RESULT_SESSION_PRESENT_WITH_ERROR); // MQTT-3.2.2-6
  }
  return protocolVersion == 5 ? readProperties(p, end, packet, 1 << (16 + PACKET_TYPE_CONNACK), PACKET_PROPERTIES) : p;
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP: reason code and properties may be left out (3.4.2.1, 3.4.2.2.1). */
function decodeAcknowledgement(type: i32, start: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  const p = readPacketId(start, end, packet);
  return p < 0 || protocolVersion < 5 ? p : decodeReason(type, p, end, protocolVersion, packet);
}

/** A reason code and properties, each of which may be left out from the end (3.14.2.1, 3.15.2.1). */
function decodeReason(type: i32, start: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  if (start == end) return start;
  const p = readReason(type, start, end, protocolVersion, packet);
  if (p < 0) return p;
  if (p == end && type != PACKET_TYPE_AUTH) return p;
  return readProperties(p, end, packet, 1 << (16 + type), PACKET_PROPERTIES);
}

/** SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK: packet id, properties, and a list to the end of the packet. */
function decodeList(type: i32, start: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  let p = readPacketId(start, end, packet);
  if (p >= 0 && protocolVersion == 5) p = readProperties(p, end, packet, 1 << (16 + type), PACKET_PROPERTIES);
  if (p < 0) return p;
  store<u32>(packet, p, PACKET_PAYLOAD);
  store<u32>(packet, end - p, PACKET_PAYLOAD_LENGTH);
  if (type == PACKET_TYPE_SUBSCRIBE || type == PACKET_TYPE_UNSUBSCRIBE) {
    return checkFilters(p, end, packet, type, protocolVersion);
  }
  return checkReasons(type, p, end, protocolVersion, packet);
}

/** The reason codes of a SUBACK or UNSUBACK; an UNSUBACK of 3.1.1 has none (3.1.1 3.11.3). */
export function checkReasons(type: i32, p: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  if (type == PACKET_TYPE_UNSUBACK && protocolVersion < 5) return p;
  if (p == end) return fail(packet, p, RESULT_NO_REASON_CODES);
  const bad = reasonScan(p, end, type, protocolVersion);
  if (bad != end) return fail(packet, bad, RESULT_REASON_CODE_INVALID);
  store<u32>(packet, end - p, PACKET_COUNT);
  return end;
}

function readPacketId(p: i32, end: i32, packet: usize): i32 {
  if (end - p < 2) return fail(packet, p, RESULT_PACKET_TRUNCATED);
  const id = loadU16(p);
  if (id == 0) return fail(packet, p, RESULT_PACKET_ID_ZERO); // MQTT-2.2.1-3
  store<u32>(packet, id, PACKET_PACKET_ID);
  return p + 2;
}

function readReason(type: i32, p: i32, end: i32, protocolVersion: i32, packet: usize): i32 {
  if (p >= end) return fail(packet, p, RESULT_PACKET_TRUNCATED);
  const code: u32 = load<u8>(p);
  if (!reasonIsValid(type, protocolVersion, code)) return fail(packet, p, RESULT_REASON_CODE_INVALID);
  store<u32>(packet, code, PACKET_REASON_CODE);
  return p + 1;
}
