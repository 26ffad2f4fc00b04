import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { encodePacket, type Packet, PacketDecoder } from '../../../host/core/index.js';
import { PacketGenerator } from './packet-generator.js';

function plain(packet: unknown): string {
  return JSON.stringify(packet, (_, value) =>
    value?.type === 'Buffer' ? Buffer.from(value.data).toString('hex') : value,
  );
}

describe.each([4, 5] as const)('round trip under version %i', (version) => {
  it('1,000 pseudo-random packets come back as they were, and give the same bytes again', () => {
    const generator = new PacketGenerator(version * 1000, version);
    const seen = new Set<Packet['type']>();
    for (let count = 0; count < 1000; count++) {
      const packet = generator.next();
      seen.add(packet.type);
      const bytes = encodePacket(packet, version);
      const [decoded, ...others] = new PacketDecoder({ protocolVersion: version }).push(bytes);
      if (!isDeepStrictEqual(decoded, packet)) expect(plain(decoded), `packet ${count}`).toBe(plain(packet));
      expect(isDeepStrictEqual(decoded, packet), plain(packet)).toBe(true);
      expect(others).toEqual([]);
      expect(encodePacket(decoded, version).equals(bytes)).toBe(true);
    }
    expect(seen.size).toBe(version === 5 ? 15 : 14);
  });

  it('gives bytes that stay as they are when the core is used again', () => {
    const generator = new PacketGenerator(7, version);
    const packets = Array.from({ length: 50 }, () => generator.next());
    const encoded = packets.map((packet) => encodePacket(packet, version));
    const copies = encoded.map((bytes) => Buffer.from(bytes));
    for (const packet of packets) encodePacket(packet, version);
    expect(encoded.every((bytes, at) => bytes.equals(copies[at]))).toBe(true);
  });

  it('a payload of several mebibytes', () => {
    const payload = Buffer.alloc(5 * 1024 * 1024, 0xa5);
    const packet = { type: 'publish', topic: 'big', payload, qos: 1, retain: false, dup: false, packetId: 9 } as const;
    const bytes = encodePacket(packet, version);
    expect(bytes.length).toBeGreaterThan(payload.length);
    const [decoded] = new PacketDecoder({ protocolVersion: version }).push(bytes) as [typeof packet];
    expect(decoded.payload.equals(payload)).toBe(true);
    expect(decoded.packetId).toBe(9);
  });
});
