import { PACKET_TYPE_PUBREL, SESSION_PROTOCOL_VERSION } from '../../../build/abi/assembly';

/** Bytes of the longest answer: PUBREL or PUBCOMP with a reason code. */
export const ANSWER_SIZE: u32 = 5;

/** Writes PUBACK, PUBREC, PUBREL or PUBCOMP in the shortest form; gives the bytes written. */
export function writeAnswer(context: usize, type: i32, packetId: u32, reasonCode: i32, output: usize): i32 {
  const tail = <i32>(reasonCode != 0 && load<u32>(context, SESSION_PROTOCOL_VERSION) == 5);
  const first = (type << 4) | ((<i32>(type == PACKET_TYPE_PUBREL)) << 1);
  store<u32>(output, first | ((2 + tail) << 8) | ((<u32>bswap<u16>(<u16>packetId)) << 16));
  store<u8>(output, reasonCode, 4); // only counts with the tail
  return 4 + tail;
}
