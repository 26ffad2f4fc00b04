import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The tree of wasm3 that is compiled. */
export const WASM3 = process.env.WASM3_SOURCE ?? 'node_modules/react-native-webassembly/cpp';

/** A machine, and how programs are made for it and started on it. */
export interface Machine {
  compiler: string;
  /** For every source. */
  options: string[];
  /** For a whole program: sources and options of the linker. */
  link: string[];
  start(program: string, words: string[], emulator?: string[]): [string, ...string[]];
}

export const here: Machine = {
  compiler: 'gcc',
  options: [],
  link: [],
  start: (program, words) => [program, ...words],
};

/** An emulated Cortex-M33; what it prints, and its files, are those of this machine. */
export const target: Machine = {
  compiler: 'arm-none-eabi-gcc',
  options: ['-mcpu=cortex-m33', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv5-sp-d16', '-ffunction-sections'],
  link: [
    'host/wasm3/musca-b1/start.c',
    ...['-nostartfiles', '--specs=rdimon.specs', '-T', 'host/wasm3/musca-b1/musca-b1.ld'],
    ...['-Wl,--gc-sections', '-Wl,--no-warn-rwx-segments', '-Wl,--no-warnings'],
  ],
  start(program, words, emulator = []) {
    const semihosting = ['enable=on', 'target=native', ...['fw', ...words].map((word) => `arg=${word}`)].join(',');
    const quiet = ['-nographic', '-monitor', 'none', '-serial', 'none'];
    const board = ['qemu-system-arm', '-M', 'musca-b1', ...quiet, ...emulator];
    // A lock-up would never end by itself.
    return ['timeout', '60', ...board, '-kernel', program, '-semihosting-config', semihosting];
  },
};

/** Starts a program and gives what it prints, or the signal that ended it. */
export function run(machine: Machine, program: string, words: string[], emulator?: string[]): string {
  const [command, ...rest] = machine.start(program, words, emulator);
  const { stdout, stderr, signal } = spawnSync(command, rest, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return signal ?? `${stdout}${stderr}`.trim();
}

/** Strict for our own sources; those of others are compiled as they are. */
export const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
export const OURS = ['-Ibuild', '-Ihost/wasm3', '-Itests/firmware'];
/** heap.c in the place of the C library's. */
export const HEAP = '-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free';

export function compile({ compiler, options }: Machine, ...words: string[]): void {
  execFileSync(compiler, [...options, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Compiles one source of ours; gives the object. */
export function object(machine: Machine, folder: string, source: string, ...words: string[]): string {
  const file = join(folder, `${basename(source, '.c')}.o`);
  compile(machine, ...STRICT, ...OURS, ...words, '-c', source, '-o', file);
  return file;
}

/** wasm3 compiled for a machine: an object that all test files share, kept by what it is made of. */
export function interpreter(machine: Machine, level = '-Os'): string {
  const words = [level, '-w', '-Ihost/wasm3', `-I${WASM3}`, '-c', 'host/wasm3/wq_engine.c'];
  const hash = createHash('sha256').update(JSON.stringify([machine.compiler, machine.options, words]));
  const sources = readdirSync(WASM3).filter((name) => name.startsWith('m3_'));
  for (const name of sources) hash.update(readFileSync(join(WASM3, name)));
  for (const name of ['wq_engine.c', 'wq_m3_config.h']) hash.update(readFileSync(join('host/wasm3', name)));
  const object = `build/tests/wasm3-${hash.digest('hex').slice(0, 16)}.o`;
  if (existsSync(object)) return object;
  mkdirSync('build/tests', { recursive: true });
  compile(machine, ...words, '-o', `${object}.${process.pid}`);
  renameSync(`${object}.${process.pid}`, object);
  return object;
}

/** The core in wasm3, as objects in this folder: interpreter and binding. */
export function interpreted(machine: Machine, folder: string): { engine: string; binding: string[] } {
  const engine = interpreter(machine);
  const sources = ['wq_wasm3.c', 'wq_module.c', 'wq_core.c'];
  const binding = sources.map((name) => object(machine, folder, `host/wasm3/${name}`, '-Os', '-isystem', WASM3));
  return { engine, binding };
}

/** The core as C of wasm2c, as objects in this folder: what wasm2c makes of it, and binding. */
export function translated(machine: Machine, folder: string, level: string): { engine: string; binding: string[] } {
  const engine = join(folder, 'core.o');
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
  const options = [level, ...AOT, `-I${folder}`];
  compile(machine, '-w', '-DNDEBUG', ...options, '-c', join(folder, 'core.c'), '-o', engine);
  const binding = ['aot/wq_aot.c', 'wq_core.c'].map((name) =>
    object(machine, folder, `host/wasm3/${name}`, ...options),
  );
  return { engine, binding };
}

/** For every source of a program with the translated core. */
export const AOT = ['-DWQ_AOT', '-Ihost/wasm3/aot'];

/** Compiles and links a program of sources, objects and options. */
export function link(machine: Machine, program: string, ...words: string[]): void {
  compile(machine, ...STRICT, ...OURS, ...words, ...machine.link, '-o', program);
}
