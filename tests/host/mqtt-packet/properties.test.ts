import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../../host/core/index.js';
import { anyPacket } from '../core/support/packet-arbitraries.js';
import { runs, timeout } from '../core/support/property-runs.js';
import { compareParsers, divergences, others, stricter } from './compare-parsers.js';

const damage = fc.array(fc.tuple(fc.nat({ max: 500 }), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });

/** Changes bytes after the fixed header. */
function damaged(bytes: Buffer, changes: [number, number][]): Buffer {
  const result = Buffer.from(bytes);
  const header = 1 + [1, 2, 3, 4].find((size) => bytes[size] < 0x80)!;
  if (bytes.length > header)
    for (const [place, byte] of changes) result[header + (place % (bytes.length - header))] = byte;
  return result;
}

describe.each([4, 5] as const)('arbitrary packets of version %i, whole and damaged', (protocolVersion) => {
  it(
    'are read as by mqtt-packet, refused by both, or differ as one of the divergences says',
    () => {
      const seen = { 'both accept': 0, 'both refuse': 0, different: 0 };
      const property = fc.property(anyPacket(protocolVersion), damage, (packet, changes) => {
        const bytes = damaged(encodePacket(packet, protocolVersion), changes);
        const comparison = compareParsers(bytes, protocolVersion);
        if (comparison === 'the peer throws') return;
        if (typeof comparison === 'string') seen[comparison]++;
        else {
          seen.different++;
          expect(comparison.divergences, bytes.toString('hex')).not.toEqual([]);
        }
      });
      const parameters = runs(1_500);
      fc.assert(property, parameters);
      for (const [outcome, count] of Object.entries(seen))
        expect(count, outcome).toBeGreaterThan(parameters.numRuns / 30);
    },
    timeout,
  );
});

it('every divergence that explains a difference is in the list', () => {
  expect(divergences.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(others)));
  expect(stricter.size).toBeGreaterThan(25);
});
