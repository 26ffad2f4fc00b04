// npm run check: what a contributor runs after each change, in less than two minutes. It builds only when a source has changed. Of the
// host tests it runs those that need nothing beyond Node, and do not start the built command again and again.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';
import { typescriptProgram } from '../run-typescript.js';
import { allNeeds } from './needs.js';
import { heading, Steps } from './steps.js';

const SOURCES = [
  'assembly',
  'host',
  'tools',
  'asconfig.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.types.json',
];
/** Says of which sources the build is. It is gone when somebody removes the build. */
const STAMP = join(root, 'build/sources.sha256');

/** Changes with the names, sizes and times of all sources. */
function sourcesDigest(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(root, source);
    const isFolder = statSync(path).isDirectory();
    const files = isFolder ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [''];
    for (const file of files) {
      const { size, mtimeMs } = statSync(join(path, file));
      hash.update(`${source}/${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function build(steps: Steps): void {
  const digest = sourcesDigest();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) {
    heading('build: no source has changed');
    return;
  }
  if (steps.program('build', typescriptProgram('tools/build/build.ts'))) writeFileSync(STAMP, digest);
}

const steps = new Steps();
build(steps);
steps.lint();
steps.types();
steps.specs();
steps.vitest('vitest: the host tests that need nothing beyond Node', allNeeds, [
  'tests/host',
  '--exclude',
  'tests/host/cli/**',
]);
steps.finish();
