// Builds everything into build/: generated sources, the two WASM modules, the host bundle and its types.
// Usage: node tools/build/build.ts [--debug | --only core]   (--debug also makes build/*.debug.wasm with source maps; --only one module for release)
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import binaryen from 'binaryen';
import { build } from 'esbuild';
import { root } from '../root.js';
import { compile, moduleFile, run } from './compile.js';
import { appendParts } from './parts.js';
import { translate } from './translate.js';

async function make(name, entry, target, abi) {
  const outFile = moduleFile(name, target);
  await compile(entry, target, outFile);
  if (name === 'core' && target === 'release') appendParts(join(root, outFile), abi);
  validate(outFile, target);
}

/** What is released has to be well-typed, and within what wasm3 knows, which does not look. */
function validate(outFile, target) {
  const { Features } = binaryen;
  const { MVP, BulkMemory, BulkMemoryOpt, SignExt, MutableGlobals, NontrappingFPToInt, SIMD128 } = Features;
  const known = MVP | BulkMemory | BulkMemoryOpt | SignExt | MutableGlobals | NontrappingFPToInt;
  const module = binaryen.readBinary(readFileSync(join(root, outFile)));
  module.setFeatures(target === 'simd' ? known | SIMD128 : known);
  const valid = module.validate();
  module.dispose();
  if (!valid) throw new Error(`${outFile} is no valid WebAssembly module for wasm3`);
}

/** The sources of wasm3, so that the package alone is enough for firmware. */
function copyEngine() {
  const [from, to] = ['node_modules/react-native-webassembly/cpp', 'build/wasm3'].map((path) => join(root, path));
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const files = readdirSync(from).filter((name) => /^(m3_(?!api)\w+\.[ch]|wasm3(_defs)?\.h)$/.test(name));
  for (const name of files) copyFileSync(join(from, name), join(to, name));
}

async function bundle() {
  rmSync(join(root, 'build/host'), { recursive: true, force: true });
  const rooms = ['core', 'mqtt-packet', 'microvisor', 'cloud', 'broker', 'pki', 'cli'];
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(rooms.map((room) => [room, `host/${room}/index.ts`])),
    outdir: 'build/host',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
  });
  chmodSync(join(root, 'build/host/cli.js'), 0o755);
}

async function main() {
  const { generate } = await import('../generate/generate.js');
  const abi = generate();
  const { modules } = JSON.parse(readFileSync(join(root, 'asconfig.json'), 'utf8'));
  const only = process.argv.indexOf('--only');
  if (only > 0) return make(process.argv[only + 1], modules[process.argv[only + 1]], 'release', abi);
  const targets = process.argv.includes('--debug') ? ['release', 'debug'] : ['release'];
  await Promise.all([
    ...targets.flatMap((target) => Object.entries(modules).map(([name, entry]) => make(name, entry, target, abi))),
    make('core', modules.core, 'simd'), // for engines that compile: the same source, larger and faster
    bundle(),
    run('typescript/bin/tsc', ['-p', 'tsconfig.types.json']),
  ]);
  copyEngine();
  const untranslated = translate();
  if (untranslated) console.error(`build: ${untranslated}; nothing but the translated core for firmware wants it`);
}

main().catch((error) => {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
});
