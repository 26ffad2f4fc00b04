import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stalePages } from '../../tools/tables/api/declarations.js';
import { entryPoints } from '../../tools/tables/api/entry-points.js';
import { namesOf, withoutExample } from '../../tools/tables/api/examples.js';
import { ApiExamples } from './api-examples.js';

/** The modules all of whose names have examples. */
const COMPLETE = ['wasmqtt', 'mqtt-packet', 'microvisor', 'cloud', 'pki'];
const pages = entryPoints().map(({ page }) => page);
const pageOf = (page: string) => readFileSync(`docs/api/${page}.md`, 'utf8');

describe('the API reference', () => {
  it('was made of the declarations of today', () => {
    expect(stalePages(), 'run npm run build and npm run docs -- --only api').toEqual([]);
  });

  it.each(COMPLETE)('shows each name of %s in an example', (page) => {
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
    using examples = new ApiExamples(pages);
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
});
