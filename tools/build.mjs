// Builds everything into build/: generated sources, the two WASM modules, the host bundle and its types.
// Usage: node tools/build.mjs [--debug | --only core]   (--debug also makes build/*.debug.wasm with source maps; --only one module for release)
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import binaryen from 'binaryen';
import { build } from 'esbuild';
import { appendParts } from './parts.mjs';
import { root } from './root.mjs';
import { translate } from './translate.mjs';

/** Runs a command of node_modules/.bin and rejects when it fails. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', command), ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} failed with code ${code}`))));
  });
}

/** What the modules may use, so that a second pass of Binaryen adds nothing that wasm3 does not know. */
const FEATURES = ['bulk-memory', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int'].map((f) => `--enable-${f}`);

/** A call costs an interpreter some hundred instructions: what is hardly longer than its call stands in its place. */
const SMALL = ['-aimfs=6'];

/** The engine of Node inlines nothing in a module; more than this makes it twice as large and no faster. */
const INLINING = ['-aimfs=90', '-fimfs=220', '-ocimfs=4000', '-ifwl'];

async function compile(name, entry, target, abi) {
  const outFile = `build/${name}${target === 'release' ? '' : `.${target}`}.wasm`;
  await run('assemblyscript/bin/asc.js', [
    entry,
    '--config',
    'asconfig.json',
    '--target',
    target,
    '--outFile',
    outFile,
  ]);
  // One more pass finds what the compiler's own leaves: some 2 % of size, some 15 % of the time of a small PUBLISH.
  const level = { release: ['-Oz', ...SMALL], simd: ['-O3', '--enable-simd', ...INLINING] }[target];
  if (level) await run('binaryen/bin/wasm-opt', [...level, ...FEATURES, outFile, '-o', outFile]);
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
  const { generate } = await import('./generate.mjs');
  const abi = generate();
  const { modules } = JSON.parse(readFileSync(join(root, 'asconfig.json'), 'utf8'));
  const only = process.argv.indexOf('--only');
  if (only > 0) return compile(process.argv[only + 1], modules[process.argv[only + 1]], 'release', abi);
  const targets = process.argv.includes('--debug') ? ['release', 'debug'] : ['release'];
  await Promise.all([
    ...targets.flatMap((target) => Object.entries(modules).map(([name, entry]) => compile(name, entry, target, abi))),
    compile('core', modules.core, 'simd'), // for engines that compile: the same source, larger and faster
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
