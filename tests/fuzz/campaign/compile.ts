// Makes the program of a target: the core as wasm2c translates it, with loops counted and edges recorded, linked with the target.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { root } from '../../../tools/root.js';
import { harness, here, work } from './folders.js';
import { type TargetName, targets } from './targets.js';

const COMPILER = 'clang-14';
const COVERAGE = '-fsanitize-coverage=inline-8bit-counters,pc-table';
const COMMON = ['-O2', '-DWQ_AOT', '-DNDEBUG', `-I${harness}`];
/** Of sources that are tried beside the core. */
const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
const BINDING = ['wq_core.c', 'wq_text.c', 'aot/wq_aot.c'].map((file) => join(root, 'host/wasm3', file));

function run(command: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw new Error(`${command}: ${error.message}; npm run setup installs what is missing`);
  if (status !== 0) throw new Error(`${command} ended with code ${status}\n${stderr}`);
}

/** A few characters that change with the content of these files. */
function digest(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.[ch]$/.test(file))
    .sort()
    .map((file) => join(folder, file));
}

/** Every loop of the translation begins with a label of its own: a call there counts its turns. */
function countLoops(source: string): string {
  const label = /^(\s*w2c_L\d+: )$/gm;
  if (!label.test(source)) throw new Error('wasm2c did not write a loop the way wabt 1.0.32 does');
  return source.replace(label, '$1FUZZ_STEP();');
}

/** Makes a file or folder under another name until it is whole, so that two processes that make the same do not disturb each other. */
function make(path: string, write: (unfinished: string) => void): void {
  if (existsSync(path)) return;
  const unfinished = `${path}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  write(unfinished);
  if (existsSync(path)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, path);
}

/** Translates the core to core.o and core.h, in a folder of its own for each core, and returns the folder. */
function translate(core: string, binding: readonly string[], place: string): string {
  mkdirSync(place, { recursive: true });
  const folder = join(place, digest([core, join(harness, 'steps.h'), ...binding]));
  make(folder, (to) => {
    mkdirSync(to);
    const [source, counted] = ['core.c', 'counted.c'].map((file) => join(to, file));
    run('wasm2c', [core, '-n', 'core', '-o', source]);
    writeFileSync(counted, countLoops(readFileSync(source, 'utf8')));
    const include = ['-include', join(harness, 'steps.h'), `-I${join(root, 'host/wasm3/aot')}`, `-I${to}`];
    run(COMPILER, [...COMMON, '-w', COVERAGE, ...include, '-c', counted, '-o', join(to, 'core.o')]);
  });
  return folder;
}

/**
 * Compiles the program that fuzzes a target, and returns its path.
 *
 * @param core the module, of the ABI that build/wasmqtt.h describes
 * @param place a folder for what is made; what is there already is not made again
 * @param tree where the sources are that it tries beside the core
 */
export function compile(
  name: TargetName,
  core = join(root, 'build/core.wasm'),
  place = join(work, 'bin'),
  tree = root,
): string {
  const { sources, product, memory, longest } = targets[name];
  const beside = product ? sourcesIn(join(tree, product)) : [];
  const headers = [join(root, 'build/wasmqtt.h'), ...sourcesIn(join(root, 'host/wasm3/aot')), ...BINDING];
  const folder = translate(core, headers, place);
  const include = ['build', 'host/wasm3', 'host/wasm3/aot'].map((path) => `-I${join(root, path)}`);
  if (product) include.push(`-I${join(tree, product)}`);
  // Only what is tried is compiled with the sanitizer: edges of the other files must not be recorded.
  const object = (source: string, file: string, ...options: string[]): string => {
    make(file, (to) =>
      run(COMPILER, [...COMMON, ...STRICT, ...include, `-I${folder}`, ...options, '-c', source, '-o', to]),
    );
    return file;
  };
  const binding = BINDING.map((source) => object(source, join(folder, `${basename(source)}.o`)));
  const own = [join(harness, 'rig.c'), join(here, `targets/${name}.c`), ...sources.map((file) => join(harness, file))];
  const program = join(
    folder,
    `${name}-${digest([join(here, 'campaign/targets.ts'), ...sourcesIn(harness), ...own, ...beside])}`,
  );
  make(program, (to) => {
    const sizes = [`-DFUZZ_MEMORY=${memory}u`, `-DFUZZ_INPUT=${longest}u`];
    const objects = own.map((source, i) => object(source, `${to}.${i}.o`, ...sizes));
    const tried = beside.filter((file) => file.endsWith('.c'));
    for (const file of tried) objects.push(object(file, `${to}.${basename(file)}.o`, COVERAGE, ...SANITIZERS));
    const sanitizers = ['-fsanitize=fuzzer', ...(product ? SANITIZERS : [])];
    run(COMPILER, [...sanitizers, ...binding, ...objects, join(folder, 'core.o'), '-o', to]);
    for (const file of objects) rmSync(file);
  });
  return program;
}
