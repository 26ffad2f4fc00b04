import type { PacketWriter } from './packet-writer.js';

/** Bytes of the longest string that is kept, its length before it included. */
const LONGEST = 130;
const WORD = 4;

/**
 * The Topic Name that was written last, and its bytes once it came twice in a row: most of those who publish use one topic for a while.
 * One string at a time is kept alive.
 */
let last = '';
const bytes = new Uint8Array(Math.ceil(LONGEST / WORD) * WORD);
const words = new DataView(bytes.buffer);
/** Bytes that are kept, 0 for none. */
let size = 0;

/** Writes the topic again if it is the one that is kept. @returns whether it did */
export function writeKept(writer: PacketWriter, text: string): boolean {
  if (size === 0 || text !== last) return false;
  writer.room(size);
  const { data, at } = writer;
  // Whole words, into what `room` leaves free.
  for (let index = 0; index < size; index += WORD) data.setUint32(at + index, words.getUint32(index));
  writer.at = at + size;
  return true;
}

/** Notes a valid topic that was written from `start` on. */
export function noteTopic(writer: PacketWriter, text: string, start: number): void {
  if (text !== last) {
    last = text;
    size = 0;
  } else if (writer.at - start <= LONGEST) {
    size = writer.at - start;
    for (let index = 0; index < size; index++) bytes[index] = writer.bytes[start + index];
  }
}
