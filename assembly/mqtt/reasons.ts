import { PACKET_TYPE_CONNACK, PACKET_TYPE_SUBACK, REASON_CODE_TABLE } from '../../build/abi/assembly';

/** Whether a packet type of a protocol version may carry this reason code (MQTT 5 2.4; 3.1.1 3.2.2.3, 3.9.3). */
export function reasonIsValid(type: i32, protocolVersion: i32, code: u32): bool {
  if (protocolVersion < 5) {
    if (type == PACKET_TYPE_CONNACK) return code <= 5;
    if (type == PACKET_TYPE_SUBACK) return code <= 2 || code == 0x80;
    return code == 0;
  }
  if (code > 0xa2 || (code > 0x19 && code < 0x80)) return false;
  const index = code < 0x80 ? code : code - 0x80 + 0x1a;
  return ((load<u16>(REASON_CODE_TABLE + ((<usize>index) << 1)) >> type) & 1) != 0;
}

/** The address of the first reason code in a list that is not valid, or `end` (MQTT-3.9.3-2, 3.11.3). */
export function reasonScan(start: i32, end: i32, type: i32, protocolVersion: i32): i32 {
  let p = start;
  while (p < end && reasonIsValid(type, protocolVersion, load<u8>(p))) p++;
  return p;
}
