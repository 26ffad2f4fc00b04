import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AOT, compile, here, interpreter, OURS, STRICT, WASM3 } from '../toolchain.js';

const sourcesIn = (folder: string) =>
  readdirSync(folder).flatMap((name) => (name.endsWith('.c') ? [join(folder, name)] : []));

export const CLIENT = sourcesIn('host/wasm3/client');
/** What readers of strict projects want to see of our sources: no warning. */
export const STRICTER = [...STRICT, '-Wconversion', '-Wcast-qual', '-Wshadow'];
const SANITIZERS = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** The runner over an engine, with sanitizers: a program in this folder. */
export function clientRunner(engine: 'wasm3' | 'wasm2c', folder: string): string {
  const own = join(folder, engine);
  mkdirSync(own, { recursive: true });
  const program = join(own, 'runner');
  const words = [...STRICTER, ...SANITIZERS, ...OURS, '-Ihost/wasm3/client', '-Itests/firmware/client/runner'];
  words.push('host/wasm3/wq_core.c', 'host/wasm3/wq_text.c', ...CLIENT, ...sourcesIn('tests/firmware/client/runner'));
  if (engine === 'wasm3') {
    words.push('-isystem', WASM3, interpreter(here), 'host/wasm3/wq_wasm3.c', 'host/wasm3/wq_module.c', '-lm');
  } else {
    execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(own, 'core.c')]);
    compile(here, '-O1', '-w', '-DNDEBUG', ...AOT, `-I${own}`, '-c', join(own, 'core.c'), '-o', join(own, 'core.o'));
    words.push(...AOT, `-I${own}`, join(own, 'core.o'), 'host/wasm3/aot/wq_aot.c');
  }
  compile(here, ...words, '-o', program);
  return program;
}
