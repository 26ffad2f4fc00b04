import { Packet } from '../../build/abi/assembly';
import { varintStore } from '../memory/bytes';
import { spanAt } from '../memory/span';

/** Writes the Property Length and the properties whose span lies at `place` of the record. Returns the address after them. */
export function writeProperties(start: i32, packet: Packet, place: usize): i32 {
  const length = spanAt(changetype<usize>(packet), place).length;
  const p = varintStore(start, length);
  memory.copy(p, spanAt(changetype<usize>(packet), place).start, length);
  return p + length;
}
