import { Packet, PacketType, Result } from '../../build/abi/assembly';
import { fieldEnd, loadU16 } from '../memory/bytes';
import { fail } from './fault';
import { checkTopicName, readBinary, readUtf8 } from './fields';
import {
  CONNECT_CLEAN_START,
  CONNECT_PASSWORD,
  CONNECT_USER_NAME,
  CONNECT_WILL,
  CONNECT_WILL_QOS,
  CONNECT_WILL_RETAIN,
  checkConnectFlags,
} from './flags';
import { PACKETS, readProperties, WILL_MASK } from './properties';

/** "MQTT" and the two parts of "MQIsdp", as a little-endian load sees them. */
export const MQTT: u32 = 0x5454514d;
const MQIS: u32 = 0x7349514d;
const DP: u16 = 0x7064;

/** Decodes the body of a CONNECT (3.1). Returns the address after the last field, or a result code. */
export function decodeConnect(start: i32, end: i32, packet: Packet): i32 {
  let p = readVersion(start, end, packet);
  if (p < 0) return p;
  const version = packet.protocolVersion;
  if (end - p < 3) return fail(packet, p, Result.PACKET_TRUNCATED);
  let flags: i32 = load<u8>(p);
  let last = 0;
  if (version == 3) {
    // User Name and Password may be left out in spite of their flags: in MQTT 3.1 (3.1) the Remaining Length takes precedence.
    last = end;
    // Nor does it use bit 0, and it disregards QoS and RETAIN of a will that is not there.
    flags &= (flags & CONNECT_WILL) == 0 ? ~(1 | CONNECT_WILL_QOS | CONNECT_WILL_RETAIN) : ~1;
  }
  const fault = checkConnectFlags(flags, version);
  if (fault < 0) return fail(packet, p, fault);
  packet.keepAlive = loadU16(p + 1);
  p += 3;
  if (version == 5) {
    p = readProperties(p, end, packet, 1 << (PACKETS + PacketType.CONNECT), offsetof<Packet>('properties'));
    if (p < 0) return p;
  }
  const clientIdAt = p;
  p = readUtf8(p, end, packet, offsetof<Packet>('clientId'));
  if (p < 0) return p;
  if (version < 5 && packet.clientIdLength == 0 && (flags & CONNECT_CLEAN_START) == 0) {
    return fail(packet, clientIdAt, Result.CLIENT_ID_REQUIRED);
  }
  if ((flags & CONNECT_WILL) != 0) {
    p = readWill(p, end, version, packet);
    if (p < 0) return p;
  }
  if (p == last) flags &= ~(CONNECT_USER_NAME | CONNECT_PASSWORD);
  if ((flags & CONNECT_USER_NAME) != 0) {
    p = readUtf8(p, end, packet, offsetof<Packet>('userName'));
    if (p < 0) return p;
    if (p == last) flags &= ~CONNECT_PASSWORD;
  }
  packet.connectFlags = flags;
  return (flags & CONNECT_PASSWORD) != 0 ? readBinary(p, end, packet, offsetof<Packet>('password')) : p;
}

/** Protocol Name and Protocol Version (3.1.2.1, 3.1.2.2); MQTT 3.1 calls itself MQIsdp. */
function readVersion(p: i32, end: i32, packet: Packet): i32 {
  const next = fieldEnd(p, end);
  if (next < 0) return fail(packet, p, Result.PACKET_TRUNCATED);
  const length = next - p - 2;
  const isMqtt = length == 4 && load<u32>(p, 2) == MQTT;
  const isMqisdp = length == 6 && load<u32>(p, 2) == MQIS && load<u16>(p, 6) == DP;
  if (!isMqtt && !isMqisdp) return fail(packet, p + 2, Result.PROTOCOL_NAME_INVALID); // MQTT-3.1.2-1
  p = next;
  if (p >= end) return fail(packet, p, Result.PACKET_TRUNCATED);
  const version: i32 = load<u8>(p);
  if (isMqtt ? version >> 1 != 2 : version != 3) {
    // 4 or 5
    return fail(packet, p, Result.PROTOCOL_VERSION_UNSUPPORTED); // MQTT-3.1.2-2
  }
  packet.protocolVersion = version;
  return p + 1;
}

function readWill(start: i32, end: i32, version: i32, packet: Packet): i32 {
  let p = start;
  if (version == 5) {
    p = readProperties(p, end, packet, WILL_MASK, offsetof<Packet>('willProperties'));
    if (p < 0) return p;
  }
  const topicAt = p + 2;
  p = readBinary(p, end, packet, offsetof<Packet>('topic'));
  if (p < 0) return p;
  if (p == topicAt) return fail(packet, topicAt, Result.TOPIC_EMPTY); // MQTT-4.7.3-1
  p = checkTopicName(topicAt, p, packet, Result.TOPIC_WILDCARD); // MQTT-3.1.3-11, MQTT-4.7.0-1
  if (p < 0) return p;
  return readBinary(p, end, packet, offsetof<Packet>('payload'));
}
