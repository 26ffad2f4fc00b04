// TypeScript of the tests as a program that runs in this process.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../../../tools/root.js';

/** `vitest` is what in-process.ts has put there; a file knows where it lies in the sources. */
const inProcess = {
  name: 'in-process',
  setup(plugin) {
    plugin.onResolve({ filter: /^vitest$/ }, () => ({ path: 'vitest', namespace: 'in-process' }));
    plugin.onLoad({ filter: /.*/, namespace: 'in-process' }, () => ({
      contents: 'module.exports = globalThis.inProcess;',
    }));
    plugin.onLoad({ filter: /\/(host|tests|build)\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

/** A file of TypeScript with all that it imports of the project, as CommonJS. */
export async function bundle(file) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    plugins: [inProcess],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}
