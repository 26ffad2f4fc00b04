import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Strict for our own sources; those of others are compiled as they are. */
const STRICT = ['-std=c99', '-O2', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
const OURS = ['-Ibuild', '-Ihost/wasm3', '-Itests/firmware'];
const HEAP = '-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free';
const SHARED = [
  'host/wasm3/wq_core.c',
  'host/wasm3/wq_text.c',
  'tests/firmware/runner.c',
  'tests/firmware/heap.c',
  HEAP,
];

export const gcc = (...words: string[]) => execFileSync('gcc', words, { stdio: ['ignore', 'ignore', 'inherit'] });

/** runner.c over one engine. */
export interface Engine {
  name: string;
  /** Makes the recorded calls; gives what came of them. */
  replay(steps: Buffer, memory?: number): Buffer;
  /** What another command of the runner prints. */
  run(command: 'open' | 'trap' | 'heap' | 'truncations', module?: string, memory?: number, stack?: number): string;
}

/** An engine whose runner is started by this command, with files in this folder. */
export function engine(name: string, folder: string, start: (words: string[]) => [string, ...string[]]): Engine {
  function run(words: string[]): string {
    const [program, ...rest] = start(words);
    const { stdout, stderr, signal } = spawnSync(program, rest, { encoding: 'utf8' });
    return signal ?? `${stdout}${stderr}`.trim();
  }
  return {
    name,
    replay(steps, memory = MEMORY) {
      const [from, to] = ['steps', 'results'].map((file) => join(folder, file));
      writeFileSync(from, steps);
      const said = run(['replay', 'build/core.wasm', String(memory), String(STACK), from, to]);
      if (said) throw new Error(`${name}: ${said}`);
      return readFileSync(to);
    },
    run: (command, module = 'build/core.wasm', memory = MEMORY, stack = STACK) =>
      run([command, module, String(memory), String(stack)]),
  };
}

/** The runner over wasm3, which interprets build/core.wasm. */
export function wasm3(folder: string): Engine {
  const program = join(folder, 'wasm3');
  gcc('-O2', '-w', '-Ihost/wasm3', `-I${WASM3}`, '-c', 'host/wasm3/wq_engine.c', '-o', `${program}.o`);
  const sources = ['host/wasm3/wq_wasm3.c', 'host/wasm3/wq_module.c', `${program}.o`, ...SHARED];
  gcc(...STRICT, ...OURS, '-isystem', WASM3, ...sources, '-o', program);
  return engine('wasm3', folder, (words) => [program, ...words]);
}

/** The runner with what wasm2c makes of build/core.wasm. */
export function wasm2c(folder: string): Engine {
  const program = join(folder, 'wasm2c');
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
  const aot = ['-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`];
  gcc('-O1', '-w', ...aot, '-c', join(folder, 'core.c'), '-o', `${program}.o`);
  gcc(...STRICT, ...OURS, ...aot, 'host/wasm3/aot/wq_aot.c', `${program}.o`, ...SHARED, '-o', program);
  return engine('wasm2c', folder, (words) => [program, ...words]);
}
