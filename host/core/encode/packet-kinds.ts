import { PacketType, reasonCodePackets } from '../../../build/abi/core.js';
import type { ProtocolVersion } from '../packets.js';

/** What all packets of one type have in common. */
export interface PacketKind {
  /** In errors. */
  name: string;
  /** Its bit among the packets of a rule: bit n stands for packet type n. */
  bit: number;
  /** The first byte: the type and the flags that it must have (2.1.2, 2.1.3). Those of a PUBLISH vary. */
  firstByte: number;
}

/** By name in lower case. */
export const packetKinds: ReadonlyMap<string, PacketKind> = new Map(
  Object.entries(PacketType).map(([name, type]) => {
    const flags = name === 'PUBREL' || name === 'SUBSCRIBE' || name === 'UNSUBSCRIBE' ? 2 : 0;
    return [name.toLowerCase(), { name: name.toLowerCase(), bit: 1 << type, firstByte: (type << 4) | flags }];
  }),
);

let recent: PacketKind | undefined;

/** The kind of packets with this type, in lower case; undefined for another text. */
export function packetKind(type: string): PacketKind | undefined {
  // Packets of one type often follow each other.
  if (recent === undefined || recent.name !== type) recent = packetKinds.get(type);
  return recent;
}

export const PUBLISH = packetKinds.get('publish') as PacketKind;
/** The will in a CONNECT, which has properties of its own. */
export const WILL: PacketKind = { name: 'connect: will', bit: 1, firstByte: 0 };

const packetsOfReason = new Uint16Array(0x100);
for (const [code, packets] of Object.entries(reasonCodePackets)) packetsOfReason[Number(code)] = packets;

/** The largest code that MQTT 5 has from the versions before it: a SUBACK grants QoS 2. */
const LARGEST_GRANT = 2;

/** Whether packets of this kind surely may carry the reason code, 0 to 255 (2.4); before MQTT 5 they may carry others besides. */
export function hasReasonCode({ bit }: PacketKind, code: number, version: ProtocolVersion): boolean {
  return (packetsOfReason[code] & bit) !== 0 && (version === 5 || code <= LARGEST_GRANT);
}
