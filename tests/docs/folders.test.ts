import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles } from './documents.js';

const SOURCE = /\.(ts|mts|cts|cjs|mjs|js|c|h)$/;

/** Whether a README of a folder above names this one, as `name/` alone or behind its path. */
function isNamedAbove(folder: string, files: readonly string[]): boolean {
  for (let above = dirname(folder); above !== '.'; above = dirname(above)) {
    const readme = `${above}/README.md`;
    if (!files.includes(readme)) continue;
    const path = posix.relative(above, folder);
    const name = new RegExp(`(^|[\\s\`(/])(${path}|${posix.basename(folder)})/`, 'm');
    if (name.test(readFileSync(readme, 'utf8'))) return true;
  }
  return false;
}

describe('folders with sources', () => {
  it('each have a README, or are described by their name in one above', () => {
    const files = ['assembly', 'host', 'tests', 'tools'].flatMap((folder) => projectFiles(folder));
    const folders = new Set(files.filter((file) => SOURCE.test(file)).map((file) => dirname(file)));
    const unknown = [...folders].filter(
      (folder) => !files.includes(`${folder}/README.md`) && !isNamedAbove(folder, files),
    );
    expect(unknown.sort()).toEqual([]);
  });
});
