import { FIXED_FLAGS, type Version } from '../oracles/standard.js';
import { agree, put } from './agree.js';
import type { Build, Check, Tally } from './exhaustive-check.js';

/** First bytes that 3.1.1 or 5 may accept. The others are refused before the body is read; those of a CONNECT, after it. */
const GOOD: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => {
  const flags = byte & 15;
  if (byte >> 4 === 3) return (flags & 6) !== 6 && (flags & 14) !== 8;
  return byte > 15 && flags === FIXED_FLAGS[byte >> 4];
});
const OTHERS: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !GOOD.includes(byte));
const VERSIONS: readonly Version[] = [4, 5];

/** Octets at the edges of something: lengths, identifiers, wildcards, UTF-8. */
const EDGES = [0x00, 0x01, 0x02, 0x23, 0x80, 0xff];

/** A packet with a body of `size` bytes. Those at `places` take every value; `others` are the rest. */
function bodies(builds: Build[], tally: Tally, byte: number, version: Version, body: number[], places: number[]): void {
  const input = builds[0].end - 2 - body.length;
  put(builds, input, byte, body.length, ...body);
  const [one = 0, two = 0] = places.map((place) => input + 2 + place);
  const u8s = builds.map(({ u8 }) => u8);
  for (let a = 0; a < (places.length > 0 ? 256 : 1); a++) {
    if (places.length > 0) for (const u8 of u8s) u8[one] = a;
    for (let b = 0; b < (places.length > 1 ? 256 : 1); b++) {
      if (places.length > 1) for (const u8 of u8s) u8[two] = b;
      agree(builds, tally, input, version);
    }
  }
}

/** A packet that is cut off: every length of a body of 0 to 4 bytes, cut off everywhere. */
function cut(builds: Build[], tally: Tally, byte: number, version: Version): void {
  for (let size = 0; size <= 4; size++) {
    for (let there = 0; there < 2 + size; there++) {
      put(builds, builds[0].end - there, ...[byte, size, 0, 1, 2].slice(0, there));
      agree(builds, tally, builds[0].end - there, version);
    }
  }
}

function each(first: readonly number[], visit: (byte: number, version: Version) => void): void {
  for (const version of VERSIONS) for (const byte of first) visit(byte, version);
}

/** The pairs of places in a body of four bytes. */
const PAIRS = [0, 1, 2, 3].flatMap((one) => [0, 1, 2, 3].filter((two) => two > one).map((two) => [one, two]));

const AGAINST = 'under 3.1.1 and 5: result, byte offset and fields, against a second decoder';

export const frameChecks: Check[] = [
  {
    name: 'frames',
    covers: `every first byte with every body of 0 and 1 bytes, those of no reserved type or flags with every body of 2, all cut off everywhere: ${AGAINST}`,
    slices: 1,
    quick: true,
    run(builds, tally) {
      each([...GOOD, ...OTHERS], (byte, version) => {
        bodies(builds, tally, byte, version, [], []);
        bodies(builds, tally, byte, version, [0], [0]);
        cut(builds, tally, byte, version);
      });
      each(GOOD, (byte, version) => bodies(builds, tally, byte, version, [0, 0], [0, 1]));
    },
  },
  {
    name: 'frames-reserved',
    covers: `every first byte of a reserved type or with reserved flags, with every body of 2 bytes: ${AGAINST}`,
    slices: OTHERS.length,
    quick: false,
    run: (builds, tally, slice) =>
      each([OTHERS[slice]], (byte, version) => bodies(builds, tally, byte, version, [0, 0], [0, 1])),
  },
  {
    name: 'frames-3',
    covers: `every first byte of no reserved type or flags, with every body of 3 bytes: ${AGAINST}`,
    slices: GOOD.length * 16,
    quick: false,
    run(builds, tally, slice) {
      const from = (slice % 16) * 16;
      each([GOOD[slice >> 4]], (byte, version) => {
        for (let a = from; a < from + 16; a++) bodies(builds, tally, byte, version, [a, 0, 0], [1, 2]);
      });
    },
  },
  {
    name: 'frames-4',
    covers: `the same with bodies of 4 bytes: every two of them together in full, the others out of ${EDGES.length} edges: ${AGAINST}`,
    slices: GOOD.length * PAIRS.length,
    quick: false,
    run(builds, tally, slice) {
      const places = PAIRS[slice % PAIRS.length];
      const rest = [0, 1, 2, 3].filter((place) => !places.includes(place));
      each([GOOD[Math.floor(slice / PAIRS.length)]], (byte, version) => {
        for (const one of EDGES) {
          for (const two of EDGES) {
            const body = [0, 0, 0, 0];
            body[rest[0]] = one;
            body[rest[1]] = two;
            bodies(builds, tally, byte, version, body, places);
          }
        }
      });
    },
  },
];
