import { afterAll, expect, it, vi } from 'vitest';
import { packetsWith, unicodeTexts } from './unicode-packets.js';

afterAll(() => vi.unstubAllEnvs());
vi.stubEnv('WASMQTT_CORE', 'small');
vi.resetModules();
const { encodePacket, PacketDecoder } = await import('../../../../host/core/index.js');

it.each(unicodeTexts)('text that is not ASCII is decoded in every field with core.wasm: %s', (_, text) => {
  for (const packet of packetsWith(text)) {
    expect(new PacketDecoder({ protocolVersion: 4 }).push(encodePacket(packet, 4))).toEqual([packet]);
  }
});
