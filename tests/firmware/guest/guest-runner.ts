import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, HEAP, interpreter, type Machine, OURS, STRICT, WASM3 } from '../toolchain.js';
import { standIn } from './stand-in.js';

/** guest-runner.c over the stand-in, for one machine. */
export class GuestRunner {
  readonly #program: string;

  constructor(
    private readonly folder: string,
    private readonly machine: Machine,
    options: string[] = [],
  ) {
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

  /** What the runner prints, by lines: for a module in so many bytes of memory that takes these steps. */
  run(module: Buffer, steps: string[] | 'truncations' | 'heap' = [], memory = 65_536): string[] {
    const file = (name: string) => join(this.folder, name);
    writeFileSync(file('guest.wasm'), module);
    if (typeof steps !== 'string') writeFileSync(file('steps'), `${steps.join('\n')}\n`);
    const last = typeof steps === 'string' ? steps : file('steps');
    const [command, ...words] = this.machine.start(this.#program, [file('guest.wasm'), String(memory), last]);
    const { stdout, stderr, signal } = spawnSync(command, words, { encoding: 'latin1', maxBuffer: 1 << 26 });
    return `${stdout}${stderr}${signal ?? ''}`.trim().split('\n');
  }
}

const NOTHING = Buffer.alloc(256);

/** Steps that write bytes into the guest's memory; zeros are left out. */
export function pokes(bytes: Uint8Array): string[] {
  const steps: string[] = [];
  for (let at = 0; at < bytes.length; at += 256) {
    const part = bytes.subarray(at, at + 256);
    if (Buffer.compare(part, NOTHING.subarray(0, part.length)) === 0) continue;
    steps.push(`poke ${at} ${Buffer.from(part).toString('hex')}`);
  }
  return steps;
}

/** Steps that put words where a call of the calling guest takes its parameters from, and make it. */
export function callSteps(name: string, words: number[], parameters: number): string[] {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, index * 4);
  return [...(words.length > 0 ? [`poke ${parameters} ${bytes.toString('hex')}`] : []), `call ${name}`];
}
