import { PacketRecord, PropertyRecord, Result } from '../../../build/abi/core.js';
import { type Build, type Check, hexOf, type Tally } from './exhaustive-check.js';

/** MQTT 5 1.5.5, table 1-1: what the digits of so many bytes stand for, least significant first. */
const WEIGHTS = [1, 128, 16_384, 2_097_152];

const PINGREQ = 0xc0;
const DISCONNECT = 0xe0;
const SUBSCRIPTION_IDENTIFIER = 0x0b;
const LARGEST = 268_435_460;
const STRICT = 16;

/** Digits that stand for all in five-byte forms and where four bytes in full would be long. */
const EDGES = [0, 1, 2, 0x3f, 0x40, 0x7e, 0x7f];

/** All integers of so many bytes; the last byte is the terminator, all before it have the top bit set. */
function* integers(size: number, slice: number, digits: readonly number[] | undefined) {
  const each = digits ?? Array.from({ length: 128 }, (_, digit) => digit);
  const lasts = size === 4 && digits === undefined ? [slice] : each;
  for (const last of lasts) {
    const form = new Array<number>(size).fill(0);
    form[size - 1] = last;
    yield* below(form, size - 2, each);
  }
}

function* below(form: number[], place: number, each: readonly number[]): Generator<number[]> {
  if (place < 1) {
    yield form; // its first byte is for the loop to fill in
    return;
  }
  for (const digit of each) {
    form[place] = digit;
    yield* below(form, place - 1, each);
  }
}

/** What a decoder must say of a Remaining Length: MQTT-1.5.5-1 binds MQTT 5, and 3.1.1 where `STRICT` asks for it. */
const versions = [4, 4 | STRICT, 5];

function remainingLength(build: Build, tally: Tally, form: number[], first: number): void {
  const { core, u8, record } = build;
  const size = form.length;
  const at = build.end - 1 - size;
  u8[at] = PINGREQ;
  let value = first;
  for (let i = 0; i < size; i++) {
    const digit = i === 0 ? first : form[i];
    u8[at + 1 + i] = i < size - 1 ? digit | 0x80 : digit;
    if (i > 0) value += digit * WEIGHTS[i];
  }
  const isMinimal = size === 1 || form[size - 1] > 0;
  for (const version of versions) {
    const result = core.mqtt_decode(at, 1 + size, version, LARGEST, record);
    const needed = build.word(PacketRecord.needed);
    const offset = build.word(PacketRecord.errorOffset);
    if (!isMinimal && version !== 4) {
      if (result === Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL && offset === 1) continue;
    } else if (value === 0 ? result === 1 + size : result === 0 && needed === value) continue;
    tally.differ(
      build,
      `${hexOf(u8, at, build.end)} version ${version}`,
      { value, isMinimal },
      { result, needed, offset },
    );
  }
  tally.cases += versions.length;
}

/** As the Property Length of a DISCONNECT that ends behind it, and as a Subscription Identifier: in MQTT 5 only. */
function inProperties(build: Build, tally: Tally, form: number[], first: number): void {
  const { core, u8, record } = build;
  const size = form.length;
  const at = build.end - size;
  let value = first;
  for (let i = 0; i < size; i++) {
    const digit = i === 0 ? first : form[i];
    u8[at + i] = i < size - 1 ? digit | 0x80 : digit;
    if (i > 0) value += digit * WEIGHTS[i];
  }
  const isMinimal = size === 1 || form[size - 1] > 0;
  u8[at - 3] = DISCONNECT;
  u8[at - 2] = 1 + size;
  u8[at - 1] = 0;
  const result = core.mqtt_decode(at - 3, 3 + size, 5, LARGEST, record);
  let expected: number = value === 0 ? 3 + size : Result.PROPERTY_LENGTH_INVALID;
  if (!isMinimal) expected = Result.VARIABLE_BYTE_INTEGER_NOT_MINIMAL;
  if (result !== expected || (expected < 0 && build.word(PacketRecord.errorOffset) !== 3))
    tally.differ(build, `Property Length ${hexOf(u8, at, build.end)}`, expected, result);
  u8[at - 1] = SUBSCRIPTION_IDENTIFIER;
  const used = core.mqtt_property_read(at - 1, 1 + size, record);
  if (used !== 1 + size || build.word(PropertyRecord.value) !== value)
    tally.differ(build, `Subscription Identifier ${hexOf(u8, at, build.end)}`, value, build.word(PropertyRecord.value));
  else if (isMinimal) {
    // What was read is written as the same bytes.
    const output = record + PropertyRecord.SIZE;
    const written = core.mqtt_property_write(record, output, 5);
    let same = written === used;
    for (let i = 0; i < used; i++) same &&= u8[output + i] === u8[at - 1 + i];
    if (!same) tally.differ(build, `${value} written`, hexOf(u8, at - 1, build.end), hexOf(u8, output, output + 5));
  }
  tally.cases += 3;
}

/** Cut off before its terminator, or without one in four bytes. */
function unfinished(build: Build, tally: Tally): void {
  const { core, u8, record } = build;
  for (let size = 1; size <= 5; size++) {
    for (let form = 0; form < EDGES.length ** size; form++) {
      const at = build.end - 1 - size;
      u8[at] = PINGREQ;
      for (let i = 0, rest = form; i < size; i++, rest = Math.floor(rest / EDGES.length))
        u8[at + 1 + i] = EDGES[rest % EDGES.length] | 0x80;
      for (const version of versions) {
        const result = core.mqtt_decode(at, 1 + size, version, LARGEST, record);
        const good =
          size < 4
            ? result === 0 && build.word(PacketRecord.needed) === 1
            : result === Result.REMAINING_LENGTH_TOO_LONG && build.word(PacketRecord.errorOffset) === 1;
        if (!good) tally.differ(build, hexOf(u8, at, build.end), size < 4 ? 'more' : 'too long', result);
      }
      tally.cases += versions.length;
    }
  }
}

function run(builds: Build[], tally: Tally, sizes: number[], slice: number, digits?: readonly number[]): void {
  for (const build of builds) {
    for (const size of sizes) {
      for (const form of integers(size, slice, digits)) {
        // A form of one byte is its terminator alone.
        for (let first = size === 1 ? form[0] : 0; first < (size === 1 ? form[0] + 1 : 128); first++) {
          remainingLength(build, tally, form, first);
          inProperties(build, tally, form, first);
        }
      }
    }
  }
}

const COVERS =
  'as Remaining Length (3.1.1, 3.1.1 strict, 5), Property Length and Subscription Identifier, read and written';

export const varintChecks: Check[] = [
  {
    name: 'varint',
    covers: `every variable byte integer of 1 to 3 bytes, those of 4 and 5 at the edges of each digit, and all cut off: ${COVERS}`,
    slices: 1,
    quick: true,
    run(builds, tally) {
      run(builds, tally, [1, 2, 3], 0);
      run(builds, tally, [4], 0, EDGES);
      for (const build of builds) unfinished(build, tally);
    },
  },
  {
    name: 'varint-4',
    covers: `every variable byte integer of 4 bytes: ${COVERS}`,
    slices: 128,
    quick: false,
    run: (builds, tally, slice) => run(builds, tally, [4], slice),
  },
];
