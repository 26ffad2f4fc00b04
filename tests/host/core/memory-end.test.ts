import { expect, it } from 'vitest';
import { encodePacket, type Packet, PacketDecoder } from '../../../host/core/index.js';
import { scratch } from '../../../host/core/instance.js';

it('packets that end around the end of linear memory, which grows for them, are encoded and decoded', () => {
  const room = scratch.u8.length - scratch.reserve(0);
  for (let size = room; size < room + 6; size++) {
    const packet: Packet = { type: 'suback', packetId: 1, reasonCodes: Array(size - 6).fill(1), properties: {} };
    const bytes = encodePacket(packet, 5);
    expect(new PacketDecoder({ protocolVersion: 5 }).push(bytes)).toMatchObject([{ packetId: 1 }]);
  }
});
