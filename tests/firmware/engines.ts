import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
  name: 'wasm3' | 'wasm2c';
  /** Makes the recorded calls; gives what came of them. */
  replay(steps: Buffer, memory?: number): Buffer;
  /** What another command of the runner prints. */
  run(command: 'open' | 'trap' | 'heap' | 'truncations', module?: string, memory?: number, stack?: number): string;
}

function engine(name: Engine['name'], program: string): Engine {
  return {
    name,
    replay(steps, memory = MEMORY) {
      const words = ['replay', 'build/core.wasm', String(memory), String(STACK)];
      const { stdout, stderr } = spawnSync(program, words, { input: steps, maxBuffer: 1 << 28 });
      if (stderr.length > 0) throw new Error(`${name}: ${stderr}`);
      return stdout;
    },
    run(command, module = 'build/core.wasm', memory = MEMORY, stack = STACK) {
      const words = [command, module, String(memory), String(stack)];
      const { stdout, signal } = spawnSync(program, words, { encoding: 'utf8' });
      return signal ?? stdout.trim();
    },
  };
}

/** The runner over wasm3, which interprets build/core.wasm. */
export function wasm3(folder: string): Engine {
  const program = join(folder, 'wasm3');
  gcc('-O2', '-w', '-Ihost/wasm3', `-I${WASM3}`, '-c', 'host/wasm3/wq_engine.c', '-o', `${program}.o`);
  const sources = ['host/wasm3/wq_wasm3.c', 'host/wasm3/wq_module.c', `${program}.o`, ...SHARED];
  gcc(...STRICT, ...OURS, '-isystem', WASM3, ...sources, '-o', program);
  return engine('wasm3', program);
}

/** The runner with what wasm2c makes of build/core.wasm. */
export function wasm2c(folder: string): Engine {
  const program = join(folder, 'wasm2c');
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
  const aot = ['-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`];
  gcc('-O1', '-w', ...aot, '-c', join(folder, 'core.c'), '-o', `${program}.o`);
  gcc(...STRICT, ...OURS, ...aot, 'host/wasm3/aot/wq_aot.c', `${program}.o`, ...SHARED, '-o', program);
  return engine('wasm2c', program);
}
