import { describe, expect, it } from 'vitest';
import { encodePacket, PacketDecoder } from '../../../host/core/index.js';
import { samplePackets } from './support/packet-arbitraries.js';

describe.each([4, 5] as const)('round trip under version %i', (version) => {
  it('returns bytes that later calls do not change', () => {
    const packets = samplePackets(version, 50, 7);
    const encoded = packets.map((packet) => encodePacket(packet, version));
    const copies = encoded.map((bytes) => Buffer.from(bytes));
    for (const packet of packets) encodePacket(packet, version);
    expect(encoded.every((bytes, at) => bytes.equals(copies[at]))).toBe(true);
  });

  it('keeps a payload of several mebibytes', () => {
    const payload = Buffer.alloc(5 * 1024 * 1024, 0xa5);
    const packet = { type: 'publish', topic: 'big', payload, qos: 1, retain: false, dup: false, packetId: 9 } as const;
    const bytes = encodePacket(packet, version);
    expect(bytes.length).toBeGreaterThan(payload.length);
    const [decoded] = new PacketDecoder({ protocolVersion: version }).push(bytes) as [typeof packet];
    expect(decoded.payload.equals(payload)).toBe(true);
    expect(decoded.packetId).toBe(9);
  });
});
