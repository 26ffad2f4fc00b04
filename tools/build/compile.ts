// Compiles AssemblyScript to a module.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

/** Runs a program of node_modules with Node; rejects when it fails. */
export function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', command), ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} failed with code ${code}`))));
  });
}

/** Kinds of build, as asconfig.json names them. */
export type Target = 'release' | 'debug' | 'simd';

/** All that the modules may use. It keeps the second pass of Binaryen from adding what wasm3 does not know. */
const FEATURES = ['bulk-memory', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int'].map((f) => `--enable-${f}`);

/** A call costs an interpreter about a hundred instructions: functions hardly longer than their call are inlined. */
const SMALL = ['-aimfs=6'];

/**
 * Constants go from additions into the offsets of loads and stores. It asks that no address wraps around to the first 1,024 bytes: those
 * hold data of the module, which is never reached from the end of memory.
 */
const OFFSETS = '--low-memory-unused';

/** The engine of Node does not inline within a module. More than this doubles the size and is no faster. */
const INLINING = ['-aimfs=90', '-fimfs=220', '-ocimfs=4000', '-ifwl'];

/** Where the build of a module goes. */
export const moduleFile = (name: string, target: Target): string =>
  `build/${name}${target === 'release' ? '' : `.${target}`}.wasm`;

/** Compiles one module from its entry. `withNames` adds the names of functions and a source map, outFile.map; the code stays the same. */
export async function compile(entry: string, target: Target, outFile: string, withNames = false): Promise<void> {
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
  if (target === 'debug') return;
  // One more pass gains about 2 % of size, and about 15 % of the time of a small PUBLISH.
  const level = { release: ['-Oz', ...SMALL, '-Oz'], simd: ['-O3', '--enable-simd', ...INLINING] }[target];
  const names = withNames ? ['-g', '-ism', `${outFile}.map`, '-osm', `${outFile}.map`] : [];
  await run('binaryen/bin/wasm-opt', [...level, OFFSETS, ...FEATURES, ...names, outFile, '-o', outFile]);
}
