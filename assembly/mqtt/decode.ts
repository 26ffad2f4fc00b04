import { Chunk, DecodeOption, Packet, PacketType, Result } from '../../build/abi/assembly';
import { loadU16, varintIsMinimal, varintLength, varintRead, varintValue } from '../memory/bytes';
import { Span } from '../memory/span';
import { decodeConnect } from './decode-connect';
import { fail } from './fault';
import { checkTopicName, readBinary } from './fields';
import { checkFilters } from './filters';
import { checkFixedHeader, PUBLISH_QOS } from './flags';
import { PACKETS, readProperties } from './properties';
import { reasonIsValid, reasonScan } from './reasons';

/** The argument protocolVersion without DecodeOption. */
const VERSION_MASK: i32 = DecodeOption.STRICT - 1;

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_decode(
  input: usize,
  length: u32,
  protocolVersion: i32,
  maximumPacketSize: u32,
  packet: usize,
): i32 {
  if (Span.isBeyond(input, length)) return Result.INVALID_ARGUMENT;
  memory.fill(packet, 0, Packet.SIZE);
  return decodeOne(<i32>input, length, protocolVersion, maximumPacketSize, changetype<Packet>(packet));
}

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_decode_chunk(
  input: usize,
  length: u32,
  protocolVersion: i32,
  maximumPacketSize: u32,
  table: usize,
  capacity: i32,
  chunkAddress: usize,
): i32 {
  if (Span.isBeyond(input, length)) return Result.INVALID_ARGUMENT;
  const chunk = changetype<Chunk>(chunkAddress);
  const strict = protocolVersion & DecodeOption.STRICT;
  let version = protocolVersion & VERSION_MASK;
  let packet = changetype<Packet>(table);
  let used: u32 = 0;
  let count = 0;
  memory.fill(chunkAddress, 0, Chunk.SIZE);
  while (count < capacity) {
    clearSummary(packet);
    const result = decodeOne(<i32>(input + used), length - used, version | strict, maximumPacketSize, packet);
    if (result <= 0) {
      chunk.result = result;
      if (result < 0) chunk.errorOffset = packet.errorOffset;
      else chunk.needed = packet.needed;
      chunk.type = packet.type;
      break;
    }
    used += result;
    count++;
    version = packet.protocolVersion;
    packet = changetype<Packet>(changetype<usize>(packet) + Packet.SUMMARY_SIZE);
  }
  chunk.used = used;
  chunk.protocolVersion = version;
  return count;
}

function clearSummary(packet: Packet): void {
  const address = changetype<usize>(packet);
  if (ASC_FEATURE_SIMD) {
    const zero = v128.splat<i32>(0);
    v128.store(address, zero);
    v128.store(address, zero, 16);
    v128.store(address, zero, 32);
    v128.store(address, zero, 48);
    v128.store(address, zero, 64);
  } else {
    for (let at: usize = 0; at < Packet.SUMMARY_SIZE; at += 8) store<u64>(address + at, 0);
  }
}

