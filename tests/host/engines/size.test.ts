import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { EngineFolder, root } from './engine-folder.js';

const folder = new EngineFolder();
afterAll(() => folder.remove());

const zipped = (bytes: Uint8Array) => gzipSync(bytes, { level: 9 }).length;

/** All that an import exports, as a page loads it: in one minified file. */
async function bundled(name: string): Promise<Uint8Array> {
  const entry = folder.write(`all-${name.replace('/', '-')}.js`, `export * from '${name}';\n`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    logLevel: 'error',
  });
  return outputFiles[0].contents;
}

it('core and face take at most 40 KB of a page, compressed', async () => {
  const core = readFileSync(join(root, 'build/core.wasm'));
  expect(zipped(await bundled('wasmqtt')) + zipped(core)).toBeLessThanOrEqual(40 * 1024);
});

it('a page loads no names of the fields of records', async () => {
  expect(Buffer.from(await bundled('wasmqtt')).includes('unknownCriticalOidLength')).toBe(false);
});
