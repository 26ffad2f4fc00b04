// Bundles TypeScript of the tests into programs that run in this process.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { root } from '../../../tools/root.js';

/** Under `vitest` a bundle finds what in-process.ts has put there. `import.meta.url` stays that of the source file. */
const inProcess: Plugin = {
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

/** A TypeScript file and all that it imports from the project, as CommonJS. */
export async function bundle(file: string): Promise<string> {
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