/** Decodes one packet into a record whose summary is zero. Returns what mqtt_decode does. */
function decodeOne(start: i32, length: u32, option: i32, maximumPacketSize: u32, packet: Packet): i32 {
  const protocolVersion = option & VERSION_MASK;
  packet.protocolVersion = protocolVersion;
  packet.errorOffset = 0;
  if (length == 0) return incomplete(packet, 2);
  const type: i32 = load<u8>(start) >> 4;
  const flags: i32 = load<u8>(start) & 15;
  packet.type = type;
  packet.flags = flags;
  const fault = checkFixedHeader(type, flags, protocolVersion);
  if (fault < 0) return fault;

  const remaining = varintRead(start + 1, start + <i32>length);
  if (remaining == 0) return incomplete(packet, 1); // a Remaining Length of one byte may end the packet
  if (remaining < 0) return fail(packet, 1, Result.REMAINING_LENGTH_TOO_LONG);
  // MQTT 5 and the option STRICT ask for the fewest bytes, 3.1.1 does not. A CONNECT says only later which version it speaks.
  const minimal = varintIsMinimal(remaining);
  if (!minimal && (option & ~DecodeOption.HEADER) >= 5) {
    return fail(packet, 1, Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  }
  const body = start + 1 + varintLength(remaining);
  const total = body - start + varintValue(remaining);
  packet.length = total;
  if (<u32>total > maximumPacketSize) return fail(packet, 1, Result.PACKET_TOO_LARGE);

  let end = start + total;
  const missing = total - <i32>length;
  if (missing > 0) {
    if (type != PacketType.PUBLISH || (option & DecodeOption.HEADER) == 0) return incomplete(packet, missing);
    end -= missing; // the part of the payload that is here ends with the input
    packet.needed = missing;
  }
  let at = decodeBody(type, flags, body, end, protocolVersion, packet);
  if (at == end) {
    if (type == PacketType.CONNECT && flags != 0 && packet.protocolVersion > 3) {
      at = fail(packet, start, Result.FLAGS_RESERVED); // MQTT-2.1.3-1
    } else if (minimal || packet.protocolVersion != 5) {
      return end - start;
    } else {
      at = fail(packet, start + 1, Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
    }
  } else if (at >= 0) {
    at = fail(packet, at, Result.TRAILING_BYTES);
  } else if (missing > 0 && (at == Result.PACKET_TRUNCATED || at == Result.PROPERTY_LENGTH_INVALID)) {
    // The header goes on behind the input. Only a property list that runs past the packet is wrong.
    const more = <i32>(packet.properties + packet.propertiesLength - end);
    if (more <= missing) return incomplete(packet, max(more, 1));
  }
  packet.errorOffset = packet.errorOffset - start;
  return at;
}

function incomplete(packet: Packet, needed: i32): i32 {
  packet.errorOffset = 0;
  packet.needed = needed;
  return 0;
}

/** Returns the address after the last field, or a result code. */
function decodeBody(type: i32, flags: i32, p: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  if (type == PacketType.PUBLISH) return decodePublish(flags, p, end, protocolVersion, packet);
  if (type == PacketType.CONNECT) return decodeConnect(p, end, packet);
  if (type == PacketType.CONNACK) return decodeConnack(p, end, protocolVersion, packet);
  if (type <= PacketType.PUBCOMP) return decodeAcknowledgement(type, p, end, protocolVersion, packet);
  if (type <= PacketType.UNSUBACK) return decodeList(type, p, end, protocolVersion, packet);
  if (type < PacketType.DISCONNECT || protocolVersion < 5) return p; // PINGREQ, PINGRESP, DISCONNECT of 3.1.1: no body
  return decodeReason(type, p, end, protocolVersion, packet);
}

function decodePublish(flags: i32, start: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  const topicEnd = readBinary(start, end, packet, offsetof<Packet>('topic'));
  if (topicEnd < 0) return topicEnd;
  let p = checkTopicName(start + 2, topicEnd, packet, Result.TOPIC_WILDCARD);
  if (p < 0) return p;
  if ((flags & PUBLISH_QOS) != 0) {
    p = readPacketId(p, end, packet);
    if (p < 0) return p;
  }
  if (protocolVersion == 5) {
    p = readProperties(p, end, packet, 1 << (PACKETS + PacketType.PUBLISH), offsetof<Packet>('properties'));
    if (p < 0) return p;
  }
  // A Topic Name may be empty only beside a Topic Alias (3.3.2.1; MQTT-4.7.3-1).
  if (topicEnd == start + 2 && packet.topicAlias == 0) return fail(packet, start, Result.TOPIC_EMPTY);
  packet.payload = p;
  packet.payloadLength = end - p;
  return end;
}

function decodeConnack(start: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  if (start == end) return fail(packet, start, Result.PACKET_TRUNCATED);
  const flags: i32 = load<u8>(start);
  packet.connectFlags = flags;
  const p = readReason(PacketType.CONNACK, start + 1, end, protocolVersion, packet);
  // Only bit 0 may be set since 3.1.1. MQTT 3.1 (3.2) does not use this byte.
  if (flags > 1) return fail(packet, start, Result.CONNACK_FLAGS_RESERVED);
  if (p < 0) return p;
  if (flags != 0 && packet.reasonCode != 0) {
    return fail(packet, start, Result.SESSION_PRESENT_WITH_ERROR); // MQTT-3.2.2-6
  }
  return protocolVersion == 5
    ? readProperties(p, end, packet, 1 << (PACKETS + PacketType.CONNACK), offsetof<Packet>('properties'))
    : p;
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP: the reason code and properties may be missing (3.4.2.1, 3.4.2.2.1). */
function decodeAcknowledgement(type: i32, start: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  const p = readPacketId(start, end, packet);
  return p < 0 || protocolVersion < 5 ? p : decodeReason(type, p, end, protocolVersion, packet);
}

/** A reason code and properties. The properties, or both, may be missing (3.14.2.1, 3.15.2.1). */
function decodeReason(type: i32, start: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  if (start == end) return start;
  const p = readReason(type, start, end, protocolVersion, packet);
  if (p < 0) return p;
  if (p == end && type != PacketType.AUTH) return p;
  return readProperties(p, end, packet, 1 << (PACKETS + type), offsetof<Packet>('properties'));
}

/** SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK: a packet id, properties, and a list up to the end of the packet. */
function decodeList(type: i32, start: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  let p = readPacketId(start, end, packet);
  if (p >= 0 && protocolVersion == 5)
    p = readProperties(p, end, packet, 1 << (PACKETS + type), offsetof<Packet>('properties'));
  if (p < 0) return p;
  packet.payload = p;
  packet.payloadLength = end - p;
  if (type == PacketType.SUBSCRIBE || type == PacketType.UNSUBSCRIBE) {
    return checkFilters(p, end, packet, type, protocolVersion);
  }
  return checkReasons(type, p, end, protocolVersion, packet);
}

/** The reason codes of a SUBACK or UNSUBACK; an UNSUBACK of 3.1.1 has none (3.1.1 3.11.3). */
export function checkReasons(type: i32, p: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  if (type == PacketType.UNSUBACK && protocolVersion < 5) return p;
  if (p == end) return fail(packet, p, Result.NO_REASON_CODES);
  const bad = reasonScan(p, end, type, protocolVersion);
  if (bad != end) {
    packet.reasonCode = load<u8>(bad);
    return fail(packet, bad, Result.REASON_CODE_INVALID);
  }
  packet.count = end - p;
  return end;
}

function readPacketId(p: i32, end: i32, packet: Packet): i32 {
  if (end - p < 2) return fail(packet, p, Result.PACKET_TRUNCATED);
  const id = loadU16(p);
  if (id == 0) return fail(packet, p, Result.PACKET_ID_ZERO); // MQTT-2.2.1-3
  packet.packetId = id;
  return p + 2;
}

function readReason(type: i32, p: i32, end: i32, protocolVersion: i32, packet: Packet): i32 {
  if (p >= end) return fail(packet, p, Result.PACKET_TRUNCATED);
  const code: u32 = load<u8>(p);
  packet.reasonCode = code; // also of a packet that is refused: it says why the peer refused
  return reasonIsValid(type, protocolVersion, code) ? p + 1 : fail(packet, p, Result.REASON_CODE_INVALID);
}
