import { PacketType } from '../../../build/abi/core.js';
import type { Packet } from '../packets.js';

/** Lower-case names of the packet types by number. */
export const packetTypeNames = Object.fromEntries(
  Object.entries(PacketType).map(([name, value]) => [value, name.toLowerCase()]),
) as Record<number, Packet['type']>;
