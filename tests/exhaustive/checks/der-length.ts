import { DerElementRecord, Result } from '../../../build/abi/core.js';
import { type Build, type Check, hexOf, type Tally } from './exhaustive-check.js';

const OCTET_STRING = 0x04;
const DEPTH = 4;

/** Octets that stand for all in forms of four octets. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xfe, 0xff];

/** Results are 32-bit integers, so that no whole element of two gibibytes can be told. */
const LARGEST_RESULT = 0x7fffffff;

/** X.690 8.1.3 and 10.1: the length that octets of the definite form give, or why they are refused; octets that are missing are not looked at. */
function meaning(u8: Buffer, at: number): number {
  const first = u8[at];
  if (first < 0x80) return first;
  if (first === 0x80) return Result.DER_LENGTH_INDEFINITE;
  if (first > 0x84) return Result.DER_LENGTH_TOO_LARGE;
  const length = u8.readUIntBE(at + 1, first - 0x80);
  return length < 0x80 || u8[at + 1] === 0 ? Result.DER_LENGTH_NOT_MINIMAL : length;
}

/** How many octets the length has: one, or one more than it says. */
const octetsOf = (first: number): number => (first > 0x80 && first < 0x85 ? first - 0x7f : 1);

/** The element at `at`, behind which there is just what its length says, or one octet too little. Its content is never looked at. */
function read(build: Build, tally: Tally, at: number): void {
  const { core, u8, record } = build;
  const header = 1 + octetsOf(u8[at + 1]);
  const length = meaning(u8, at + 1);
  const whole = length < 0 ? header + 200 : header + length;
  if (whole <= LARGEST_RESULT) {
    const result = core.der_read(at, whole, record);
    const good =
      length < 0
        ? result === length && build.word(DerElementRecord.errorOffset) === 1
        : result === whole &&
          build.word(DerElementRecord.headerLength) === header &&
          build.word(DerElementRecord.contentLength) === length &&
          build.word(DerElementRecord.content) === at + header;
    if (!good) tally.differ(build, hexOf(u8, at, at + header), length, result);
  }
  if (length > 0) {
    const available = Math.min(whole - 1, LARGEST_RESULT);
    const result = core.der_read(at, available, record);
    if (result !== Result.DER_PAST_END || build.word(DerElementRecord.errorOffset) !== 1)
      tally.differ(build, `${hexOf(u8, at, at + header)} of ${available} octets`, 'DER_PAST_END', result);
  }
  tally.cases += 2;
}

/** As `read`, by the walk over a whole structure: exact, and with an octet behind. */
function walk(build: Build, tally: Tally, at: number): void {
  const { core, u8, record } = build;
  const header = 1 + octetsOf(u8[at + 1]);
  const length = meaning(u8, at + 1);
  const offset = record + 8 * DEPTH;
  const result = core.der_check(at, header + Math.max(length, 0), record, DEPTH, offset);
  const refused = length < 0 ? length : 1;
  // Of an indefinite or reserved form nothing is behind the first octet here.
  if (result !== refused) tally.differ(build, `${hexOf(u8, at, at + header)} walked`, refused, result);
  const trailing = core.der_check(at, header + Math.max(length, 0) + 1, record, DEPTH, offset);
  const expected = length < 0 ? length : Result.DER_TRAILING_DATA;
  const place = length < 0 ? 1 : header + length;
  if (trailing !== expected || build.u32[offset >> 2] !== place)
    tally.differ(build, `${hexOf(u8, at, at + header)} and an octet`, expected, trailing);
  tally.cases += 2;
}

/** Every form that is cut off: nothing behind the identifier, or fewer octets than the first of them says. */
function cut(build: Build, tally: Tally): void {
  const { core, u8, record } = build;
  for (let octets = 0; octets <= 4; octets++) {
    for (let first = 0; first < (octets === 0 ? 1 : 256); first++) {
      if (octets > 0 && octetsOf(first) <= octets) continue;
      const at = build.end - 1 - octets;
      u8[at] = OCTET_STRING;
      if (octets > 0) u8[at + 1] = first;
      for (let i = 1; i < octets; i++) u8[at + 1 + i] = 0xff;
      const result = core.der_read(at, 1 + octets, record);
      if (result !== Result.DER_TRUNCATED || build.word(DerElementRecord.errorOffset) !== 1 + octets)
        tally.differ(build, hexOf(u8, at, build.end), 'DER_TRUNCATED', result);
      tally.cases++;
    }
  }
}

/** All forms with so many octets behind the first; those of four with this second octet, or at the edges of each. */
function forms(builds: Build[], tally: Tally, octets: number, visit: typeof read, second?: number): void {
  for (const build of builds) {
    const at = build.record + 4096;
    const { u8 } = build;
    u8[at] = OCTET_STRING;
    u8[at + 1] = 0x80 + octets;
    if (second !== undefined) u8[at + 2] = second;
    const free = (second === undefined ? octets : octets - 1) - 1;
    const last = at + 1 + octets;
    for (let value = 0; value < 256 ** free; value++) {
      for (let i = 1, rest = value; i <= free; i++, rest >>>= 8) u8[last - i] = rest;
      for (let octet = 0; octet < 256; octet++) {
        u8[last] = octet;
        visit(build, tally, at);
      }
    }
  }
}

function edges(builds: Build[], tally: Tally): void {
  for (const build of builds) {
    const at = build.record + 4096;
    for (let value = 0; value < EDGES.length ** 4; value++) {
      build.u8.set([OCTET_STRING, 0x84], at);
      for (let i = 0, rest = value; i < 4; i++, rest = Math.floor(rest / EDGES.length))
        build.u8[at + 2 + i] = EDGES[rest % EDGES.length];
      read(build, tally, at);
    }
  }
}

/** Every first octet whose form ends with it, and what is refused for it, whatever follows. */
function firstOctets(builds: Build[], tally: Tally): void {
  for (const build of builds) {
    const at = build.record + 4096;
    for (let first = 0; first < 256; first++) {
      if (octetsOf(first) > 1) continue;
      build.u8.set([OCTET_STRING, first, 0, 0, 0, 0], at);
      read(build, tally, at);
      walk(build, tally, at);
    }
  }
}

const AGAINST =
  'exact, an octet short and (to two octets) with one behind: result, offset, header and content against X.690 8.1.3 and 10.1';

export const derLengthChecks: Check[] = [
  {
    name: 'der-length',
    covers: `every DER length of 1 to 3 octets behind every first octet, those of 4 and 5 octets at the edges, all cut off: ${AGAINST}`,
    slices: 1,
    quick: true,
    run(builds, tally) {
      firstOctets(builds, tally);
      for (const octets of [1, 2]) {
        forms(builds, tally, octets, read);
        forms(builds, tally, octets, walk);
      }
      for (const second of EDGES) forms(builds, tally, 3, read, second);
      edges(builds, tally);
      for (const build of builds) cut(build, tally);
    },
  },
  {
    name: 'der-length-4',
    covers: `every DER length of 4 octets: ${AGAINST}`,
    slices: 256,
    quick: false,
    run: (builds, tally, slice) => forms(builds, tally, 3, read, slice),
  },
  {
    name: 'der-length-5',
    covers: `every DER length of 5 octets up to two gibibytes: ${AGAINST}`,
    slices: 256,
    quick: false,
    run: (builds, tally, slice) => forms(builds, tally, 4, read, slice),
  },
];
