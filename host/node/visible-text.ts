/** What a terminal may act on or not show: controls, marks of direction, halves of pairs, separators of lines, unassigned ones. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Text from elsewhere, for a line on a terminal or in a log: it stays one line, and nothing in it acts.
 *
 * @param longest UTF-16 units that are shown; then comes `…`. Default: all
 */
export function visible(text: string, longest = text.length): string {
  const shown = text.length > longest ? text.slice(0, longest) : text;
  const safe = shown.replace(INVISIBLE, (character) => SHORT[character] ?? escaped(character.codePointAt(0)!));
  return shown === text ? safe : `${safe}…`;
}

function escaped(codePoint: number): string {
  const code = codePoint.toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
