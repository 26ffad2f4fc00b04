import { Packet, PacketType, Result } from '../../build/abi/assembly';
import { storeU16, VARINT_BITS, varintSize, varintStore } from '../memory/bytes';
import { isInTheWay } from '../memory/span';
import { checkReasons } from './decode';
import { connectSize, writeConnect } from './encode-connect';
import { fail } from './fault';
import { checkFilters } from './filters';
import { checkFixedHeader, fixedFlags, PUBLISH_QOS } from './flags';
import { checkProperties, PACKETS, writeString } from './properties';
import { reasonIsValid } from './reasons';
import { mqtt_topic_name_check } from './topics';
import { writeProperties } from './write-properties';

/** The spans of a record, four bits each: how many times eight bytes after its start they lie. */
const PROPERTIES: u32 = 0x5;
const PUBLISH_SPANS: u32 = 0x53; // and the topic
const PAYLOAD: u32 = 0x4;
const CONNECT_SPANS: u32 = 0xdcb9543; // and client id, will topic and message, will properties, user name and password

/** The packet types of hasOptionalTail and hasPayload; bit n is packet type n. */
const OPTIONAL_TAILS: i32 =
  (1 << PacketType.PUBACK) |
  (1 << PacketType.PUBREC) |
  (1 << PacketType.PUBREL) |
  (1 << PacketType.PUBCOMP) |
  (1 << PacketType.DISCONNECT) |
  (1 << PacketType.AUTH);
const PAYLOADS: i32 =
  (1 << PacketType.PUBLISH) |
  (1 << PacketType.SUBSCRIBE) |
  (1 << PacketType.SUBACK) |
  (1 << PacketType.UNSUBSCRIBE) |
  (1 << PacketType.UNSUBACK);

/** ABI: see assembly/abi/mqtt.json. */
export function mqtt_encode(packetAddress: usize, output: usize, capacity: u32): i32 {
  const packet = changetype<Packet>(packetAddress);
  const type: i32 = packet.type;
  const version: i32 = packet.protocolVersion;
  packet.errorOffset = 0;
  if (<u32>(version - 3) > 2) return Result.INVALID_ARGUMENT;
  const flags: i32 = type == PacketType.PUBLISH ? packet.flags & 15 : fixedFlags(type);
  const fault = checkFixedHeader(type, flags, version);
  if (fault < 0) return fault;
  const remaining = type == PacketType.CONNECT ? connectSize(packet, version) : bodySize(type, flags, version, packet);
  // A negative address of a span that is refused below is not a code.
  if (remaining < 0) return remaining < -1000 ? Result.INVALID_ARGUMENT : remaining;
  if (remaining >> VARINT_BITS != 0) return Result.PACKET_TOO_LARGE;
  const total = 1 + varintSize(remaining) + remaining;
  if (<u32>total > capacity) return Result.OUT_OF_SPACE;
  let spans = PROPERTIES;
  if (type == PacketType.PUBLISH) spans = PUBLISH_SPANS;
  // A payload may lie where it will be written: that is behind all other fields, and copying it there changes nothing.
  if (hasPayload(type) && packet.payload + packet.payloadLength != output + total) spans = (spans << 4) | PAYLOAD;
  if (type == PacketType.CONNECT) spans = CONNECT_SPANS;
  if (isInTheWay(packetAddress, <u32>Packet.SIZE, spans, output, total)) return Result.INVALID_ARGUMENT;
  packet.length = total;
  store<u8>(output, (type << 4) | flags);
  const p = varintStore(<i32>output + 1, remaining);
  if (type == PacketType.CONNECT) writeConnect(p, packet, version);
  else writeBody(p, type, flags, version, packet);
  return total;
}

function hasPacketId(type: i32, flags: i32): bool {
  return type == PacketType.PUBLISH
    ? (flags & PUBLISH_QOS) != 0
    : <u32>(type - PacketType.PUBACK) <= <u32>(PacketType.UNSUBACK - PacketType.PUBACK);
}

/** Packets whose reason code and properties may be missing: acknowledgements, DISCONNECT, AUTH. */
function hasOptionalTail(type: i32): bool {
  return ((OPTIONAL_TAILS >> type) & 1) != 0;
}

function hasPayload(type: i32): bool {
  return ((PAYLOADS >> type) & 1) != 0;
}

