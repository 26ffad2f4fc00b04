// Bundles a TypeScript program of tests/ into build/tests and runs it with the other arguments.
// Usage: node tools/test/run-typescript.ts tests/exhaustive/main.ts [ARGUMENTS]
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../root.js';

const [file] = process.argv.splice(2, 1);
const entry = resolve(root, file);
const outfile = join(root, 'build', relative(root, entry).replace(/\.ts$/, '.mjs'));

/** Modules find what lies beside them from where their source is; the entry is the program, which starts its workers from itself. */
const sourceUrls = {
  name: 'source-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path === entry) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [sourceUrls],
});
await import(pathToFileURL(outfile).href);
