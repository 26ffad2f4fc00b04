import { readFileSync } from 'node:fs';
import type { CoreExports } from '../../../build/abi/core.js';
import type { Machine } from '../../host/core/support/core-machine.js';

/** Bytes of linear memory in the firmware. Node may have more. */
export const MEMORY = 65_536;

type FunctionName = Exclude<keyof CoreExports, 'memory'>;

const header = readFileSync('build/wasmqtt.h', 'utf8');

/** The functions in the order of WQ_EXPORTS. */
const functions = [...header.matchAll(/^ {2}F\(\d, (\w+), \w+\)/gm)].map(([, name]) => name);

/** The parts of the core by their names in WQ_PART_*. */
export const PART = Object.fromEntries(
  [...header.matchAll(/WQ_PART_(\w+) = (\d+)/g)].map(([, name, bit]) => [name, Number(bit)]),
);

/** The bytes of a step that is a call. */
export const aloneCall = (name: FunctionName, ...words: number[]): Buffer =>
  Buffer.from(Uint32Array.of(CALL, functions.indexOf(name), ...words).buffer);

const WRITE = 1;
const CALL = 2;

/** The hash of linear memory that runner.c writes after a call. */
function hash(words: Uint32Array): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < MEMORY / 4; at++) hash = Math.imul(hash ^ words[at], 16_777_619);
  return hash | 0;
}

/** Records calls of the core while it makes them, so that an engine can make them again. */
export class Steps implements Machine {
  readonly core: CoreExports;
  readonly heapBase: number;
  readonly memoryEnd = MEMORY;
  readonly #steps: Buffer[] = [];
  readonly #expected: number[] = [];
  readonly #labels: string[] = [];
  /** The memory after all recorded steps. */
  readonly #known = Buffer.alloc(MEMORY);

  /** @param core an unused instance of build/core.wasm */
  constructor(core: CoreExports) {
    this.core = core;
    this.heapBase = (core.heap_base() + 15) & ~15;
    this.#memory.copy(this.#known, 0, 0, core.heap_base());
  }

  get #memory(): Buffer {
    return Buffer.from(this.core.memory.buffer, 0, MEMORY);
  }

  get calls(): number {
    return this.#labels.length;
  }

  write(address: number, bytes: Uint8Array): void {
    this.#memory.set(bytes, address);
  }

  fill(address: number, length: number, octet: number): void {
    this.#memory.fill(octet, address, address + length);
  }

  read(address: number, length: number): Buffer {
    return Buffer.from(this.#memory.subarray(address, address + length));
  }

  word(address: number): number {
    return this.#memory.readUInt32LE(address);
  }

  /** Calls a function and records it: what was written since the last call, the arguments, the result, the memory. */
  call(label: string, name: FunctionName, ...words: number[]): number {
    this.#noteWritten();
    const step = [CALL, functions.indexOf(name), ...words];
    this.#steps.push(Buffer.from(Uint32Array.from(step, (word) => word >>> 0).buffer));
    const result = (this.core[name] as (...words: number[]) => number)(...words);
    this.#memory.copy(this.#known);
    this.#expected.push(result, hash(new Uint32Array(this.core.memory.buffer, 0, MEMORY / 4)));
    this.#labels.push(`${label}: ${name}(${words.join(', ')})`);
    return result;
  }

  /** Records what was written to memory, from the first to the last byte that changed. */
  #noteWritten(): void {
    const memory = this.#memory;
    if (memory.equals(this.#known)) return;
    let start = 0;
    while (memory[start] === this.#known[start]) start++;
    let end = MEMORY;
    while (memory[end - 1] === this.#known[end - 1]) end--;
    const bytes = Buffer.alloc((end - start + 3) & ~3);
    memory.copy(bytes, 0, start, end);
    this.#steps.push(Buffer.from(Uint32Array.of(WRITE, start, end - start).buffer), bytes);
  }

  /** The steps as runner.c reads them. */
  get bytes(): Buffer {
    return Buffer.concat(this.#steps);
  }

  /** Describes the first call whose result or memory differs in the runner's output; undefined when none does. */
  difference(output: Buffer): string | undefined {
    const given = new Int32Array(output.buffer, output.byteOffset, output.length >> 2);
    const at = this.#expected.findIndex((word, index) => given[index] !== word);
    if (at < 0) return given.length === this.#expected.length ? undefined : `${given.length >> 1} calls were made`;
    const what = at % 2 === 0 ? `result ${given[at]} instead of ${this.#expected[at]}` : 'another memory';
    return `${this.#labels[at >> 1]}: ${what}`;
  }

  /** The core, with every call recorded under the current label. */
  recorder(label: { text: string }): CoreExports {
    const noted = (name: FunctionName) => [name, (...words: number[]) => this.call(label.text, name, ...words)];
    return { memory: this.core.memory, ...Object.fromEntries((functions as FunctionName[]).map(noted)) } as CoreExports;
  }

  /** How many calls of a function were recorded. */
  callsOf(name: string): number {
    return this.#labels.filter((label) => label.includes(`: ${name}(`)).length;
  }
}
