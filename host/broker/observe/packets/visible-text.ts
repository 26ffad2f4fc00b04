/** Escapes of characters that change what a terminal shows: controls, marks of direction, halves of pairs, unassigned ones. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Text of a client, for a line on a terminal or in a log: one line, nothing in it acts, and it is bounded.
 *
 * @param longest UTF-16 units that are shown; then comes `…`
 */
export function visible(text: string, longest: number): string {
  const shown = text.length > longest ? text.slice(0, longest) : text;
  const safe = shown.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
  return shown === text ? safe : `${safe}…`;
}
