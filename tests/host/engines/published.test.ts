import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Child } from '../../interop/child.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { root } from './engine-folder.js';

const { folder, remove } = temporaryFolder();
afterAll(remove);
let tarball: string;

/** Runs a program of Node and expects that it has no objection. Returns what it prints. */
async function passes(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Child(process.execPath, words, { cwd: root }).ended;
  expect({ code, output: stdout + stderr }).toMatchObject({ code: 0 });
  return stdout.trim();
}

const script = (name: string) => join(root, 'node_modules', name);

beforeAll(async () => {
  // The npm that runs this. The one on the PATH may be an old one that a package of the tests brings.
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const words = [...npm.slice(1), 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const { code, stdout, stderr } = await new Child(npm[0], words, { cwd: root }).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  tarball = join(folder, stdout.trim());
});

it('publint finds nothing to improve in the packed package', async () => {
  expect(await passes(script('publint/src/cli.js'), tarball, '--strict')).toContain('All good!');
});

it('the types of the packed package belong to its code, for ES modules and bundlers', async () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const untyped = Object.keys(exports).filter((name) => /\.(h|wasm)$/.test(name));
  // It would ask the registry for types by others.
  const offline = '--no-definitely-typed';
  const words = [tarball, offline, '--profile', 'esm-only', '--exclude-entrypoints', ...untyped];
  const printed = await passes(script('@arethetypeswrong/cli/dist/index.js'), ...words, '--format', 'json');
  expect(Object.keys(JSON.parse(printed).analysis.entrypoints)).toContain('./mqtt-packet');
});
