import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stalePages } from '../../tools/tables/api/declarations.js';
import { entryPoints } from '../../tools/tables/api/entry-points.js';
import { namesOf, withoutExample } from '../../tools/tables/api/examples.js';
import { ApiExamples, examplesOf, LIMIT } from './api-examples.js';

const pages = entryPoints().map(({ page }) => page);
const pageOf = (page: string) => readFileSync(`docs/api/${page}.md`, 'utf8');

describe('the API reference', () => {
  it('was made of the declarations of today', () => {
    expect(stalePages(), 'run npm run build and npm run docs -- --only api').toEqual([]);
  });

  it.each(pages)('shows each name of %s in an example', (page) => {
    expect(withoutExample(pageOf(page))).toEqual([]);
  });

  it('says for how many names of a module there is no example', () => {
    const index = pageOf('README');
    for (const page of pages) {
      const text = pageOf(page);
      expect(index).toContain(`](${page}.md) | ${namesOf(text).length} | ${withoutExample(text).length} |`);
    }
  });

  it('has examples that compile, run, and yield what they say', async () => {
    using examples = new ApiExamples(examplesOf(pages));
    expect(examples.names.length).toBeGreaterThan(40);
    expect(await Promise.all([examples.compile(), examples.run()])).toEqual(['', '']);
  });
});

describe('an example of the API reference', () => {
  const page =
    '## Functions\n\n### a()\n\n```ts\na(): B;\n```\n\n#### Example\n\n```ts\na(); // => 1\n```\n\n### B\n\n### C\n';

  it('is found below its name, and shows the names that it uses', () => {
    expect(namesOf(page).map(({ name, examples }) => [name, examples])).toEqual([
      ['a', ['a(); // => 1\n']],
      ['B', []],
      ['C', []],
    ]);
    expect(withoutExample(page.replace('a();', 'a(C);'))).toEqual(['B']);
  });

  it.each([
    ['that does not end', 'setInterval(() => {}, 1000);\nawait new Promise(() => {});\n', 0, 'does not go on'],
    ['that waits for nothing', 'await new Promise(() => {});\n', LIMIT, 'exit code 13'],
  ])('%s is named, with the line behind which it stands', async (_about, code, limit, why) => {
    using examples = new ApiExamples([{ name: 'endless', code: `1 + 1; // => 2\n${code}` }]);
    const place = './endless.mjs, behind its line 1';
    const said = await examples.run((at) => (at === place ? limit : LIMIT));
    expect(said).toContain(`at ${place}: `);
    expect(said).toContain(why);
  });

  it('fails when a value that it shows is another one, or is not reached', async () => {
    using examples = new ApiExamples([
      { name: 'wrong', code: '1 + 1; // => 3\n' },
      { name: 'passed-by', code: 'if (1 > 2) {\n  1 + 1; // => 2\n}\n' },
    ]);
    expect(await examples.run()).toMatch(/wrong.*: line 1: it is 2, not 3\n.*passed-by.*: line 2 is not run\n/);
  });
});
