import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../host/node/json-depth.js';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('a text of somebody else', () => {
  it('is read as JSON, whatever brackets its strings have', () => {
    const value = { a: [['\\"[['], `{${nested(40)}`] };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    expect(parseJson(nested(32))).toEqual(JSON.parse(nested(32)));
  });

  it.each([
    ['that is closed', nested(33)],
    ['that is not', '[{"a":'.repeat(1_000_000)],
  ])('is not read below a depth %s', (_what, text) => {
    expect(() => parseJson(text)).toThrow('it is nested deeper than 32 levels, at offset');
  });
});
