// How generated C is written: lines of a width, comments, static assertions.

/** A line is at most this long. */
export const WIDTH = 116;

/** The words in lines of at most WIDTH columns, each behind the prefix. */
export function wrap(words: readonly string[], prefix: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line && prefix.length + line.length + 1 + word.length > WIDTH) {
      lines.push(prefix + line);
      line = '';
    }
    line += line ? ` ${word}` : word;
  }
  return [...lines, prefix + line];
}

/** A doc comment of some paragraphs. */
export function comment(paragraphs: readonly string[], indent = ''): string[] {
  const [only] = paragraphs;
  if (paragraphs.length === 1 && indent.length + only.length + 7 <= WIDTH) return [`${indent}/** ${only} */`];
  return [`${indent}/**`, ...paragraphs.flatMap((text) => wrap(text.split(' '), `${indent} * `)), `${indent} */`];
}

/** A prototype with its parameters in lines of at most WIDTH columns. */
export function prototype(head: string, parameters: readonly string[]): string[] {
  const list = parameters.length > 0 ? parameters : ['void'];
  const [first, ...rest] = wrap(
    list.map((item, index) => (index < list.length - 1 ? `${item},` : `${item});`)),
    '    ',
  );
  const line = `${head}(${first.trimStart()}`;
  return line.length <= WIDTH ? [line, ...rest] : [`${head}(`, first, ...rest];
}

/** For generated headers: each may be included alone. */
export const STATIC_ASSERT = `#ifndef WQ_STATIC_ASSERT
#if defined(__cplusplus) && __cplusplus >= 201103L
#define WQ_STATIC_ASSERT(condition, name) static_assert(condition, #name)
#elif !defined(__cplusplus) && defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define WQ_STATIC_ASSERT(condition, name) _Static_assert(condition, #name)
#else
#define WQ_STATIC_ASSERT(condition, name) typedef char wq_assert_##name[(condition) ? 1 : -1]
#endif
#endif
`;
