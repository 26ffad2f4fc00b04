import { expect, it } from 'vitest';
import { encodePacket, PacketDecoder } from '../../../../host/core/index.js';
import { packetsWith, unicodeTexts } from './unicode-packets.js';

it.each(unicodeTexts)('text that is not ASCII is decoded in every field: %s', (_, text) => {
  for (const packet of packetsWith(text)) {
    expect(new PacketDecoder({ protocolVersion: 4 }).push(encodePacket(packet, 4))).toEqual([packet]);
  }
});
