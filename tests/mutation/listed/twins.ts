// Mutants beside the unchanged core. Each gets the same calls on the same memory, and must return and leave the same.
import { type WasmFunction, type WasmGlobal, type WasmInstance, type WasmMemory, wasm } from '../../webassembly.js';
import { FUEL_MOST, fuelFor, type Mutant, type Mutants } from '../wasm/probes.js';
import { type CallName, openRanges, parameters } from './masks.js';

const HALF = 32n;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** An instance of the core or of a mutant. */
interface Started {
  exports: WasmInstance['exports'];
  memory: Buffer;
}

/** A call that showed a difference. */
interface Seen {
  call: string;
  what: string;
  source: string;
  input: string;
}

/** What the first call left in working memory that differs. */
interface Working {
  call: string;
  place: string;
  source: string;
  input: string;
}

/** A mutant beside the core. */
export interface Twin<T extends Mutant = Mutant> extends Started {
  mutant: T;
  calls: number;
  /** Octets of working memory that differ from those of the core, by address. */
  left: Map<number, { own: number; core: number }>;
  /** The first call after which a caller can see it. */
  seen: Seen | undefined;
  working: Working | undefined;
}

/** A mutant of one of 64 pieces of code: the bit of its piece in the lower or the upper half of their marks. */
interface Member<T extends Mutant> {
  one: Twin<T>;
  isUpper: boolean;
  bit: number;
}

const fuelOf = ({ exports }: Started): WasmGlobal<number> => exports.g0 as WasmGlobal<number>;

/** The result of a call, or the words of its trap. */
function run(started: Started, fuel: number, name: CallName, words: readonly number[]): number | string {
  const left = fuelOf(started);
  left.value = fuel | 0;
  try {
    return (started.exports[name] as WasmFunction)(...words);
  } catch (error) {
    if (!(error instanceof wasm.RuntimeError)) throw error;
    return left.value === 0 ? 'no end' : `a trap: ${error.message}`;
  }
}

function start(bytes: Uint8Array): Started {
  const { exports } = new wasm.Instance(new wasm.Module(bytes));
  return { exports, memory: Buffer.from((exports.memory as WasmMemory).buffer) };
}

/** Where an address is, in terms of the parameter that points nearest before it. */
function placeOf(address: number, name: CallName, words: readonly number[]): string {
  const names = parameters.get(name) ?? [];
  const nearest = words.reduce((best, word, index) => (word <= address && !(words[best] > word) ? index : best), -1);
  return nearest < 0 ? `address ${address}` : `${names[nearest]} + ${address - words[nearest]}`;
}

export class Twins<T extends Mutant = Mutant> {
  /** Of the core, after the last call. */
  readonly memory: Buffer;
  readonly heapBase: number;
  /** Those that are compared. */
  readonly all: Twin<T>[];
  /** How many calls there were. */
  calls = 0;
  /** What is tried now: `source` in words, and `input` as hex, or a vector as it is written. */
  #input = { source: '', input: '' };
  readonly #core: Started;
  readonly #before: Buffer;
  /** The mutants of each 64 pieces of code, by the global that marks these. */
  readonly #groups = new Map<string, Member<T>[]>();
  /** Mutants whose working memory differs from that of the core: they must make every call. */
  readonly #apart = new Set<Twin<T>>();

