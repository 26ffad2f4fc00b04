import { Result } from '../../build/abi/assembly';
import { Tag } from '../../build/abi/der-templates';
import { fail, Packed } from './element';

/** Every date since year 0 lies above this, every packed failure below. */
const EARLIEST: i64 = -0x4000000000;

/** Whether a result of readTime is a failure. Dates before 1970 are negative too. */
export function isFailure(time: Packed): bool {
  return time < EARLIEST;
}

/** The number of two decimal digits. */
function pair(p: usize): i32 {
  return <i32>load<u8>(p) * 10 + <i32>load<u8>(p, 1) - 0x30 * 11;
}

/**
 * Days from 1970-01-01 to the first of a month in the Gregorian calendar; month 13 is January of the next year. Here years start in
 * March, so a leap day is the last day of its year.
 */
function monthStart(year: i32, month: i32): i32 {
  // 400 years more, taken off at the end, keep January of year 0 out of negative divisions.
  const y = month > 2 ? year + 400 : year + 399;
  const yearDay = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
  return y * 365 + y / 4 - y / 100 + y / 400 + yearDay - 719468 - 146097;
}

/**
 * Seconds since 1970 of a UTCTime or GeneralizedTime, or a failure: see isFailure. RFC 5280 4.1.2.5.1 and .2: Greenwich time with
 * Z, always with seconds, without fractions.
 */
export function readTime(tag: u32, content: usize, length: usize): Packed {
  const isUtc = tag == Tag.UTC_TIME;
  if (length != (isUtc ? 13 : 15) || load<u8>(content + length - 1) != 0x5a)
    return fail(Result.DER_TIME_SHAPE, content);
  for (let i: usize = 0; i < length - 1; i++) {
    if (<u32>load<u8>(content + i) - 0x30 > 9) return fail(Result.DER_TIME_SHAPE, content + i);
  }
  let p = content;
  let year = pair(p);
  if (isUtc) {
    // RFC 5280 4.1.2.5.1: from 50 on the year is 19xx.
    year += year < 50 ? 2000 : 1900;
  } else {
    p += 2;
    year = year * 100 + pair(p);
  }
  const month = pair(p + 2);
  const start = monthStart(year, month);
  // The largest month, day, hour, minute and second, one octet each.
  let largest: u64 = 0x3b3b17000c | ((<u64>(monthStart(year, month + 1) - start)) << 8);
  let time = <i64>start - 1;
  for (let field: usize = 2; field < 12; field += 2) {
    const value = <i64>pair(p + field);
    const last = <i64>(largest & 0xff);
    if (value > last || (field < 6 && value == 0)) return fail(Result.DER_TIME_VALUE, p + field);
    // Days, then hours, minutes and seconds, which begin with 0.
    if (field > 4) time *= last + 1;
    if (field > 2) time += value;
    largest >>= 8;
  }
  return time;
}
