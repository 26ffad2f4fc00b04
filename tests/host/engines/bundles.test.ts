import { renameSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import { Child } from '../../interop/child.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { bundlers } from './bundlers.js';
import { EngineFolder, expected } from './engine-folder.js';

const folder = new EngineFolder();
const { folder: elsewhere, remove } = temporaryFolder();
afterAll(() => {
  folder.remove();
  remove();
});

const FORMATS = { 'an ES module': ['esm', 'mjs'], CommonJS: ['cjs', 'cjs'] } as const;

describe.each(Object.entries(bundlers))('a bundle for Node by %s, moved to another folder', (name, bundle) => {
  it.each(Object.entries(FORMATS))('runs as %s', async (_, [format, ending]) => {
    const built = folder.path(`${name}-${format}`);
    await bundle(folder.main('wasmqtt'), join(built, `main.${ending}`), { platform: 'node', format });
    const moved = join(elsewhere, `${name}-${format}`);
    renameSync(built, moved);
    const { code, stdout, stderr } = await new Child(process.execPath, [join(moved, `main.${ending}`)], {
      cwd: elsewhere,
    }).ended;
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: `${expected}\n` });
  });
});
