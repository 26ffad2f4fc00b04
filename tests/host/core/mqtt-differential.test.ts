import { isDeepStrictEqual } from 'node:util';
import { generate, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { encodePacket, type Packet, PacketDecoder } from '../../../host/core/index.js';
import { PacketGenerator } from './packet-generator.js';
import { fromPeer, toPeer } from './peer.js';

/** The one packet that mqtt-packet reads from these bytes. */
function peerDecode(bytes: Buffer, version: 4 | 5): Packet {
  const found: Packet[] = [];
  const peer = parser({ protocolVersion: version });
  peer.on('packet', (packet) => found.push(fromPeer(packet, version)));
  peer.on('error', (error: Error) => {
    throw error;
  });
  peer.parse(bytes);
  expect(found).toHaveLength(1);
  return found[0];
}

const peerEncode = (packet: Packet, version: 4 | 5): Buffer =>
  generate(toPeer(packet, version) as never, { protocolVersion: version });

function sorted(packet: unknown): string {
  const byName = (value: object) => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(packet, (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value) ? byName(value) : value,
  );
}

function same(actual: Packet, expected: Packet, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) expect(sorted(actual), what).toBe(sorted(expected));
}

/** MQTT 5 allows a password without a user name (3.1.2.9); mqtt-packet reads it but does not write it. */
const peerCanWrite = (packet: Packet) =>
  packet.type !== 'connect' || packet.password === undefined || packet.userName !== undefined;

/** Packets for which mqtt-packet writes more than it must: success and empty properties may be left out (3.4.2.1). */
const LONGER = new Set(['puback', 'pubrec', 'pubrel', 'pubcomp', 'disconnect']);

describe.each([4, 5] as const)('against mqtt-packet 9 under version %i', (version) => {
  it('1,000 pseudo-random valid packets: each reads what the other wrote, and writes the same bytes', () => {
    const generator = new PacketGenerator(0xc0ffee + version, version);
    let equal = 0;
    const different = new Set<string>();
    for (let count = 0; count < 1000; count++) {
      const packet = generator.next();
      const ours = encodePacket(packet, version);
      same(peerDecode(ours, version), packet, `packet ${count}, written by us, read by mqtt-packet`);
      if (!peerCanWrite(packet)) continue;
      const theirs = peerEncode(packet, version);
      const [decoded] = new PacketDecoder({ protocolVersion: version }).push(theirs);
      same(decoded, packet, `packet ${count}, written by mqtt-packet, read by us`);
      if (ours.equals(theirs)) equal++;
      else different.add(packet.type);
      expect(ours.length, `packet ${count}`).toBeLessThanOrEqual(theirs.length);
    }
    expect([...different].filter((type) => version === 4 || !LONGER.has(type))).toEqual([]);
    expect(equal).toBeGreaterThan(version === 4 ? 999 : 750);
  });
});
