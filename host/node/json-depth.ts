/** Levels that no message between programs has. */
const DEEPEST = 32;

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

/**
 * A text of somebody else as JSON, in time and memory of its length: V8 takes a hundred bytes and more for each bracket that is open.
 *
 * @param deepest levels that are read
 * @throws SyntaxError for what is no JSON, or deeper
 */
export function parseJson(text: string, deepest = DEEPEST): unknown {
  const deep = bracketBelow(text, deepest);
  if (deep !== undefined) throw new SyntaxError(`it is nested deeper than ${deepest} levels, at offset ${deep}`);
  return JSON.parse(text);
}
