/** What Node has on every Buffer, and its types do not. */
interface Utf8Write {
  utf8Write(text: string, offset: number): number;
}

/** Up to so many characters a loop writes faster than a call. */
const FEW = 40;

/**
 * Writes the UTF-8 of a text, for which there must be room: three bytes for each UTF-16 code unit.
 *
 * @returns the index after it; -1 for a text that holds half of a surrogate pair, of which there is no UTF-8. Unless `strict`,
 * U+FFFD is written in its place.
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
  const written = (target as unknown as Utf8Write).utf8Write(text, start);
  return strict && written !== length && !text.isWellFormed() ? -1 : start + written;
}
