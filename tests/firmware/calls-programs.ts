import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { here, type Machine, WASM3 } from './engines.js';

const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Os'];
const INCLUDES = ['-Ibuild', '-Ihost/wasm3', '-Ihost/wasm3/calls', '-Itests/firmware'];
const CALLS = readdirSync('host/wasm3/calls')
  .filter((name) => name.endsWith('.c'))
  .map((name) => join('host/wasm3/calls', name));

/** Sources and options of a program that has the core in one of the engines, and the calls over it. */
function sources(engine: 'wasm3' | 'wasm2c', { compiler, options }: Machine, folder: string): string[] {
  const object = join(folder, `${engine}.o`);
  const compile = (...words: string[]) => execFileSync(compiler, [...options, '-Os', '-w', ...words, '-o', object]);
  if (engine === 'wasm3') {
    compile('-Ihost/wasm3', `-I${WASM3}`, '-c', 'host/wasm3/wq_engine.c');
    return [
      '-isystem',
      WASM3,
      object,
      'host/wasm3/wq_wasm3.c',
      'host/wasm3/wq_module.c',
      'host/wasm3/wq_core.c',
      'host/wasm3/wq_text.c',
      ...CALLS,
    ];
  }
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
  const aot = ['-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`];
  compile(...aot, '-c', join(folder, 'core.c'));
  return [...aot, object, 'host/wasm3/aot/wq_aot.c', 'host/wasm3/wq_core.c', 'host/wasm3/wq_text.c', ...CALLS];
}

/** A program over the calls, by the engine of the core. */
export function callsProgram(engine: 'wasm3' | 'wasm2c', folder: string, machine: Machine, ...words: string[]): string {
  const own = join(folder, engine);
  mkdirSync(own, { recursive: true });
  const program = join(own, 'program');
  const all = [
    ...STRICT,
    ...INCLUDES,
    ...sources(engine, machine, own),
    ...words,
    ...machine.link,
    '-lm',
    '-o',
    program,
  ];
  execFileSync(machine.compiler, [...machine.options, ...all], { stdio: ['ignore', 'ignore', 'inherit'] });
  return program;
}

/** calls-driver.c over either engine; on this machine it can talk to a broker by TCP. */
export function drivers(folder: string, machine = here): Record<'wasm3' | 'wasm2c', string> {
  const driver = ['tests/firmware/calls-driver.c', 'tests/firmware/calls-board.c'];
  if (machine === here) driver.push('-DCALLS_SOCKET', 'tests/firmware/calls-socket.c');
  return {
    wasm3: callsProgram('wasm3', folder, machine, ...driver),
    wasm2c: callsProgram('wasm2c', folder, machine, ...driver),
  };
}
