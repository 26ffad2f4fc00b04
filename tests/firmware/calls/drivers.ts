import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compile, here, interpreter, type Machine, OURS, STRICT, WASM3 } from '../toolchain.js';

type EngineName = 'wasm3' | 'wasm2c';

const CALLS = readdirSync('host/wasm3/calls', { recursive: true, encoding: 'utf8' }).flatMap((name) =>
  name.endsWith('.c') ? [`host/wasm3/calls/${name}`] : [],
);
const SHARED = ['host/wasm3/wq_core.c', 'host/wasm3/wq_text.c', ...CALLS];

/** Sources and options for the core in an engine. */
function core(engine: EngineName, folder: string, machine: Machine): string[] {
  if (engine === 'wasm3') {
    return ['-isystem', WASM3, interpreter(machine), 'host/wasm3/wq_wasm3.c', 'host/wasm3/wq_module.c', '-lm'];
  }
  execFileSync('wasm2c', ['build/core.wasm', '-n', 'core', '-o', join(folder, 'core.c')]);
  const aot = ['-DWQ_AOT', '-DNDEBUG', '-Ihost/wasm3/aot', `-I${folder}`];
  compile(machine, '-Os', '-w', ...aot, '-c', join(folder, 'core.c'), '-o', join(folder, 'core.o'));
  return [...aot, join(folder, 'core.o'), 'host/wasm3/aot/wq_aot.c'];
}

/** Compiles the driver over an engine. On this machine it can talk to a broker by TCP. */
function driver(engine: EngineName, folder: string, machine: Machine): string {
  const own = join(folder, engine);
  mkdirSync(own, { recursive: true });
  const program = join(own, 'driver');
  const parts = ['driver', 'words', 'device_commands', 'mqtt_commands', 'board'].map(
    (name) => `tests/firmware/calls/driver/${name}.c`,
  );
  const sources = [...SHARED, ...parts];
  if (machine === here) sources.push('-DCALLS_SOCKET', 'tests/firmware/calls/driver/socket.c');
  const words = [...STRICT, '-Os', ...OURS, '-Ihost/wasm3/calls/include', ...sources, ...core(engine, own, machine)];
  compile(machine, ...words, ...machine.link, '-o', program);
  return program;
}

/** The driver over each engine, as programs in this folder. */
export const drivers = (folder: string, machine = here): Record<EngineName, string> => ({
  wasm3: driver('wasm3', folder, machine),
  wasm2c: driver('wasm2c', folder, machine),
});
