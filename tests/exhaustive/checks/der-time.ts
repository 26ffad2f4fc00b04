import { CertificateListRecord, DerHeadRecord, Result } from '../../../build/abi/core.js';
import type { Build, Check, Tally } from './exhaustive-check.js';

const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const DEPTH = 4;

/** One element that is primitive, or holds others. */
const element = (tag: number, ...content: (number | number[])[]): number[] => {
  const octets = content.flat();
  return [tag, octets.length, ...octets];
};

/** A CRL as short as it can be (RFC 5280 5.1), and where the content of its thisUpdate lies in it. */
function crlAround(tag: number, time: number[]): { crl: number[]; at: number } {
  const algorithm = element(0x30, element(0x06, 0x2b, 0x65, 0x70)); // Ed25519
  const name = element(0x30, element(0x31, element(0x30, element(0x06, 0x55, 4, 3), element(0x0c, 0x61))));
  const signed = element(0x30, algorithm, name, element(tag, time));
  const crl = element(0x30, signed, algorithm, element(0x03, 0, 1));
  return { crl, at: 4 + algorithm.length + name.length + 2 };
}

/** A time in memory that is changed in place: alone for der_check, and as thisUpdate of a CRL. */
class Clock {
  readonly #alone: number;
  readonly #crl: number;
  readonly #crlLength: number;
  readonly #inCrl: number;
  readonly #offset: number;

