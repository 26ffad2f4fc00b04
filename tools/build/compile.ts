// Compiles AssemblyScript to a module.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

/** Runs a command of node_modules/.bin and rejects when it fails. */
export function run(command, args) {
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

/** Where a module of this target is made. */
export const moduleFile = (name, target) => `build/${name}${target === 'release' ? '' : `.${target}`}.wasm`;

/**
 * Compiles one module from its entry. `withNames` adds the names of functions and a source map, outFile.map, and leaves the code
 * as it is.
 */
export async function compile(entry, target, outFile, withNames = false) {
  await run('assemblyscript/bin/asc.js', [
    entry,
    '--config',
    'asconfig.json',
    '--target',
    target,
    '--outFile',
    outFile,
    ...(withNames ? ['--debug', '--sourceMap'] : []),
  ]);
  // One more pass finds what the compiler's own leaves: some 2 % of size, some 15 % of the time of a small PUBLISH.
  const level = { release: ['-Oz', ...SMALL], simd: ['-O3', '--enable-simd', ...INLINING] }[target];
  const names = withNames ? ['-g', '-ism', `${outFile}.map`, '-osm', `${outFile}.map`] : [];
  if (level) await run('binaryen/bin/wasm-opt', [...level, ...FEATURES, ...names, outFile, '-o', outFile]);
}
