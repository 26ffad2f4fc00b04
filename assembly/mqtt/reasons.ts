import { PacketType, REASON_CODE_TABLE, ReasonCode } from '../../build/abi/assembly';

/** Codes from here on say that something failed (MQTT 5 2.4). */
export const FIRST_ERROR: u32 = ReasonCode.UNSPECIFIED_ERROR;
/** The ends of the two stretches of codes that exist. */
const LAST_SUCCESS: u32 = ReasonCode.RE_AUTHENTICATE;
const LAST_ERROR: u32 = ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
/** The last return code of a CONNACK, and the last that grants a QoS in a SUBACK, before MQTT 5 (3.1.1 3.2.2.3, 3.9.3). */
const LAST_RETURN_CODE: u32 = 5;
const LAST_GRANT: u32 = 2;

/** Whether a packet type of a protocol version may carry this reason code (MQTT 5 2.4; 3.1.1 3.2.2.3, 3.9.3). */
export function reasonIsValid(type: i32, protocolVersion: i32, code: u32): bool {
  if (protocolVersion < 5) {
    if (type == PacketType.CONNACK) return code <= LAST_RETURN_CODE;
    if (type == PacketType.SUBACK) return code <= LAST_GRANT || code == FIRST_ERROR;
    return code == 0;
  }
  if (code > LAST_ERROR || (code > LAST_SUCCESS && code < FIRST_ERROR)) return false;
  const index = code < FIRST_ERROR ? code : code - FIRST_ERROR + (LAST_SUCCESS + 1);
  return ((load<u16>(REASON_CODE_TABLE + ((<usize>index) << 1)) >> type) & 1) != 0;
}

/** The address of the first reason code in a list that is not valid, or `end` (MQTT-3.9.3-2, 3.11.3). */
export function reasonScan(start: i32, end: i32, type: i32, protocolVersion: i32): i32 {
  let p = start;
  while (p < end && reasonIsValid(type, protocolVersion, load<u8>(p))) p++;
  return p;
}
