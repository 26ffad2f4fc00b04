import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { generate, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { encodePacket, type Packet, PacketDecoder, type Properties } from '../../../host/core/index.js';
import { fromPeer, toPeer } from './support/mqtt-packet-peer.js';
import { anyPacket } from './support/packet-arbitraries.js';
import { runs, timeout } from './support/property-runs.js';

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

function holdableProperties(given: Properties): Properties {
  const properties = { ...given };
  if (given.userProperty) properties.userProperty = given.userProperty.map(([, value], at) => [`name${at}`, value]);
  if (given.subscriptionIdentifier) properties.subscriptionIdentifier = given.subscriptionIdentifier.slice(0, 1);
  return properties;
}

/** The packet reduced to what an object of mqtt-packet can hold, where names of user properties are keys. */
function holdable(packet: Packet): Packet {
  if (!('properties' in packet) || !packet.properties) return packet;
  const result = { ...packet, properties: holdableProperties(packet.properties) };
  if (result.type === 'connect' && result.will?.properties) {
    result.will = { ...result.will, properties: holdableProperties(result.will.properties) };
  }
  return result;
}

/** Valid packets that mqtt-packet refuses to read: see disconnect-8c and auth-shortest in the divergences of the drop-in. */
const peerRefuses = (packet: Packet) =>
  (packet.type === 'disconnect' && packet.reasonCode === 0x8c) ||
  (packet.type === 'auth' && packet.reasonCode === 0 && Object.keys(packet.properties ?? {}).length === 0);

/** Packets that mqtt-packet reads but does not write: MQTT 5 allows a password alone (3.1.2.9) and an empty client id with any Clean Start. */
const peerCanWrite = (packet: Packet) =>
  packet.type !== 'connect' ||
  ((packet.password === undefined || packet.userName !== undefined) && (packet.clientId !== '' || packet.cleanStart));

/** Packets for which mqtt-packet writes more than necessary: success and empty properties may be left out (3.4.2.1). */
const LONGER = new Set(['puback', 'pubrec', 'pubrel', 'pubcomp', 'disconnect']);

describe.each([4, 5] as const)('against mqtt-packet 9 under version %i', (version) => {
  it(
    'for arbitrary valid packets, each codec reads what the other wrote, and both write the same bytes',
    () => {
      let equal = 0;
      let written = 0;
      const different = new Set<string>();
      const property = fc.property(anyPacket(version), (arbitrary) => {
        const packet = holdable(arbitrary);
        fc.pre(!peerRefuses(packet));
        const ours = encodePacket(packet, version);
        same(peerDecode(ours, version), packet, 'written by us, read by mqtt-packet');
        if (!peerCanWrite(packet)) return;
        const theirs = peerEncode(packet, version);
        const [decoded] = new PacketDecoder({ protocolVersion: version }).push(theirs);
        same(decoded, packet, 'written by mqtt-packet, read by us');
        written++;
        if (ours.equals(theirs)) equal++;
        else different.add(packet.type);
        expect(ours.length).toBeLessThanOrEqual(theirs.length);
      });
      fc.assert(property, runs(1_000));
      expect([...different].filter((type) => version === 4 || !LONGER.has(type))).toEqual([]);
      expect(equal / written).toBeGreaterThan(version === 4 ? 0.999 : 0.6);
    },
    timeout,
  );
});
