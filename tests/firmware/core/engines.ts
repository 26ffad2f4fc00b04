import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AOT, HEAP, here, interpreted, link, type Machine, maskedTo, run, translated } from '../toolchain.js';
import { MEMORY } from './steps.js';

/** Bytes of the WASM stack for all tests: WQ_STACK_MOST. */
const STACK = 2_048;

const RUNNER = ['-Os', 'host/wasm3/wq_text.c', 'tests/firmware/core/runner.c', 'tests/firmware/heap.c', HEAP];

type Command = 'open' | 'trap' | 'heap' | 'taken' | 'truncations';

/** runner.c over one engine. */
export interface Engine {
  name: string;
  /** Makes recorded calls, none of which may allocate, and returns their results. `parts` 0 means the whole core. */
  replay(steps: Buffer, memory?: number, parts?: number): Buffer;
  /** Returns what another command of the runner prints. */
  run(command: Command, options?: { module?: string; memory?: number; stack?: number; parts?: number }): string;
}

/** The engine of a runner, which keeps its files in this folder. `behind`: bytes of memory that no address reaches. */
function engine(name: string, folder: string, program: string, machine: Machine, behind = 0): Engine {
  return {
    name,
    replay(steps, memory = MEMORY, parts = 0) {
      const [from, to] = ['steps', 'results'].map((file) => join(folder, file));
      writeFileSync(from, steps);
      const words = ['replay', 'build/core.wasm', String(memory + behind), String(STACK), String(parts), from, to];
      const said = run(machine, program, words);
      if (said) throw new Error(`${name}: ${said}`);
      return readFileSync(to);
    },
    run: (command, { module = 'build/core.wasm', memory = MEMORY, stack = STACK, parts = 0 } = {}) =>
      run(machine, program, [command, module, String(memory + behind), String(stack), String(parts)]),
  };
}

/** Makes a folder for the objects of one engine. */
function objects(folder: string, name: string): string {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  return own;
}

/** The runner over wasm3, which interprets build/core.wasm. */
export function wasm3(folder: string, machine = here): Engine {
  const own = objects(folder, 'wasm3');
  const { engine: wasm, binding } = interpreted(machine, own);
  const program = join(own, 'runner');
  link(machine, program, wasm, ...binding, ...RUNNER);
  return engine('wasm3', own, program, machine);
}

/** The runner over build/core.wasm as C of wasm2c. */
export function wasm2c(folder: string, machine = here): Engine {
  const own = objects(folder, 'wasm2c');
  const { engine: core, binding } = translated(machine, own, '-Os');
  const program = join(own, 'runner');
  link(machine, program, ...AOT, core, ...binding, ...RUNNER);
  return engine('wasm2c', own, program, machine);
}

/** The same with addresses cut to a memory of so many bytes, a power of two. */
export function masked(folder: string, machine = here): Engine {
  const own = objects(folder, 'masked');
  const mask = maskedTo(MEMORY);
  const { engine: core, binding } = translated(machine, own, '-Os', mask);
  const program = join(own, 'runner');
  link(machine, program, ...AOT, ...mask, core, ...binding, ...RUNNER);
  return engine('masked', own, program, machine, 8);
}
