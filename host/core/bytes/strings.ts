import { slices } from './slices.js';
import { allocate, asView } from './views.js';

const encoder = new TextEncoder();

/** Up to this many characters, a loop writes faster than a call. */
const FEW = 40;

/**
 * Writes a text as UTF-8. There must be room for three bytes for each UTF-16 code unit.
 *
 * @param strict whether half of a surrogate pair, for which there is no UTF-8, is refused; otherwise U+FFFD is written for it
 * @returns the index after the text; -1 for a refused one
 */
export function putText(target: Uint8Array, start: number, text: string, strict: boolean): number {
  const { length } = text;
  if (length <= FEW) {
    let index = 0;
    for (; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) break;
      target[start + index] = code;
    }
    if (index === length) return start + length;
  }
  return putLongText(target, start, text, strict);
}

/** As putText, by one call of the engine: for a text that is long or not ASCII. */
export function putLongText(target: Uint8Array, start: number, text: string, strict: boolean): number {
  const { length } = text;
  const written = slices.utf8Write.call(target, text, start, target.length - start);
  return strict && written !== length && !text.isWellFormed() ? -1 : start + written;
}

/** The text of bytes that are ASCII. */
export function asciiText(source: Uint8Array, start: number, end: number): string {
  return slices.latin1Slice.call(source, start, end);
}

/** The text of bytes that are UTF-16, little endian. */
export function utf16Text(source: Uint8Array, start: number, end: number): string {
  return slices.ucs2Slice.call(source, start, end);
}

/** Writes a text whose characters are all below U+0100, one byte for each. */
export function writeLatin1(target: Uint8Array, text: string, start: number): void {
  slices.latin1Write.call(target, text, start, text.length);
}

/** The text whose characters are the bytes (ISO 8859-1). */
export function latin1Text(source: Uint8Array): string {
  return slices.latin1Slice.call(source, 0, source.length);
}

/** The bytes of hex digits, of which there must be an even number. */
export function hexBytes(digits: string): Buffer {
  const bytes = allocate(digits.length >> 1);
  slices.hexWrite.call(bytes, digits, 0, bytes.length);
  return bytes;
}

/** The bytes in base64 (RFC 4648 4). */
export function base64Text(source: Uint8Array): string {
  return slices.base64Slice.call(source, 0, source.length);
}

/** The bytes as lower-case hex digits. */
export function hexText(source: Uint8Array): string {
  return slices.hexSlice.call(source, 0, source.length);
}

/** A text as UTF-8; U+FFFD for half of a surrogate pair. */
export function utf8Bytes(text: string): Buffer {
  return asView(encoder.encode(text));
}

/** The text of UTF-8 that was checked. */
export function utf8Text(source: Uint8Array, start = 0, end = source.length): string {
  return slices.utf8Slice.call(source, start, end);
}
