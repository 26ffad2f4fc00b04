import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents } from './documents.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Scripts that npm runs by itself. */
const HOOKS = ['prepare', 'prepack'];

describe('scripts of package.json', () => {
  it('are those that documents name as "npm run"', () => {
    const unknown = documents
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/npm run ([\w:-]+)/g)]
          .filter(([, name]) => !(name in scripts))
          .map(([, name]) => `${path}: ${name}`),
      );
    expect(unknown).toEqual([]);
  });

  it('are all in the table of CONTRIBUTING.md', () => {
    const { text } = documents.find(({ path }) => path === 'CONTRIBUTING.md')!;
    const cells = [...text.matchAll(/^\|([^|]*`npm [^|]*)\|/gm)].map(([, cell]) => cell);
    const listed = cells.flatMap((cell) => [...cell.matchAll(/`npm (?:run )?([\w:-]+)`/g)].map(([, name]) => name));
    expect(listed.sort()).toEqual(
      Object.keys(scripts)
        .filter((name) => !HOOKS.includes(name))
        .sort(),
    );
  });
});
