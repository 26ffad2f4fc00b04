import { describe, expect, it } from 'vitest';
import { visible } from '../../../host/node/visible-text.js';

describe('visible text', () => {
  it.each([
    ['an escape sequence', 'a\u001b[31mb', 'a\\u001b[31mb'],
    ['ends of lines and a tab', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['separators of lines and of paragraphs', 'a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\u0085d'],
    ['a mark that turns the direction of text', 'a\u202eb', 'a\\u202eb'],
    ['half of a pair', 'a\ud800b', 'a\\ud800b'],
    ['a tag beyond the first plane', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ])('shows %s as an escape', (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('leaves letters of any language, and pictures, as they are', () => {
    const text = 'Größe 温度 🌡 "x" \\';
    expect(visible(text)).toBe(text);
  });

  it('ends with … where it was cut', () => {
    expect(visible('abcdef', 3)).toBe('abc…');
    expect(visible('abc', 3)).toBe('abc');
  });
});
