import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles } from './documents.js';

const SOURCE = /\.(ts|mts|cts|cjs|mjs|js|c|h)$/;

/** Folders that hold what one test or program of the folder above needs, and are described there. */
const PARTS = /\/(programs|fixtures|cases|example|aot|musca-b1)$/;

describe('folders with sources', () => {
  it('each have a README', () => {
    const files = ['assembly', 'host', 'tests', 'tools'].flatMap((folder) => projectFiles(folder));
    const folders = new Set(files.filter((file) => SOURCE.test(file)).map((file) => dirname(file)));
    const without = [...folders].filter((folder) => !PARTS.test(folder) && !files.includes(`${folder}/README.md`));
    expect(without.sort()).toEqual([]);
  });
});
