import type { PacketWriter } from './packet-writer.js';

/** Bytes of a place, of which the first word has uses and size. */
const PLACE = 160;
/** Texts are copied as double words. None is a NaN, which an engine may change: in UTF-8 neither 7F nor FF follows F0 or more. */
const WORD = 8;
/** Bytes of the longest string that is kept, its length before it included. */
const LONGEST = PLACE - WORD;
/** A loop writes shorter texts as fast, characters. */
export const SHORTEST_KEPT = 6;
/** A power of two. */
const PLACES = 64;
/** Of so many texts that are not kept one is noted, a power of two: noting takes longer than writing. */
const SELDOM = 8;

/**
 * Texts that were written before, and their bytes once a text came twice without another one of its place in between: a device uses few topics,
 * properties and filters, again and again. No more than PLACES strings of up to LONGEST characters are kept alive.
 */
const texts: string[] = Array(PLACES).fill('');
const data = new DataView(new ArrayBuffer(PLACES * PLACE));
const bytes = new Uint8Array(data.buffer);
let seen = 0;

/** Where a text is kept, if it is: texts of one length that end in one character share a place. */
const placeOf = (text: string, length: number) => (length + (text.charCodeAt(length - 1) << 2)) & (PLACES - 1);

/**
 * Writes a text of SHORTEST_KEPT characters or more again, with its length before it, if it is kept.
 *
 * @returns what it was noted with; 0 when nothing was written
 */
export function writeKept(writer: PacketWriter, text: string): number {
  const { length } = text;
  if (length > LONGEST) return 0;
  const place = placeOf(text, length);
  if (texts[place] !== text) return 0;
  const start = place * PLACE;
  const uses = bytes[start];
  if (uses === 0) return 0;
  const size = bytes[start + 1];
  const from = start + WORD;
  writer.room(size);
  const { data: target, at } = writer;
  // Whole words, into what `room` leaves free.
  for (let index = 0; index < size; index += WORD) {
    target.setFloat64(at + index, data.getFloat64(from + index, true), true);
  }
  writer.at = at + size;
  return uses;
}

/** Notes a valid text of SHORTEST_KEPT characters or more that was written last. @param uses 1 to 255: what is known of it */
export function noteText(writer: PacketWriter, text: string, size: number, uses: number): void {
  seen = (seen + 1) & (SELDOM - 1);
  if (seen !== 0 || size > LONGEST) return;
  const place = placeOf(text, text.length);
  const to = place * PLACE;
  if (texts[place] !== text) {
    texts[place] = text;
    bytes[to] = 0;
    return;
  }
  bytes[to] = uses;
  bytes[to + 1] = size;
  const from = writer.at - size;
  for (let index = 0; index < size; index++) bytes[to + WORD + index] = writer.bytes[from + index];
}
