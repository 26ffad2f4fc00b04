import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The sources of wasm3. */
export const WASM3 = process.env.WASM3_SOURCE ?? 'node_modules/react-native-webassembly/cpp';

/** A machine: how programs are compiled for it and started on it. */
export interface Machine {
  compiler: string;
  /** Options for every source. */
  options: string[];
  /** Sources and linker options for a whole program. */
  link: string[];
  start(program: string, words: string[], emulator?: string[]): [string, ...string[]];
}

export const here: Machine = {
  compiler: 'gcc',
  options: [],
  link: [],
  start: (program, words) => [program, ...words],
};

/** An emulated Cortex-M33, which prints and uses files on this machine. */
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
    // A firmware that hangs would never end.
    return ['timeout', '60', ...board, '-kernel', program, '-semihosting-config', semihosting];
  },
};

/** Runs a program. Returns what it prints, or the signal that ended it. */
export function run(machine: Machine, program: string, words: string[], emulator?: string[]): string {
  const [command, ...rest] = machine.start(program, words, emulator);
  const { stdout, stderr, signal } = spawnSync(command, rest, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return signal ?? `${stdout}${stderr}`.trim();
}

/** Strict options, for our own sources. */
export const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
export const OURS = ['-Ibuild', '-Ihost/wasm3', '-Itests/firmware'];
/** Links heap.c in place of the C library's heap. */
export const HEAP = '-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free';

export function compile({ compiler, options }: Machine, ...words: string[]): void {
  execFileSync(compiler, [...options, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Compiles one of our sources. Returns the object. */
export function object(machine: Machine, folder: string, source: string, ...words: string[]): string {
  const file = join(folder, `${basename(source, '.c')}.o`);
  compile(machine, ...STRICT, ...OURS, ...words, '-c', source, '-o', file);
  return file;
}

/** wasm3 compiled for a machine: an object that all test files share, named by a hash of what it is made of. */
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

/** The core in wasm3, as objects: interpreter and binding. */
export function interpreted(machine: Machine, folder: string): { engine: string; binding: string[] } {
  const engine = interpreter(machine);
  const sources = ['wq_wasm3.c', 'wq_module.c', 'wq_core.c'];
  const binding = sources.map((name) => object(machine, folder, `host/wasm3/${name}`, '-Os', '-isystem', WASM3));
  return { engine, binding };
}

/** The core as C of wasm2c, as objects: the translated module and binding. */
export function translated(
  machine: Machine,
  folder: string,
  level: string,
  bounds: string[] = [],
): { engine: string; binding: string[] } {
  const engine = join(folder, 'core.o');
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
  const options = [level, ...AOT, ...bounds, `-I${folder}`];
  compile(machine, '-w', '-DNDEBUG', ...options, '-c', join(folder, 'core.c'), '-o', engine);
  const binding = ['aot/wq_aot.c', 'wq_core.c'].map((name) =>
    object(machine, folder, `host/wasm3/${name}`, ...options),
  );
  return { engine, binding };
}

/** Options for every source of a program with the translated core. */
export const AOT = ['-DWQ_AOT', '-Ihost/wasm3/aot'];

/** Options for every source of one whose addresses are cut to a memory of so many bytes, a power of two. */
export const maskedTo = (bytes: number): string[] => [`-DWQ_AOT_MASK=${bytes}`];

/** Compiles and links a program of sources, objects and options. */
export function link(machine: Machine, program: string, ...words: string[]): void {
  compile(machine, ...STRICT, ...OURS, ...words, ...machine.link, '-o', program);
}
