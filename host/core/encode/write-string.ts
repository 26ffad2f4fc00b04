import { Result } from '../../../build/abi/core.js';
import { string } from '../bytes/check-arguments.js';
import { putLongText } from '../bytes/strings.js';
import { noteText, SHORTEST_KEPT, writeKept } from './kept-texts.js';
import type { PacketWriter } from './packet-writer.js';

/** Up to this many characters, a loop writes and checks a text faster than calls do. */
const SHORT = 48;

/** Bits of what `writeString` returns: the text surely is a Topic Name; it surely is a Topic Filter and not a shared one (4.8.2). */
export const IS_NAME = 1;
export const IS_FILTER = 2;

const DOLLAR = 0x24;
const SLASH = 0x2f;
const HASH = 0x23;
/** # and + are the characters that are # under this mask. */
const WILDCARD_MASK = ~8;
/** The same for four characters in a word. One that is 0 borrows from the one above it, which only adds to what is found anyway. */
const HIGH = 0x80;
const ONES = 0x0101_0101;
const HASHES = HASH * ONES;
const WILDCARD_MASKS = ~(8 * ONES);
const HIGHS = (HIGH * ONES) | 0;

/**
 * Writes a string with its length before it (1.5.4). U+0000 in it makes the packet one that is not proven.
 *
 * @returns IS_NAME, IS_FILTER: what it may be used as
 * @throws TypeError for what is no string; MqttError STRING_TOO_LONG over 65,535 bytes; when `strict`, UTF8_INVALID for
 * half of a surrogate pair
 */
export function writeString(
  writer: PacketWriter,
  text: string,
  packetType: string,
  field: string,
  strict = true,
): number {
  const { length } = string(text, packetType, field);
  const kept = length < SHORTEST_KEPT ? 0 : writeKept(writer, text);
  if (kept !== 0) return kept;
  const before = writer.length;
  const uses = writeOnce(writer, text, packetType, field, strict);
  const size = writer.length - before;
  // One that is not ASCII may have half of a surrogate pair, unless that was refused.
  const isValid = uses !== 0 && (strict || size === 2 + length);
  if (length >= SHORTEST_KEPT && isValid) noteText(writer, text, size, uses);
  return uses;
}

/** As `writeString`, for a text that is better not kept in memory: a password, or what hardly comes again. */
export function writeOnce(
  writer: PacketWriter,
  text: string,
  packetType: string,
  field: string,
  strict: boolean,
): number {
  return text.length > SHORT
    ? writeAnyString(writer, text, packetType, field, strict)
    : writeShortString(writer, text, packetType, field, strict);
}

/** As `writeString`, for a text that is short and most likely ASCII. */
function writeShortString(
  writer: PacketWriter,
  text: string,
  packetType: string,
  field: string,
  strict: boolean,
): number {
  const { length } = text;
  writer.room(2 + length);
  const { bytes, data, at } = writer;
  const first = at + 2;
  // All bits of the characters, and in the highest bit of each byte whether one is U+0000 and whether one is a wildcard.
  let bits = 0;
  let zeros = 0;
  let wildcards = 0;
  let index = 0;
  // Four at a time: what a write costs besides is paid once.
  for (; index + 4 <= length; index += 4) {
    const code0 = text.charCodeAt(index);
    const code1 = text.charCodeAt(index + 1);
    const code2 = text.charCodeAt(index + 2);
    const code3 = text.charCodeAt(index + 3);
    bits |= code0 | code1 | code2 | code3;
    const word = code0 | (code1 << 8) | (code2 << 16) | (code3 << 24);
    zeros |= word - ONES;
    wildcards |= ((word & WILDCARD_MASKS) ^ HASHES) - ONES;
    data.setInt32(first + index, word, true);
  }
  for (; index < length; index++) {
    const code = text.charCodeAt(index);
    bits |= code;
    zeros |= (code - 1) & HIGH;
    wildcards |= (((code & WILDCARD_MASK) ^ HASH) - 1) & HIGH;
    bytes[first + index] = code;
  }
  if (bits > 0x7f || (zeros & HIGHS) !== 0) return writeAnyString(writer, text, packetType, field, strict);
  bytes[at] = 0;
  bytes[at + 1] = length;
  writer.at = first + length;
  return (wildcards & HIGHS) !== 0 ? usesOfAll(text) : usesOfPlain(text);
}

/** As `writeString`, for a text that is long or not ASCII. */
function writeAnyString(
  writer: PacketWriter,
  text: string,
  packetType: string,
  field: string,
  strict: boolean,
): number {
  const { length: most } = text;
  if (most > 0xffff) writer.refuse(Result.STRING_TOO_LONG, `${packetType}: ${field}`);
  writer.room(2 + most * 3);
  const { bytes, at } = writer;
  const end = putLongText(bytes, at + 2, text, strict);
  if (end < 0) writer.refuse(Result.UTF8_INVALID, `${packetType}: ${field}`);
  const length = end - at - 2;
  if (length > 0xffff) writer.refuse(Result.STRING_TOO_LONG, `${packetType}: ${field}`);
  bytes[at] = length >> 8;
  bytes[at + 1] = length;
  writer.at = end;
  if (text.includes('\0')) {
    writer.isProven = false;
    return 0;
  }
  return text.includes('#') || text.includes('+') ? usesOfAll(text) : usesOfPlain(text);
}

/** What a text without wildcards may be. */
function usesOfPlain(text: string): number {
  if (text.length === 0) return 0;
  return text.charCodeAt(0) === DOLLAR ? IS_NAME : IS_NAME | IS_FILTER;
}

function usesOfAll(text: string): number {
  let uses = usesOfPlain(text);
  for (let index = 0; index < text.length; index++) {
    if ((text.charCodeAt(index) & WILDCARD_MASK) === HASH) uses &= usesBeside(text, index);
  }
  return uses;
}

/** What a text with a wildcard at this index may be: a filter, where it fills its level, and # is the last character (MQTT-4.7.1-1, -2). */
function usesBeside(text: string, index: number): number {
  if (index > 0 && text.charCodeAt(index - 1) !== SLASH) return 0;
  if (index + 1 === text.length) return IS_FILTER;
  return text.charCodeAt(index) !== HASH && text.charCodeAt(index + 1) === SLASH ? IS_FILTER : 0;
}

/** Writes a Topic Name (4.7). @param strict as that of `writeString` */
export function writeTopicName(
  writer: PacketWriter,
  text: string,
  packetType: string,
  field: string,
  strict = true,
): void {
  if ((writeString(writer, text, packetType, field, strict) & IS_NAME) === 0) writer.isProven = false;
}

/** Writes a Topic Filter (4.7). */
export function writeTopicFilter(writer: PacketWriter, text: string, packetType: string, field: string): void {
  if ((writeString(writer, text, packetType, field) & IS_FILTER) === 0) writer.isProven = false;
}
