import { Packet, PacketType, Result } from '../../build/abi/assembly';
import { storeU16, VARINT_BITS, varintSize } from '../memory/bytes';
import { spanAt } from '../memory/span';
import { MQTT } from './decode-connect';
import { checkText } from './fields';
import { CONNECT_CLEAN_START, CONNECT_PASSWORD, CONNECT_USER_NAME, CONNECT_WILL, checkConnectFlags } from './flags';
import { checkProperties, PACKETS, WILL_MASK, writeString } from './properties';
import { mqtt_topic_name_check } from './topics';
import { writeProperties } from './write-properties';

/** Checks the record of a CONNECT (3.1). Returns its Remaining Length or a result code. */
export function connectSize(packet: Packet, version: i32): i32 {
  const flags: i32 = packet.connectFlags;
  const fault = checkConnectFlags(flags, version);
  if (fault < 0) return fault;
  if (packet.keepAlive >> 16 != 0) return Result.INVALID_ARGUMENT;
  if (version < 5 && packet.clientIdLength == 0 && (flags & CONNECT_CLEAN_START) == 0) {
    return Result.CLIENT_ID_REQUIRED; // 3.1.1 MQTT-3.1.3-7
  }
  let size = (version == 3 ? 8 : 6) + 1 + 1 + 2; // protocol name, version, flags, keep alive
  size = addProperties(size, packet, version, 1 << (PACKETS + PacketType.CONNECT), offsetof<Packet>('properties'));
  size = addString(size, packet, offsetof<Packet>('clientId'), true);
  if ((flags & CONNECT_WILL) != 0) size = addWill(size, packet, version);
  if ((flags & CONNECT_USER_NAME) != 0) size = addString(size, packet, offsetof<Packet>('userName'), true);
  return (flags & CONNECT_PASSWORD) != 0 ? addString(size, packet, offsetof<Packet>('password'), false) : size;
}

// Each function adds the size of its part to that of the parts before it, unless that is a result code.

function addWill(before: i32, packet: Packet, version: i32): i32 {
  const size = addProperties(before, packet, version, WILL_MASK, offsetof<Packet>('willProperties'));
  if (size < 0) return size;
  const length = packet.topicLength;
  const fault = mqtt_topic_name_check(packet.topic, length);
  return fault < 0 ? fault : addString(size + 2 + length, packet, offsetof<Packet>('payload'), false);
}

function addProperties(size: i32, packet: Packet, version: i32, mask: u32, place: usize): i32 {
  if (size < 0) return size;
  const length = spanAt(changetype<usize>(packet), place).length;
  if (version < 5) return length == 0 ? size : Result.PROPERTY_FOREIGN;
  if (length >> VARINT_BITS != 0) return Result.PACKET_TOO_LARGE;
  const first = <i32>spanAt(changetype<usize>(packet), place).start;
  const at = checkProperties(first, first + <i32>length, packet, mask, place);
  return at < 0 ? at : size + varintSize(length) + <i32>length;
}

function addString(size: i32, packet: Packet, place: usize, utf8: bool): i32 {
  if (size < 0) return size;
  const length = spanAt(changetype<usize>(packet), place).length;
  if (length >> 16 != 0) return Result.STRING_TOO_LONG;
  if (utf8) {
    const first = <i32>spanAt(changetype<usize>(packet), place).start;
    const end = first + <i32>length;
    const at = checkText(first, end, packet);
    if (at < 0) return at;
  }
  return size + 2 + length;
}

/** Writes the body of a CONNECT whose record connectSize accepted. */
export function writeConnect(start: i32, packet: Packet, version: i32): void {
  const flags: i32 = packet.connectFlags;
  let p = writeProtocol(start, version);
  store<u8>(p, flags);
  storeU16(p + 1, packet.keepAlive);
  p += 3;
  if (version == 5) p = writeProperties(p, packet, offsetof<Packet>('properties'));
  p = writeString(p, changetype<usize>(packet), offsetof<Packet>('clientId'));
  if ((flags & CONNECT_WILL) != 0) {
    if (version == 5) p = writeProperties(p, packet, offsetof<Packet>('willProperties'));
    p = writeString(p, changetype<usize>(packet), offsetof<Packet>('topic'));
    p = writeString(p, changetype<usize>(packet), offsetof<Packet>('payload'));
  }
  if ((flags & CONNECT_USER_NAME) != 0) {
    p = writeString(p, changetype<usize>(packet), offsetof<Packet>('userName'));
  }
  if ((flags & CONNECT_PASSWORD) != 0) {
    writeString(p, changetype<usize>(packet), offsetof<Packet>('password'));
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
  store<u32>(p + 2, MQTT);
  store<u8>(p + 6, version);
  return p + 7;
}
