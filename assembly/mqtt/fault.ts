import { Packet } from '../../build/abi/assembly';

/** Notes where a rule was broken (as an address; mqtt_decode makes it an offset) and returns the code. */
export function fail(packet: Packet, at: i32, code: i32): i32 {
  packet.errorOffset = at;
  return code;
}
