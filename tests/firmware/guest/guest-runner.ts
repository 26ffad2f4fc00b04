import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, HEAP, interpreter, type Machine, OURS, STRICT, WASM3 } from '../toolchain.js';
import { standIn } from './stand-in.js';

/** runner.c over the stand-in, on one machine. */
export class GuestRunner {
  readonly #folder: string;
  readonly #machine: Machine;
  readonly #program: string;

  constructor(folder: string, machine: Machine, options: string[] = []) {
    this.#folder = folder;
    this.#machine = machine;
    const at = (name: string) => join(folder, name);
    this.#program = at('guest');
    writeFileSync(at('stand-in.c'), standIn());
    const glue = ['wq_guest', 'wq_link', 'wq_translate'].map((name) => `host/wasm3/guest/${name}.c`);
    const sources = [
      ...glue,
      'host/wasm3/wq_module.c',
      'tests/firmware/guest/runner.c',
      at('stand-in.c'),
      'tests/firmware/heap.c',
      HEAP,
      interpreter(machine),
    ];
    const words = [
      ...STRICT,
      ...options,
      '-Os',
      ...OURS,
      '-Ihost/wasm3/guest',
      '-Itests/firmware/guest',
      '-isystem',
      WASM3,
      ...sources,
    ];
    compile(machine, ...words, ...machine.link, '-o', this.#program);
  }

  /** Runs a module in so many bytes of memory through these steps. Returns the lines that the runner prints. */
  run(module: Buffer, steps: string[] | 'truncations' | 'heap' = [], memory = 65_536): string[] {
    const file = (name: string) => join(this.#folder, name);
    writeFileSync(file('guest.wasm'), module);
    if (typeof steps !== 'string') writeFileSync(file('steps'), `${steps.join('\n')}\n`);
    const last = typeof steps === 'string' ? steps : file('steps');
    const [command, ...words] = this.#machine.start(this.#program, [file('guest.wasm'), String(memory), last]);
    const { stdout, stderr, signal } = spawnSync(command, words, { encoding: 'latin1', maxBuffer: 1 << 26 });
    return `${stdout}${stderr}${signal ?? ''}`.trim().split('\n');
  }
}

const NOTHING = Buffer.alloc(256);

/** Steps that write bytes into the guest's memory, without runs of zeros. */
export function pokes(bytes: Uint8Array): string[] {
  const steps: string[] = [];
  for (let at = 0; at < bytes.length; at += 256) {
    const part = bytes.subarray(at, at + 256);
    if (Buffer.compare(part, NOTHING.subarray(0, part.length)) === 0) continue;
    steps.push(`poke ${at} ${Buffer.from(part).toString('hex')}`);
  }
  return steps;
}

/** Steps that put the parameters of a call where the calling guest reads them, and make the call. */
export function callSteps(name: string, words: number[], parameters: number): string[] {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, index * 4);
  return [...(words.length > 0 ? [`poke ${parameters} ${bytes.toString('hex')}`] : []), `call ${name}`];
}
