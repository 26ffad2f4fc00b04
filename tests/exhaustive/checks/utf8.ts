import { isUtf8 } from 'node:buffer';
import { Result } from '../../../build/abi/core.js';
import { faultIn, NEXT, REFUSED } from '../oracles/rfc3629.js';
import { type Build, bothBuilds, type Check, hexOf, type Tally } from './exhaustive-check.js';

/** Where a sequence lies: how many letters come before it, and how many after. */
const PLACES: readonly (readonly [number, number, string])[] = [
  [0, 0, 'alone'],
  [0, 20, 'at the start'],
  [13, 20, 'in the middle'],
  [3, 0, 'over the end of a word of 32 bits, and at the end'],
  [6, 1, 'over the end of a word of 64 bits'],
  [7, 20, 'behind a whole word but one'],
  [12, 0, 'at the end of a vector'],
  [14, 20, 'over the end of a vector'],
  [30, 2, 'over the end of the second vector'],
];
const ALONE = PLACES.slice(0, 1);

const ALL: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);
const LETTER = 0x61;

/**
 * Every sequence with its first bytes from these lists and any last byte, at one place. The fault of a text lies in the sequence:
 * the letter behind an unfinished character, or the end, breaks it where it began.
 */
function sequences(
  build: Build,
  tally: Tally,
  leads: readonly (readonly number[])[],
  before: number,
  after: number,
): void {
  const { core, u8, record } = build;
  const size = leads.length + 1;
  const length = before + size + after;
  const input = build.end - length;
  const at = input + before;
  const last = at + size - 1;
  u8.fill(LETTER, input, build.end);
  const places = new Array<number>(leads.length).fill(0);
  for (let more = true; more; ) {
    for (let i = 0; i < places.length; i++) u8[at + i] = leads[i][places[i]];
    // Where the automaton stands before the last byte, and where the character began that is open there.
    let state = 0;
    let first = 0;
    for (let i = 0; i < size - 1 && state !== REFUSED; i++) {
      if (state === 0) first = i;
      state = NEXT[256 * state + u8[at + i]];
    }
    for (let byte = 0; byte < 256; byte++) {
      u8[last] = byte;
      const result = core.utf8_check(input, length, record);
      let fault = -1;
      if (state === REFUSED) fault = first;
      else if (NEXT[256 * state + byte] !== 0) fault = state === 0 ? size - 1 : first;
      const expected = fault < 0 ? 0 : u8[at + fault] === 0 ? Result.UTF8_NUL : Result.UTF8_INVALID;
      if (result !== expected || (fault >= 0 && build.u32[record >> 2] !== before + fault))
        tally.differ(build, hexOf(u8, input, build.end), { expected, at: before + fault }, result);
    }
    tally.cases += 256;
    more = advance(places, leads);
  }
}

/** The next of all choices, as an odometer counts; false behind the last. */
function advance(places: number[], leads: readonly (readonly number[])[]): boolean {
  for (let i = places.length - 1; i >= 0; i--) {
    if (++places[i] < leads[i].length) return true;
    places[i] = 0;
  }
  return false;
}

type Places = typeof PLACES;

function everywhere(builds: Build[], tally: Tally, places: Places, ...leads: (readonly number[])[]): void {
  for (const build of builds) for (const [before, after] of places) sequences(build, tally, leads, before, after);
}

/** The automaton against Node's own check, where characters of these lengths are. */
function oracle(tally: Tally): void {
  const [build] = bothBuilds();
  const bytes = new Uint8Array(4);
  for (const [size, lead, end] of [
    [1, 0, 1 << 8],
    [2, 0, 1 << 16],
    [3, 0xe0 << 16, 0xf0 << 16],
  ]) {
    const view = bytes.subarray(0, size);
    for (let value = lead; value < end; value++) {
      for (let i = 0; i < size; i++) view[i] = value >> (8 * (size - 1 - i));
      const node = isUtf8(view) && !view.includes(0);
      if (node !== faultIn(view, 0, size) < 0)
        tally.differ(build, `oracle: ${Buffer.from(view).toString('hex')}`, node, !node);
    }
    tally.cases += end - lead;
  }
  for (let value = 0xf0000000; value <= 0xffffffff; value += (value & 0xff) === 0xff ? 0xff01 : 1) {
    for (let i = 0; i < 4; i++) bytes[i] = value / 2 ** (8 * (3 - i));
    const node = isUtf8(bytes) && !bytes.includes(0);
    if (node !== faultIn(bytes, 0, 4) < 0)
      tally.differ(build, `oracle: ${Buffer.from(bytes).toString('hex')}`, node, !node);
    tally.cases++;
  }
}

const AGAINST = 'against the grammar of RFC 3629, without U+0000';

export const utf8Checks: Check[] = [
  {
    name: 'utf8-oracle',
    covers:
      "the grammar of RFC 3629 against Node's own check: every sequence of 1 and 2 bytes, of 3 from E0 to EF, of 4 from F0 with each last byte",
    slices: 1,
    quick: true,
    run: (_, tally) => oracle(tally),
  },
  {
    name: 'utf8',
    covers: `every sequence of 1 and 2 bytes, of 3 from E0 to EF, and of 4 from EF to F5 at the edges of the third, each at ${PLACES.length} places: ${AGAINST}`,
    slices: 1,
    quick: true,
    run(builds, tally) {
      everywhere(builds, tally, PLACES);
      everywhere(builds, tally, PLACES, ALL);
      everywhere(builds, tally, PLACES, ALL.slice(0xe0, 0xf0), ALL);
      everywhere(builds, tally, PLACES, ALL.slice(0xef, 0xf6), ALL, [0x7f, 0x80, 0xbf]);
    },
  },
  {
    name: 'utf8-3',
    covers: `every sequence of 3 bytes at each of ${PLACES.length} places: ${AGAINST}`,
    slices: 16,
    quick: false,
    run: (builds, tally, slice) => everywhere(builds, tally, PLACES, ALL.slice(slice * 16, slice * 16 + 16), ALL),
  },
  {
    name: 'utf8-4-placed',
    covers: `every sequence of 4 bytes from EF to F5 at each of ${PLACES.length} places: ${AGAINST}`,
    slices: 7 * 16,
    quick: false,
    run(builds, tally, slice) {
      const second = (slice % 16) * 16;
      everywhere(builds, tally, PLACES, [0xef + Math.floor(slice / 16)], ALL.slice(second, second + 16), ALL);
    },
  },
  {
    name: 'utf8-4',
    covers: `all 4,294,967,296 sequences of 4 bytes alone: ${AGAINST}`,
    slices: 1024,
    quick: false,
    run(builds, tally, slice) {
      const second = (slice % 4) * 64;
      everywhere(builds, tally, ALONE, [slice >> 2], ALL.slice(second, second + 64), ALL);
    },
  },
];