  constructor(
    readonly build: Build,
    readonly tally: Tally,
    readonly tag: number,
    readonly text: string,
  ) {
    const octets = [...Buffer.from(text, 'latin1')];
    const { crl, at } = crlAround(tag, octets);
    this.#alone = build.end - 2 - octets.length;
    this.#crl = build.record + 4096;
    this.#crlLength = crl.length;
    this.#inCrl = this.#crl + at;
    this.#offset = build.record + 8 * DEPTH;
    build.u8.set([tag, octets.length, ...octets], this.#alone);
    build.u8.set(crl, this.#crl);
  }

  /** Two octets of the time. */
  set(place: number, first: number, second: number): void {
    const { u8 } = this.build;
    const alone = this.#alone + 2 + place;
    u8[alone] = u8[this.#inCrl + place] = first;
    u8[alone + 1] = u8[this.#inCrl + place + 1] = second;
  }

  setNumber(place: number, value: number): void {
    this.set(place, 0x30 + Math.floor(value / 10), 0x30 + (value % 10));
  }

  setOctet(place: number, octet: number): void {
    this.build.u8[this.#alone + 2 + place] = this.build.u8[this.#inCrl + place] = octet;
  }

  /** The time is refused with this code at this octet of it; 0 when it is accepted. */
  expect(code: number, place: number): void {
    const { build, tally } = this;
    const result = build.core.der_check(this.#alone, build.end - this.#alone, build.record, DEPTH, this.#offset);
    tally.cases++;
    if (code === 0 ? result === 1 : result === code && build.u32[this.#offset >> 2] === 2 + place) return;
    tally.differ(build, this.#shown(), { code, place }, { result, offset: build.u32[this.#offset >> 2] });
  }

  /** A CRL gives the time, in seconds since 1970. */
  expectValue(seconds: number): void {
    const { build, tally } = this;
    const result = build.core.crl_read(this.#crl, this.#crlLength, build.record);
    const found = build.u8.readBigInt64LE(build.record + CertificateListRecord.thisUpdate);
    tally.cases++;
    if (result === this.#crlLength && found === BigInt(seconds)) return;
    tally.differ(build, this.#shown(), seconds, {
      result,
      found: String(found),
      at: build.word(DerHeadRecord.errorOffset),
    });
  }

  #shown(): string {
    return this.build.u8.toString('latin1', this.#alone + 2, this.build.end);
  }
}

/** Days of a month in the proleptic Gregorian calendar, by Date. */
function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

function secondsOf(year: number, month: number, day: number, hours: number, minutes: number, seconds: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hours, minutes, seconds);
  return date.getTime() / 1000;
}

/** Every month and day from 00 to 99 of a year, whose last two digits are at `place`; the value of those that there are. */
function calendar(clock: Clock, year: number, place: number, days: readonly number[], values: boolean): void {
  for (let month = 0; month < 100; month++) {
    clock.setNumber(place + 2, month);
    const isMonth = month > 0 && month < 13;
    const last = isMonth ? daysIn(year, month) : 0;
    for (const day of days) {
      clock.setNumber(place + 4, day);
      if (!isMonth) clock.expect(Result.DER_TIME_VALUE, place + 2);
      else if (day < 1 || day > last) clock.expect(Result.DER_TIME_VALUE, place + 4);
      else if (values) clock.expectValue(secondsOf(year, month, day, 12, 34, 56));
      else clock.expect(0, 0);
    }
  }
}

/** Every hour, minute and second from 00 to 99. */
function day(clock: Clock, year: number, place: number): void {
  for (let hours = 0; hours < 100; hours++) {
    clock.setNumber(place + 6, hours);
    for (let minutes = 0; minutes < 100; minutes++) {
      clock.setNumber(place + 8, minutes);
      for (let seconds = 0; seconds < 100; seconds++) {
        clock.setNumber(place + 10, seconds);
        const wrong = hours > 23 ? 6 : minutes > 59 ? 8 : seconds > 59 ? 10 : 0;
        if (wrong > 0) clock.expect(Result.DER_TIME_VALUE, place + wrong);
        else clock.expectValue(secondsOf(year, 2, 1, hours, minutes, seconds));
      }
    }
  }
}

const isDigit = (octet: number) => octet >= 0x30 && octet <= 0x39;

/** Every two octets in the place of each two digits: what is not digits breaks the shape. */
function shapes(build: Build, tally: Tally, tag: number, text: string): void {
  const year = text.length - 13;
  for (let place = 0; place < text.length - 1; place += 2) {
    const clock = new Clock(build, tally, tag, text);
    for (let pair = 0; pair < 65_536; pair++) {
      const [first, second] = [pair >> 8, pair & 255];
      clock.set(place, first, second);
      if (!isDigit(first)) clock.expect(Result.DER_TIME_SHAPE, place);
      else if (!isDigit(second)) clock.expect(Result.DER_TIME_SHAPE, place + 1);
      else {
        const value = (first - 0x30) * 10 + second - 0x30;
        const [low, high] = [
          [0, 99],
          [1, 12],
          [1, 31],
          [0, 23],
          [0, 59],
          [0, 59],
        ][Math.max(0, place - year) / 2];
        clock.expect(value < low || value > high ? Result.DER_TIME_VALUE : 0, place);
      }
    }
  }
  const clock = new Clock(build, tally, tag, text);
  for (let octet = 0; octet < 256; octet++) {
    clock.setOctet(text.length - 1, octet);
    clock.expect(octet === 0x5a ? 0 : Result.DER_TIME_SHAPE, 0);
  }
  // Shorter and longer: without seconds, with a fraction, with a time zone (RFC 5280 4.1.2.5.1, .2).
  for (let length = 0; length <= 24; length++) {
    if (length === text.length) continue;
    const other = `${`${text.slice(0, -1)}00000000000`.slice(0, Math.max(0, length - 1))}Z`.slice(0, length);
    new Clock(build, tally, tag, other).expect(Result.DER_TIME_SHAPE, 0);
  }
  for (const zone of ['+0000', '-0000', '+0100', '.5Z', '.0Z', ',1Z', 'z', ' Z'])
    new Clock(build, tally, tag, text.slice(0, -1) + zone).expect(Result.DER_TIME_SHAPE, 0);
}

const EVERY = Array.from({ length: 100 }, (_, value) => value);
const ENDS = [0, 1, 28, 29, 30, 31, 32];
const UTC = '000715123456Z';
const GENERALIZED = '20000715123456Z';

/** A year of four digits. */
function setYear(clock: Clock, year: number): void {
  clock.setNumber(0, Math.floor(year / 100));
  clock.setNumber(2, year % 100);
}

const AGAINST = "accepted or refused with its offset, and as seconds since 1970, against JavaScript's Date";

export const derTimeChecks: Check[] = [
  {
    name: 'utc-time',
    covers: `every UTCTime of digits (each year, month and day from 00 to 99; each hour, minute and second from 00 to 99), every two octets in each field, every last octet, other lengths and zones: ${AGAINST}`,
    slices: 1,
    quick: true,
    run(builds, tally) {
      for (const build of builds) {
        const clock = new Clock(build, tally, UTC_TIME, UTC);
        for (let year = 0; year < 100; year++) {
          clock.setNumber(0, year);
          calendar(clock, year < 50 ? 2000 + year : 1900 + year, 0, EVERY, true);
        }
        day(new Clock(build, tally, UTC_TIME, '000201000000Z'), 2000, 0);
        shapes(build, tally, UTC_TIME, UTC);
      }
    },
  },
  {
    name: 'generalized-time',
    covers: `every month and the ends of each month of the first five years of each century as GeneralizedTime, every day of 1899 to 2101, every two octets in each field, every last octet, other lengths and zones: ${AGAINST}`,
    slices: 1,
    quick: true,
    run(builds, tally) {
      for (const build of builds) {
        const clock = new Clock(build, tally, GENERALIZED_TIME, GENERALIZED);
        for (let year = 0; year < 10_000; year++) {
          setYear(clock, year);
          const isNear = year > 1898 && year < 2102;
          if (isNear || year % 100 < 5) calendar(clock, year, 2, isNear ? EVERY : ENDS, isNear);
        }
        shapes(build, tally, GENERALIZED_TIME, GENERALIZED);
      }
    },
  },
  {
    name: 'generalized-time-all',
    covers: `every GeneralizedTime of digits with the years 0000 to 9999, months and days from 00 to 99, and hours, minutes and seconds from 00 to 99 of a day in each century: ${AGAINST}`,
    slices: 100,
    quick: false,
    run(builds, tally, slice) {
      for (const build of builds) {
        const clock = new Clock(build, tally, GENERALIZED_TIME, GENERALIZED);
        for (let year = slice * 100; year < slice * 100 + 100; year++) {
          setYear(clock, year);
          calendar(clock, year, 2, EVERY, true);
        }
        const century = new Clock(build, tally, GENERALIZED_TIME, '20000201000000Z');
        setYear(century, slice * 100);
        day(century, slice * 100, 2);
      }
    },
  },
];
