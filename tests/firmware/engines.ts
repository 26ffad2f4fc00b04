import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { MEMORY } from './steps.js';

/** The tree of wasm3 that is compiled. */
export const WASM3 = process.env.WASM3_SOURCE ?? 'node_modules/react-native-webassembly/cpp';
/** Bytes of the stack of WASM with which all tests run: WQ_STACK_MOST. */
const STACK = 2_048;

/** A folder that is gone after the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-firmware-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A machine, and how programs are made for it and started on it. */
export interface Machine {
  compiler: string;
  /** For every source. */
  options: string[];
  /** For a whole program: sources and options of the linker. */
  link: string[];
  start(program: string, words: string[]): [string, ...string[]];
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
  start(program, words) {
    const semihosting = ['enable=on', 'target=native', ...['fw', ...words].map((word) => `arg=${word}`)].join(',');
    const quiet = ['-nographic', '-monitor', 'none', '-serial', 'none'];
    // A lock-up would never end by itself.
    const qemu = [
      'qemu-system-arm',
      '-M',
      'musca-b1',
      ...quiet,
      '-kernel',
      program,
      '-semihosting-config',
      semihosting,
    ];
    return ['timeout', '60', ...qemu];
  },
};

/** Strict for our own sources; those of others are compiled as they are. */
export const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
export const OURS = ['-Ibuild', '-Ihost/wasm3', '-Itests/firmware'];
/** heap.c in the place of the C library's. */
export const HEAP = '-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free';
const SHARED = [
  'host/wasm3/wq_core.c',
  'host/wasm3/wq_text.c',
  'tests/firmware/runner.c',
  'tests/firmware/heap.c',
  HEAP,
];

export function compile({ compiler, options }: Machine, ...words: string[]): void {
  execFileSync(compiler, [...options, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
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

type Command = 'open' | 'trap' | 'heap' | 'taken' | 'truncations';

/** runner.c over one engine. */
export interface Engine {
  name: string;
  /** Makes the recorded calls, of which none may allocate; gives what came of them. 0 for all parts of the core. */
  replay(steps: Buffer, memory?: number, parts?: number): Buffer;
  /** What another command of the runner prints. */
  run(command: Command, options?: { module?: string; memory?: number; stack?: number; parts?: number }): string;
}

/** The engine whose runner is this program, with files in this folder. */
function engine(name: string, folder: string, program: string, { start }: Machine): Engine {
  function run(words: string[]): string {
    const [command, ...rest] = start(program, words);
    const { stdout, stderr, signal } = spawnSync(command, rest, { encoding: 'utf8' });
    return signal ?? `${stdout}${stderr}`.trim();
  }
  return {
    name,
    replay(steps, memory = MEMORY, parts = 0) {
      const [from, to] = ['steps', 'results'].map((file) => join(folder, file));
      writeFileSync(from, steps);
      const said = run(['replay', 'build/core.wasm', String(memory), String(STACK), String(parts), from, to]);
      if (said) throw new Error(`${name}: ${said}`);
      return readFileSync(to);
    },
    run: (command, { module = 'build/core.wasm', memory = MEMORY, stack = STACK, parts = 0 } = {}) =>
      run([command, module, String(memory), String(stack), String(parts)]),
  };
}

/** The runner over wasm3, which interprets build/core.wasm. */
export function wasm3(folder: string, machine = here): Engine {
  const program = join(folder, 'wasm3');
  const sources = ['host/wasm3/wq_wasm3.c', 'host/wasm3/wq_module.c', interpreter(machine), ...SHARED];
  const words = [...STRICT, '-Os', ...OURS, '-isystem', WASM3, ...sources, ...machine.link];
  compile(machine, ...words, '-o', program);
  return engine('wasm3', folder, program, machine);
}

/** The runner with what wasm2c makes of build/core.wasm. */
export function wasm2c(folder: string, machine = here): Engine {
  const program = join(folder, 'wasm2c');
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
  const aot = ['-Os', '-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`];
  compile(machine, '-w', ...aot, '-c', join(folder, 'core.c'), '-o', `${program}.o`);
  const sources = ['host/wasm3/aot/wq_aot.c', `${program}.o`, ...SHARED];
  compile(machine, ...STRICT, ...OURS, ...aot, ...sources, ...machine.link, '-o', program);
  return engine('wasm2c', folder, program, machine);
}
