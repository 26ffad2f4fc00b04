import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../../host/core/index.js';
import { anyPacket } from '../core/packet-arbitraries.js';
import { runs, timeout } from '../core/property-runs.js';
import { ours, type Parsed, parseAll, theirs } from './peers.js';

const file = new URL('../../../host/mqtt-packet/divergences.json', import.meta.url);
const divergences: { id: string; kind: string; codeName?: string }[] = JSON.parse(
  readFileSync(file, 'utf8'),
).divergences;
const stricter = new Set(divergences.filter(({ kind }) => kind === 'stricter').map(({ codeName }) => codeName));

const damage = fc.array(fc.tuple(fc.nat({ max: 500 }), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });

/** Bytes behind the fixed header changed. */
function damaged(bytes: Buffer, changes: [number, number][]): Buffer {
  const result = Buffer.from(bytes);
  const header = 1 + [1, 2, 3, 4].find((size) => bytes[size] < 0x80)!;
  if (bytes.length > header)
    for (const [place, byte] of changes) result[header + (place % (bytes.length - header))] = byte;
  return result;
}

/** As members, whatever their classes. */
function alike(one: unknown, other: unknown): boolean {
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(plain(one), plain(other));
}

const withoutUserProperties = ({ packets }: Parsed): unknown =>
  JSON.parse(JSON.stringify(packets, (key, value) => (key === 'userProperties' ? 'left out' : value)));

/** Divergences that are not about one rule of the standard, by what can be seen of them in the outcome. */
const others: Record<string, (bytes: Buffer, us: Parsed, them: Parsed) => boolean> = {
  'disconnect-8c': (_, us) => us.packets[0]?.cmd === 'disconnect' && us.packets[0].reasonCode === 0x8c,
  'auth-shortest': (bytes) => bytes[0] === 0xf0 && bytes.length === 2,
  'user-property-empty': (_, us, them) =>
    JSON.stringify(us.packets).includes('""') && alike(withoutUserProperties(us), withoutUserProperties(them)),
};

/** The divergences under which the outcomes may differ; every id is one of the list. */
function explanation(bytes: Buffer, us: Parsed, them: Parsed): string[] {
  const [refused] = us.errors;
  if (refused?.codeName && them.errors.length === 0) {
    return divergences
      .filter(({ kind, codeName }) => kind === 'stricter' && codeName === refused.codeName)
      .map(({ id }) => id);
  }
  return Object.keys(others).filter((id) => others[id](bytes, us, them));
}

describe.each([4, 5] as const)('arbitrary packets of version %i, whole and damaged', (protocolVersion) => {
  it(
    'are read as by mqtt-packet, refused by both, or differ as one of the divergences says',
    () => {
      const seen = { alike: 0, refusedByBoth: 0, different: 0 };
      const property = fc.property(anyPacket(protocolVersion), damage, (packet, changes) => {
        const bytes = damaged(encodePacket(packet, protocolVersion), changes);
        let them: Parsed;
        try {
          them = parseAll(theirs, { protocolVersion }, bytes);
        } catch {
          return; // mqtt-packet fell over
        }
        const us = parseAll(ours, { protocolVersion }, bytes);
        if (us.errors.length > 0 && them.errors.length > 0) {
          seen.refusedByBoth++;
        } else if (us.errors.length === 0 && alike(us.packets, them.packets)) {
          seen.alike++;
        } else {
          seen.different++;
          const where = `${bytes.toString('hex')}: ours ${us.errors[0]?.message}, theirs ${them.errors[0]?.message}`;
          expect(explanation(bytes, us, them), where).not.toEqual([]);
        }
      });
      fc.assert(property, runs(1_500));
      for (const [outcome, count] of Object.entries(seen)) expect(count, outcome).toBeGreaterThan(50);
    },
    timeout,
  );
});

it('every divergence by which a difference is explained is in the list', () => {
  expect(divergences.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(others)));
  expect(stricter.size).toBeGreaterThan(25);
});
