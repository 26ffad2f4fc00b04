import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blockIn, isCurrent, withBlock } from '../../tools/tables/blocks.js';
import { generated } from '../../tools/tables/generated.js';
import { TRAP_TABLES } from '../../tools/tables/traps.js';

describe('generated parts of the documents', () => {
  it.each(generated().map((block) => [block.name, block.file, block] as const))(
    '%s in %s is what npm run docs would write',
    (_name, _file, block) => {
      expect(blockIn(readFileSync(block.file, 'utf8'), block.name), 'run npm run docs').toBe(block.make());
      expect(isCurrent(block)).toBe(true);
    },
  );

  it('are found between their markers alone', () => {
    const document = 'one\n<!-- table -->\nold\n<!-- /table -->\ntwo\n';
    expect(blockIn(document, 'table')).toBe('old');
    expect(withBlock(document, 'table', 'new')).toBe('one\n<!-- table -->\nnew\n<!-- /table -->\ntwo\n');
    expect(() => withBlock('one\n', 'table', 'new')).toThrow('has no lines "<!-- table -->" and "<!-- /table -->"');
    expect(() => withBlock(document + document, 'table', 'new')).toThrow('has the line "<!-- table -->" twice');
  });

  it('that are out of date are seen', () => {
    const [{ name, file }] = generated(['sizes']);
    expect(isCurrent({ name, file, make: () => 'another text' })).toBe(false);
  });

  it.each(Object.entries(TRAP_TABLES))(
    '%s, a table of traps, is written by the test that npm run docs runs: %s',
    (name, file) => {
      expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`expectTrapTable\\(\\s*'${name}',`));
    },
  );
});
