/**
 * The offset of the first bracket of a JSON text that is deeper than so many levels: parsers recurse. Brackets in strings do not count.
 * In time of the length, whatever the text.
 */
export function bracketBelow(text: string, deepest: number): number | undefined {
  let depth = 0;
  let isString = false;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (character === '"') isString = !isString;
    else if (isString) offset += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > deepest) return offset;
  }
  return undefined;
}
