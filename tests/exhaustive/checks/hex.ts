import { Result } from '../../../build/abi/core.js';
import { type Build, type Check, hexOf, type Tally } from './exhaustive-check.js';

/** Digits around the pair: more than two blocks of 32, and what is left behind them for words and for single digits. */
const LENGTHS = [2, 6, 34, 70];
const FILL = 0x61;

/** What Buffer reads of two characters: the byte, or -1 - the index of the first that is no digit. */
const PAIRS = Int16Array.from({ length: 65_536 }, (_, pair) => {
  const two = Buffer.from([pair >> 8, pair & 255]).toString('latin1');
  const [byte] = Buffer.from(two, 'hex');
  if (byte !== undefined) return byte;
  return Buffer.from(`${two[0]}0`, 'hex').length === 1 ? -2 : -1;
});
const FILL_BYTE = Buffer.from([FILL, FILL]).toString('latin1');

/** Every pair of characters at every place of texts of these lengths: read together, and as halves of two bytes. */
function decode(build: Build, tally: Tally): void {
  const { core, u8, record } = build;
  const offset = record;
  const output = record + 64;
  const filled = Buffer.from(FILL_BYTE, 'hex')[0];
  for (const length of LENGTHS) {
    const input = build.end - length;
    for (let place = 0; place + 2 <= length; place++) {
      u8.fill(FILL, input, build.end);
      for (let pair = 0; pair < 65_536; pair++) {
        u8[input + place] = pair >> 8;
        u8[input + place + 1] = pair & 255;
        const result = core.hex_decode(input, length, output, length >> 1, offset);
        const value = PAIRS[pair];
        const at = output + (place >> 1);
        let good: boolean;
        if (value < 0) good = result === Result.HEX_BAD_DIGIT && build.u32[offset >> 2] === place - 1 - value;
        else if (result !== length >> 1) good = false;
        else if ((place & 1) === 0)
          good = u8[at] === value && (length === 2 || u8[at === output ? at + 1 : at - 1] === filled);
        else good = u8[at] === ((filled & 0xf0) | (value >> 4)) && u8[at + 1] === (((value & 15) << 4) | (filled & 15));
        if (!good) tally.differ(build, `${u8.toString('latin1', input, build.end)} at ${place}`, value, result);
      }
      tally.cases += 65_536;
    }
  }
}

/** Every pair of bytes at every place, against the digits that Buffer writes. */
function encode(build: Build, tally: Tally): void {
  const { core, u8, record } = build;
  const digits = Uint16Array.from({ length: 256 }, (_, byte) =>
    Buffer.from(Buffer.from([byte]).toString('hex')).readUInt16LE(),
  );
  const output = record;
  for (const length of [1, 2, 3, 17, 35]) {
    const input = build.end - length;
    for (let place = 0; place < length; place++) {
      u8.fill(FILL, input, build.end);
      for (let pair = 0; pair < 65_536; pair++) {
        u8[input + place] = pair >> 8;
        if (place + 1 < length) u8[input + place + 1] = pair & 255;
        const result = core.hex_encode(input, length, output, length * 2);
        const at = (output + place * 2) >> 1;
        const good =
          result === length * 2 &&
          u8[at * 2] + 256 * u8[at * 2 + 1] === digits[pair >> 8] &&
          (place + 1 === length || u8[at * 2 + 2] + 256 * u8[at * 2 + 3] === digits[pair & 255]);
        if (!good) tally.differ(build, `encoding ${hexOf(u8, input, build.end)}`, pair, result);
      }
      tally.cases += 65_536;
    }
  }
}

/** Each octet as the odd digit at the end: HEX_ODD_LENGTH, or that it is no digit. */
function oddEnd(build: Build, tally: Tally): void {
  const { core, u8, record } = build;
  for (const length of [1, 3, 5, 31, 33, 67]) {
    const input = build.end - length;
    u8.fill(FILL, input, build.end);
    for (let last = 0; last < 256; last++) {
      u8[build.end - 1] = last;
      const isDigit = Buffer.from(`0${String.fromCharCode(last)}`, 'hex').length === 1;
      const expected = isDigit ? Result.HEX_ODD_LENGTH : Result.HEX_BAD_DIGIT;
      const result = core.hex_decode(input, length, record + 64, length, record);
      if (result !== expected || build.u32[record >> 2] !== length - 1)
        tally.differ(build, `odd end ${last} of ${length}`, expected, result);
    }
    tally.cases += 256;
  }
}

export const hexChecks: Check[] = [
  {
    name: 'hex',
    covers:
      'every pair of characters at every place of texts of 2 to 70, every pair of bytes at every place of 1 to 35, and every octet as an odd last digit: against Buffer',
    slices: 1,
    quick: true,
    run(builds, tally) {
      for (const build of builds) {
        decode(build, tally);
        encode(build, tally);
        oddEnd(build, tally);
      }
    },
  },
];
