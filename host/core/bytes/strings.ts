/** Methods that every Buffer of Node has and its types lack. */
export interface Slices {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
  hexSlice(start: number, end: number): string;
  latin1Write(text: string, start: number, length: number): number;
  utf8Write(text: string, offset: number): number;
}

/** Up to this many characters, a loop writes faster than a call. */
const FEW = 40;

/**
 * Writes a text as UTF-8. There must be room for three bytes for each UTF-16 code unit.
 *
 * @param strict whether half of a surrogate pair, for which there is no UTF-8, is refused; otherwise U+FFFD is written for it
 * @returns the index after the text; -1 for a refused one
 */
export function putText(target: Buffer, start: number, text: string, strict: boolean): number {
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
  const written = (target as unknown as Slices).utf8Write(text, start);
  return strict && written !== length && !text.isWellFormed() ? -1 : start + written;
}

/** The text of bytes that are ASCII. */
export function asciiText(source: Buffer, start: number, end: number): string {
  return (source as unknown as Slices).latin1Slice(start, end);
}

/** The text of bytes that are UTF-16, little endian. */
export function utf16Text(source: Buffer, start: number, end: number): string {
  return (source as unknown as Slices).ucs2Slice(start, end);
}

/** Writes a text whose characters are all below U+0100, one byte for each. */
export function writeLatin1(target: Buffer, text: string, start: number): void {
  (target as unknown as Slices).latin1Write(text, start, text.length);
}

/** The bytes as lower-case hex digits. */
export function hexText(source: Uint8Array): string {
  return (Buffer.prototype as unknown as Slices).hexSlice.call(source, 0, source.length);
}
