import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AOT, compile, here, interpreter, type Machine, OURS, STRICT, WASM3 } from '../toolchain.js';

export const CLIENT = readdirSync('host/wasm3/client').flatMap((name) =>
  name.endsWith('.c') ? [join('host/wasm3/client', name)] : [],
);
const RUNNER = 'tests/firmware/client/runner';
const INCLUDE = [...OURS, '-Ihost/wasm3/client', `-I${RUNNER}`];
/** Readers of strict projects want to see no warning of our sources. */
const STRICTER = [...STRICT, '-Wconversion', '-Wcast-qual', '-Wshadow'];
const SANITIZERS = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** Sources and options for the core in an engine. */
function core(engine: 'wasm3' | 'wasm2c', folder: string, machine: Machine): string[] {
  if (engine === 'wasm3') {
    return ['-isystem', WASM3, interpreter(machine), 'host/wasm3/wq_wasm3.c', 'host/wasm3/wq_module.c', '-lm'];
  }
  const [source, object] = ['core.c', 'core.o'].map((name) => join(folder, name));
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', source]);
  compile(machine, '-O1', '-w', '-DNDEBUG', ...AOT, `-I${folder}`, '-c', source, '-o', object);
  return [...AOT, `-I${folder}`, object, 'host/wasm3/aot/wq_aot.c'];
}

/** A program of these sources of runner/ over an engine, in this folder; on this machine with sanitizers. */
export function clientProgram(
  sources: readonly string[],
  engine: 'wasm3' | 'wasm2c',
  folder: string,
  machine = here,
): string {
  const own = join(folder, `${engine}-${machine.compiler}`);
  mkdirSync(own, { recursive: true });
  const program = join(own, 'runner');
  const files = [...sources, 'core_memory.c'].map((name) => join(RUNNER, name));
  const words = [...STRICTER, ...(machine === here ? SANITIZERS : ['-Os']), ...INCLUDE];
  words.push('host/wasm3/wq_core.c', 'host/wasm3/wq_text.c', ...CLIENT, ...files, ...core(engine, own, machine));
  compile(machine, ...words, ...machine.link, '-o', program);
  return program;
}
