import { Result } from '../../../build/abi/core.js';
import { putLongText } from '../bytes/strings.js';
import { noteTopic, writeKept } from './kept-topic.js';
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

/**
 * Writes a string with its length before it (1.5.4). U+0000 in it makes the packet one that is not proven.
 *
 * @returns IS_NAME, IS_FILTER: what it may be used as
 * @throws MqttError STRING_TOO_LONG over 65,535 bytes; when `strict`, UTF8_INVALID for half of a surrogate pair
 */
export function writeString(
  writer: PacketWriter,
  text: string,
  packetType: string,
  field: string,
  strict = true,
): number {
  const { length } = text;
  if (length > SHORT) return writeAnyString(writer, text, packetType, field, strict);
  writer.room(2 + length);
  const { bytes, at } = writer;
  const first = at + 2;
  let uses = usesOfPlain(text);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f || code === 0) return writeAnyString(writer, text, packetType, field, strict);
    if ((code & WILDCARD_MASK) === HASH) uses &= usesBeside(text, index);
    bytes[first + index] = code;
  }
  bytes[at] = 0;
  bytes[at + 1] = length;
  writer.at = first + length;
  return uses;
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
  if (text.includes('\0')) writer.isProven = false;
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
  if (writeKept(writer, text)) return;
  const { length } = writer;
  if ((writeString(writer, text, packetType, field, strict) & IS_NAME) === 0) writer.isProven = false;
  else if (strict && writer.isProven) noteTopic(writer, text, writer.body + length);
}

/** Writes a Topic Filter (4.7). */
export function writeTopicFilter(writer: PacketWriter, text: string, packetType: string, field: string): void {
  if ((writeString(writer, text, packetType, field) & IS_FILTER) === 0) writer.isProven = false;
}
