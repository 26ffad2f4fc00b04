import { PROPERTIES } from '../oracles/standard.js';
import { agree, put } from './agree.js';
import type { Build, Check, Tally } from './exhaustive-check.js';
import { packetWith, SHAPES, type Shape } from './packets.js';

/** Values at which something is decided, whatever the type of the property: as one byte, integers, strings, pairs; cut off and too long. */
const VALUES: readonly number[][] = [
  [],
  ...Array.from({ length: 256 }, (_, byte) => [byte]),
  ...[
    [0, 0],
    [0, 1],
    [1, 0],
    [0xff, 0xff],
    [0x80, 0],
    [0x80, 1],
    [0xff, 0x7f],
  ],
  ...[
    [0, 1, 0x61],
    [0, 1, 0],
    [0, 1, 0x23],
    [0, 1, 0x2b],
    [0, 1, 0xff],
    [0x80, 0x80, 0],
    [0x80, 0x80, 1],
  ],
  ...[
    [0, 0, 0, 0],
    [0, 0, 0, 1],
    [0xff, 0xff, 0xff, 0xff],
    [0, 1, 0x61, 0],
    [0x80, 0x80, 0x80, 1],
    [0x80, 0x80, 0x80, 0x80],
  ],
  ...[
    [0, 2, 0xc3, 0xa9],
    [0, 2, 0xc3, 0x28],
    [0, 2, 0x61, 0x2f],
    [0, 2, 0x61, 0x23],
    [0, 3, 0x61, 0x62],
    [0, 0, 0, 1, 0x61],
  ],
  ...[
    [0, 1, 0x61, 0, 0],
    [0, 1, 0x61, 0, 1],
    [0, 1, 0x61, 0, 1, 0x62],
    [0, 1, 0x61, 0, 1, 0xff],
    [0, 1, 0xff, 0, 1, 0x61],
  ],
  ...[
    [0, 1, 0, 0, 1, 0x61],
    [0, 1, 0x61, 0, 1, 0],
    [0xff, 0xff, 0xff, 0xff, 0xff],
    [0x80, 0x80, 0x80, 0x80, 0],
  ],
];

/** A right value of each type, as short as it can be. */
const RIGHT = {
  flag: [1],
  u16: [0, 1],
  u32: [0, 0, 0, 1],
  varint: [1],
  binary: [0, 0],
  text: [0, 0],
  topic: [0, 1, 0x61],
  pair: [0, 0, 0, 0],
};

const METHOD = [0x15, 0, 0];

/** What an AUTH, and Authentication Data, do not go without: a method before or behind, or none. */
const company = (type: number, id: number): number[][] => (type === 15 || id === 0x16 ? [[], METHOD] : [[]]);

function decode(builds: Build[], tally: Tally, shape: Shape, properties: readonly number[]): number {
  const packet = packetWith(shape, properties);
  const input = builds[0].end - packet.length;
  put(builds, input, ...packet);
  return agree(builds, tally, input, 5);
}

/** Every identifier with every value, with and without what must stand beside it, once and twice. */
function identifiers(builds: Build[], tally: Tally): void {
  let accepted = 0;
  for (const shape of SHAPES) {
    for (let id = 0; id < 256; id++) {
      for (const other of company(shape.type, id)) {
        for (const value of VALUES) {
          if (decode(builds, tally, shape, [...other, id, ...value]) > 0) accepted++;
        }
        const right = RIGHT[PROPERTIES[id]?.type ?? 'flag'];
        decode(builds, tally, shape, [id, ...right, ...other]);
        decode(builds, tally, shape, [...other, id, ...right, id, ...right]);
      }
    }
  }
  // Every property is right in each of its packets, the method once more as the other of itself.
  const pairs = Object.values(PROPERTIES).reduce((sum, { packets }) => sum + packets.length, 0);
  if (accepted < pairs) tally.differ(builds[0], 'accepted', `at least ${pairs}`, accepted);
}

/** Every two known properties together, in each packet. */
function pairs(builds: Build[], tally: Tally): void {
  const known = Object.entries(PROPERTIES).map(([id, { type }]) => [Number(id), ...RIGHT[type]]);
  for (const shape of SHAPES)
    for (const one of known) for (const two of known) decode(builds, tally, shape, [...one, ...two]);
}

/** Every identifier of two bytes, and of three and four at the edges: none exists, so each is unknown or, as one byte, foreign. */
function longIdentifiers(builds: Build[], tally: Tally): void {
  for (const shape of SHAPES) {
    for (let first = 128; first < 256; first++) {
      for (let last = 0; last < 256; last++) decode(builds, tally, shape, [first, last, 0, 0]);
      for (const rest of [
        [0x80, 0],
        [0x80, 1],
        [0xff, 0x7f],
        [0x80, 0x80, 0],
        [0x80, 0x80, 1],
        [0xff, 0xff, 0x7f],
        [0xff, 0xff, 0xff],
      ])
        decode(builds, tally, shape, [first, ...rest, 0, 0]);
    }
  }
}

/** Every Property Length of a byte against lists that are there. */
function lengths(builds: Build[], tally: Tally): void {
  for (const shape of SHAPES) {
    for (const list of [[], [0x26, 0, 0, 0, 0], METHOD]) {
      const packet = packetWith(shape, list);
      const input = builds[0].end - packet.length;
      put(builds, input, ...packet);
      for (let length = 0; length < 256; length++) {
        put(builds, input + 2 + shape.before.length, length);
        agree(builds, tally, input, 5);
      }
    }
  }
}

export const propertyChecks: Check[] = [
  {
    name: 'properties',
    covers: `every property identifier (0 to 255, all of two bytes, of three and four at the edges) in every packet and the will, with ${VALUES.length} values right and wrong, alone, twice, beside each other one, and every Property Length of a byte: result and offset, against a second decoder with its own table`,
    slices: 1,
    quick: true,
    run(builds, tally) {
      identifiers(builds, tally);
      pairs(builds, tally);
      longIdentifiers(builds, tally);
      lengths(builds, tally);
    },
  },
];
