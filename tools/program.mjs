// Bundles a TypeScript program of tests/ into build/tests and runs it with the other arguments.
// Usage: node tools/program.mjs tests/exhaustive/main.ts [ARGUMENTS]
import { join, relative } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './root.mjs';

const [file] = process.argv.splice(2, 1);
// As deep as the source lies, so that what it finds beside itself is found from there too.
const outfile = join(root, 'build', relative(root, file).replace(/\.ts$/, '.mjs'));

await build({
  absWorkingDir: root,
  entryPoints: [file],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