/** Bytes of the reason code and the properties in the shortest form. */
function tailSize(type: i32, version: i32, packet: Packet): i32 {
  const length: i32 = packet.propertiesLength;
  if (version < 5) return type == PacketType.CONNACK ? 1 : 0;
  let reason = <i32>(type == PacketType.CONNACK);
  if (hasOptionalTail(type)) {
    if (length == 0) {
      if (packet.reasonCode == 0) return 0;
      if (type != PacketType.AUTH) return 1;
    }
    reason = 1;
  }
  return reason + varintSize(length) + length;
}

/** Checks the record of any packet but CONNECT. Returns its Remaining Length or a result code. */
function bodySize(type: i32, flags: i32, version: i32, packet: Packet): i32 {
  const payloadLength: i32 = packet.payloadLength;
  const propertiesLength: i32 = packet.propertiesLength;
  // Longer fields cannot be sent. Refusing them here keeps every sum below within 31 bits.
  if ((payloadLength | propertiesLength) >>> VARINT_BITS != 0) {
    return Result.PACKET_TOO_LARGE;
  }
  const isPing = <u32>(type - PacketType.PINGREQ) < 2; // or PINGRESP
  if (propertiesLength > 0 && (version < 5 || isPing)) return Result.PROPERTY_FOREIGN;
  if (isPing) return 0;
  // The record may still describe the properties of an earlier packet.
  packet.topicAlias = 0;
  store<u64>(changetype<usize>(packet), 0, offsetof<Packet>('propertiesPresentLow')); // both words
  // An AUTH must name its Authentication Method, except a bare one of success (3.15.2.1, 3.15.2.2.2).
  if (propertiesLength > 0 || (type == PacketType.AUTH && packet.reasonCode != 0)) {
    const first = <i32>packet.properties;
    const at = checkProperties(
      first,
      first + propertiesLength,
      packet,
      1 << (PACKETS + type),
      offsetof<Packet>('properties'),
    );
    if (at < 0) return at;
  }
  let size = tailSize(type, version, packet);
  if (type == PacketType.CONNACK) size++;
  const fault = checkBody(type, flags, version, packet);
  if (fault < 0) return fault;
  if (type == PacketType.PUBLISH) size += 2 + packet.topicLength;
  if (hasPacketId(type, flags)) size += 2;
  return hasPayload(type) ? size + payloadLength : size;
}

/** Checks the fields one by one. Returns 0 or more, or a result code. */
function checkBody(type: i32, flags: i32, version: i32, packet: Packet): i32 {
  if (hasPacketId(type, flags) && packet.packetId - 1 > 0xfffe) return Result.PACKET_ID_ZERO;
  if (type == PacketType.PUBLISH) {
    const length = packet.topicLength;
    if (length == 0) return packet.topicAlias == 0 ? Result.TOPIC_EMPTY : 0;
    return mqtt_topic_name_check(packet.topic, length);
  }
  if (hasPayload(type)) {
    const first = <i32>packet.payload;
    const end: i32 = first + <i32>packet.payloadLength;
    const list =
      type == PacketType.SUBSCRIBE || type == PacketType.UNSUBSCRIBE
        ? checkFilters(first, end, packet, type, version)
        : checkReasons(type, first, end, version, packet);
    return list < 0 || list == end ? list : fail(packet, list, Result.TRAILING_BYTES);
  }
  const reason = packet.reasonCode;
  if (!reasonIsValid(type, version, reason)) return Result.REASON_CODE_INVALID;
  if (type != PacketType.CONNACK) return 0;
  const acknowledge = packet.connectFlags;
  if (acknowledge > 1) return Result.CONNACK_FLAGS_RESERVED;
  return acknowledge != 0 && reason != 0 ? Result.SESSION_PRESENT_WITH_ERROR : 0; // MQTT-3.2.2-6
}

function writeBody(start: i32, type: i32, flags: i32, version: i32, packet: Packet): void {
  let p = start;
  if (type == PacketType.PUBLISH) p = writeString(p, changetype<usize>(packet), offsetof<Packet>('topic'));
  if (hasPacketId(type, flags)) {
    storeU16(p, packet.packetId);
    p += 2;
  }
  if (type == PacketType.CONNACK) store<u8>(p++, packet.connectFlags);
  const tail = type >= PacketType.PINGREQ && type < PacketType.DISCONNECT ? 0 : tailSize(type, version, packet);
  const end = p + tail;
  if (tail > 0 && (hasOptionalTail(type) || type == PacketType.CONNACK)) {
    store<u8>(p++, packet.reasonCode);
  }
  if (p < end) writeProperties(p, packet, offsetof<Packet>('properties'));
  if (hasPayload(type)) memory.copy(end, packet.payload, packet.payloadLength);
}