  /** @param chosen those of `mutants.list` that are compared */
  constructor(mutants: Mutants, chosen: readonly T[]) {
    this.#core = start(mutants.marked());
    this.memory = this.#core.memory;
    this.heapBase = (this.#core.exports.heap_base as WasmFunction)();
    this.#before = Buffer.alloc(this.memory.length);
    this.all = chosen.map((mutant) => ({
      mutant,
      ...start(mutants.mutated(mutant)),
      calls: 0,
      left: new Map(),
      seen: undefined,
      working: undefined,
    }));
    for (const one of this.all) {
      const { piece } = one.mutant;
      const group = `g${1 + (piece >> 6)}`;
      const members = this.#groups.get(group) ?? [];
      members.push({ one, isUpper: (piece & 32) !== 0, bit: 1 << (piece & 31) });
      this.#groups.set(group, members);
    }
  }

  /** Starts a new input: nothing of the one before is left. */
  fresh(source: string, input: string): void {
    this.#input = { source, input };
    this.memory.fill(0xa5, this.heapBase);
    for (const { left } of this.#apart) left.clear();
    this.#apart.clear();
  }

  /** Calls the core, and each mutant whose instruction the core runs. Returns the result of the core. */
  call(name: CallName, ...words: number[]): number {
    const core = this.#core;
    this.#before.set(core.memory);
    this.calls++;
    for (const group of this.#groups.keys()) this.#marksOf(group).value = 0n;
    const result = run(core, FUEL_MOST, name, words);
    if (typeof result === 'string') throw new Error(`${name}(${words}) of the unchanged core is ${result}`);
    const fuel = fuelFor(FUEL_MOST - (fuelOf(core).value >>> 0));
    for (const one of new Set([...this.#reached(), ...this.#apart]))
      if (!one.seen) this.#compare(one, fuel, name, words, result);
    return result;
  }

  #marksOf(group: string): WasmGlobal<bigint> {
    return this.#core.exports[group] as WasmGlobal<bigint>;
  }

  /** The mutants of code that ran. */
  #reached(): Twin<T>[] {
    const found: Twin<T>[] = [];
    for (const [group, members] of this.#groups) {
      const marks = BigInt.asUintN(64, this.#marksOf(group).value);
      if (marks === 0n) continue;
      const halves = [Number(marks & 0xffff_ffffn) | 0, Number(marks >> HALF) | 0];
      for (const { one, isUpper, bit } of members) if ((halves[Number(isUpper)] & bit) !== 0) found.push(one);
    }
    return found;
  }

  #compare(one: Twin<T>, fuel: number, name: CallName, words: readonly number[], expected: number): void {
    const { memory } = one;
    memory.set(this.#before);
    this.#bringLeft(one);
    one.calls++;
    const result = run(one, fuel, name, words);
    const note = (what: string) => {
      one.seen = { call: `${name}(${words.join(', ')})`, what, ...this.#input };
    };
    if (result !== expected) note(`${result} where the core gives ${expected}`);
    else if (one.left.size > 0 || !memory.equals(this.memory)) {
      this.#takeLeft(one, name, words, expected);
      if (memory.equals(this.memory)) return;
      const at = memory.findIndex((octet, index) => octet !== this.memory[index]);
      const [found, wanted] = [memory, this.memory].map((bytes) => hex(bytes.subarray(at, at + 8)));
      note(`at ${placeOf(at, name, words)}: ${found} where the core has ${wanted}`);
    }
  }

  /** Restores what the mutant left in working memory, unless the core has written there since. */
  #bringLeft({ left, memory }: Twin<T>): void {
    for (const [address, { own, core }] of left)
      if (memory[address] === core) memory[address] = own;
      else left.delete(address);
  }

  /** Keeps what the mutant has left in working memory, and replaces it by what the core has there. */
  #takeLeft(one: Twin<T>, name: CallName, words: readonly number[], result: number): void {
    const { left, memory } = one;
    for (const [address, { own, core }] of left)
      if (memory[address] === own && this.memory[address] === core) memory[address] = core;
      else left.delete(address);
    for (const [start, length] of openRanges(name, words, result, this.memory)) {
      for (let address = start; address < start + length; address++) {
        const [own, core] = [memory[address], this.memory[address]];
        if (own === core) continue;
        left.set(address, { own, core });
        memory[address] = core;
        one.working ??= { call: name, place: placeOf(address, name, words), ...this.#input };
      }
    }
    if (left.size > 0) this.#apart.add(one);
    else this.#apart.delete(one);
  }
}
