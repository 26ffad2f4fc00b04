import { PacketType, Result } from '../../build/abi/assembly';

/** Bits of the first byte of a PUBLISH (3.3.1). */
export const PUBLISH_RETAIN: i32 = 1;
export const PUBLISH_QOS: i32 = 6;
export const PUBLISH_DUP: i32 = 8;

/** Bits of the Connect Flags (3.1.2.3). */
export const CONNECT_CLEAN_START: i32 = 0x02;
export const CONNECT_WILL: i32 = 0x04;
export const CONNECT_WILL_QOS: i32 = 0x18;
export const CONNECT_WILL_RETAIN: i32 = 0x20;
export const CONNECT_PASSWORD: i32 = 0x40;
export const CONNECT_USER_NAME: i32 = 0x80;

/** The packet types whose flag bits are 0010; bit n is packet type n. */
const FLAGS_2: i32 = (1 << PacketType.PUBREL) | (1 << PacketType.SUBSCRIBE) | (1 << PacketType.UNSUBSCRIBE);

/** The flag bits that a packet type other than PUBLISH must have (2.1.3). */
export function fixedFlags(type: i32): i32 {
  return ((FLAGS_2 << 1) >> type) & 2;
}

/** Checks packet type and flags of a first byte (2.1.2, 2.1.3). Returns 0 or a result code. */
export function checkFixedHeader(type: i32, flags: i32, protocolVersion: i32): i32 {
  if (type == PacketType.PUBLISH) {
    if ((flags & PUBLISH_QOS) == PUBLISH_QOS) return Result.QOS_INVALID; // MQTT-3.3.1-4
    return (flags & (PUBLISH_QOS | PUBLISH_DUP)) == PUBLISH_DUP ? Result.DUP_WITH_QOS_0 : 0; // MQTT-3.3.1-2
  }
  const last = PacketType.DISCONNECT + <i32>(protocolVersion >= 5); // AUTH is of MQTT 5
  if (<u32>(type - 1) >= <u32>last) return Result.PACKET_TYPE_RESERVED;
  const fixed = fixedFlags(type);
  // MQTT 3.1 (2.1) leaves these bits unused, but for DUP, which is a hint there. A CONNECT says only later which version it is.
  return flags == fixed || protocolVersion == 3 || type == PacketType.CONNECT ? 0 : Result.FLAGS_RESERVED; // MQTT-2.1.3-1
}

/** Checks the Connect Flags byte (3.1.2.3). Returns 0 or a result code. */
export function checkConnectFlags(flags: i32, protocolVersion: i32): i32 {
  if ((flags & ~0xfe) != 0) return Result.CONNECT_FLAGS_RESERVED; // MQTT-3.1.2-3
  if ((flags & CONNECT_WILL) == 0) {
    if ((flags & CONNECT_WILL_QOS) != 0) return Result.WILL_FLAGS_WITHOUT_WILL; // MQTT-3.1.2-11
    if ((flags & CONNECT_WILL_RETAIN) != 0) return Result.WILL_RETAIN_WITHOUT_WILL; // MQTT-3.1.2-13
  } else if ((flags & CONNECT_WILL_QOS) == CONNECT_WILL_QOS) {
    return Result.WILL_QOS_INVALID; // MQTT-3.1.2-12
  }
  // MQTT 5 allows a password alone (3.1.2.9); 3.1.1 does not (MQTT-3.1.2-22).
  if (protocolVersion < 5 && (flags & (CONNECT_PASSWORD | CONNECT_USER_NAME)) == CONNECT_PASSWORD) {
    return Result.PASSWORD_WITHOUT_USER_NAME;
  }
  return 0;
}
