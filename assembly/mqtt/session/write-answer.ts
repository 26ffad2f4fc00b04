import { PacketType } from '../../../build/abi/assembly';
import { Context } from './layout';

/** Bytes of the longest answer: PUBREL or PUBCOMP with a reason code. */
export const ANSWER_SIZE: u32 = 5;

/** Writes PUBACK, PUBREC, PUBREL or PUBCOMP in the shortest form and returns the number of bytes. */
export function writeAnswer(context: Context, type: i32, packetId: u32, reasonCode: i32, output: usize): i32 {
  const tail = <i32>(reasonCode != 0 && context.protocolVersion == 5);
  const first = (type << 4) | ((<i32>(type == PacketType.PUBREL)) << 1);
  store<u32>(output, first | ((2 + tail) << 8) | ((<u32>bswap<u16>(<u16>packetId)) << 16));
  store<u8>(output, reasonCode, 4); // counts only with the tail
  return 4 + tail;
}
