import fc, { type Arbitrary } from 'fast-check';
import { encodePacket } from '../../../host/core/index.js';
import { anyPacket } from '../../host/core/support/packet-arbitraries.js';
import { compareParsers } from '../../host/mqtt-packet/compare-parsers.js';
import { Difference, type Subject } from './subject.js';

/** The body of a packet: what follows the first byte and the Remaining Length. */
function bodyOf(packet: Buffer): Buffer {
  let at = 1;
  while (packet[at] > 127) at++;
  return packet.subarray(at + 1);
}

/** The Remaining Length in the fewest bytes. */
function packetOf(first: number, body: Buffer): Buffer {
  const header = [first];
  let rest = body.length;
  do {
    header.push(rest > 127 ? (rest % 128) + 128 : rest);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

interface Change {
  kind: 'set' | 'insert' | 'delete' | 'cut' | 'repeat';
  at: number;
  bytes: Buffer;
}

function changed(body: Buffer, { kind, at, bytes }: Change): Buffer {
  const place = body.length === 0 ? 0 : at % (body.length + 1);
  const before = body.subarray(0, place);
  switch (kind) {
    case 'set':
      return Buffer.concat([before, bytes, body.subarray(place + bytes.length)]);
    case 'insert':
      return Buffer.concat([before, bytes, body.subarray(place)]);
    case 'delete':
      return Buffer.concat([before, body.subarray(place + bytes.length)]);
    case 'cut':
      return before;
    case 'repeat':
      return Buffer.concat([before, body.subarray(0, Math.min(place, 40)), body.subarray(place)]);
  }
}

/** Octets at which something is decided are more frequent. */
const octet = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 0x11, 0x15, 0x1f, 0x23, 0x26, 0x2b, 0x80, 0xff),
  fc.integer({ min: 0, max: 255 }),
);
const octets = fc.array(octet, { minLength: 1, maxLength: 6 }).map((bytes) => Buffer.from(bytes));
const oneChange: Arbitrary<Change> = fc.record(
  {
    kind: fc.constantFrom('set', 'set', 'insert', 'delete', 'cut', 'repeat'),
    at: fc.nat({ max: 2_000 }),
    bytes: octets,
  },
  { noNullPrototype: true },
);

/** Valid packets, packets with a changed body (and the right Remaining Length), and any bytes as the body of any type. */
function packets(version: 4 | 5): Arbitrary<Buffer> {
  const valid = anyPacket(version).map((packet) => encodePacket(packet, version));
  const damaged = fc
    .tuple(valid, fc.array(oneChange, { minLength: 1, maxLength: 3 }))
    .map(([packet, changes]) => packetOf(packet[0], changes.reduce(changed, bodyOf(packet))));
  const anything = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.array(octet, { maxLength: 40 }))
    .map(([first, body]) => packetOf(first, Buffer.from(body)));
  return fc.oneof(
    { weight: 1, arbitrary: valid },
    { weight: 5, arbitrary: damaged },
    { weight: 2, arbitrary: anything },
  );
}

const subjectOf = (version: 4 | 5): Subject<Buffer> => ({
  name: version === 5 ? 'mqtt-5' : 'mqtt-3.1.1',
  peer: 'mqtt-packet',
  runs: 4_000,
  expects: ['both accept', 'both refuse', 'listed: '],
  arbitrary: packets(version),
  compare(bytes) {
    const comparison = compareParsers(bytes, version);
    if (typeof comparison === 'string') return comparison;
    const [divergence] = comparison.divergences;
    if (divergence) return `listed: ${divergence}`;
    throw new Difference(`MQTT ${version}: read in another way by mqtt-packet: ${bytes.toString('hex')}`);
  },
});

export const mqttPackets = [subjectOf(4), subjectOf(5)];
