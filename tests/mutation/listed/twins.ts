// Mutants beside the unchanged core: each gets the same calls from the same memory, and has to give the same.
import { FUEL_MOST, fuelFor } from '../wasm/probes.js';
import { openRanges, parameters } from './masks.js';

const HALF = 32n;
const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** What a call gives: its result, or the words of its trap. */
function run({ exports }, fuel, name, words) {
  exports.g0.value = fuel | 0;
  try {
    return exports[name](...words);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    return exports.g0.value === 0 ? 'no end' : `a trap: ${error.message}`;
  }
}

function start(bytes) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { exports, memory: Buffer.from(exports.memory.buffer) };
}

/** Where an address is, told by the parameter that points nearest before it. */
function placeOf(address, name, words) {
  const names = parameters.get(name);
  const nearest = words.reduce((best, word, index) => (word <= address && !(words[best] > word) ? index : best), -1);
  return nearest < 0 ? `address ${address}` : `${names[nearest]} + ${address - words[nearest]}`;
}

export class Twins {
  #core;
  #before;
  /** For each 64 pieces of code, by the global that marks them: the mutants with the bit of their piece in the lower or upper half. */
  #groups = new Map();
  /** Those whose working memory is not that of the core, and which so have to make every call. */
  #apart = new Set();

  /**
   * @param {import('../wasm/probes.js').Mutants} mutants
   * @param chosen those that are compared, as mutants.list has them
   */
  constructor(mutants, chosen) {
    this.#core = start(mutants.marked());
    this.memory = this.#core.memory;
    this.heapBase = this.#core.exports.heap_base();
    this.#before = Buffer.alloc(this.memory.length);
    /** What is tried now: `source` in words, and `input` as hex, or a vector as it is written. */
    this.input = { source: '', input: '' };
    this.calls = 0;
    this.all = chosen.map((mutant) => ({
      mutant,
      ...start(mutants.mutated(mutant)),
      calls: 0,
      /** Octets of working memory that are not those of the core, by address. */
      left: new Map(),
      /** The first call after which a caller could see it, and the first that left other things in working memory. */
      seen: undefined,
      working: undefined,
    }));
    for (const one of this.all) {
      const { piece } = one.mutant;
      const group = `g${1 + (piece >> 6)}`;
      if (!this.#groups.has(group)) this.#groups.set(group, []);
      this.#groups.get(group).push({ one, isUpper: (piece & 32) !== 0, bit: 1 << (piece & 31) });
    }
  }

  /** Begins anew: nothing of an input before is left. */
  fresh(source, input) {
    this.input = { source, input };
    this.memory.fill(0xa5, this.heapBase);
    for (const { left } of this.#apart) left.clear();
    this.#apart.clear();
  }

  /** Makes a call of the core, and of each mutant whose instruction it runs; gives what the core gives. */
  call(name, ...words) {
    const core = this.#core;
    this.#before.set(core.memory);
    this.calls++;
    for (const group of this.#groups.keys()) core.exports[group].value = 0n;
    const result = run(core, FUEL_MOST, name, words);
    if (typeof result === 'string') throw new Error(`${name}(${words}) of the unchanged core is ${result}`);
    const fuel = fuelFor(FUEL_MOST - (core.exports.g0.value >>> 0));
    for (const one of new Set([...this.#reached(), ...this.#apart]))
      if (!one.seen) this.#compare(one, fuel, name, words, result);
    return result;
  }

  #reached() {
    const found = [];
    for (const [group, members] of this.#groups) {
      const marks = BigInt.asUintN(64, this.#core.exports[group].value);
      if (marks === 0n) continue;
      const halves = [Number(marks & 0xffff_ffffn) | 0, Number(marks >> HALF) | 0];
      for (const { one, isUpper, bit } of members) if ((halves[Number(isUpper)] & bit) !== 0) found.push(one);
    }
    return found;
  }

  #compare(one, fuel, name, words, expected) {
    const { memory } = one;
    memory.set(this.#before);
    this.#bringLeft(one);
    one.calls++;
    const result = run(one, fuel, name, words);
    const note = (what) => {
      one.seen = { call: `${name}(${words.join(', ')})`, what, ...this.input };
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

  /** Puts what the mutant left in working memory where it was, unless something else has been written there since. */
  #bringLeft({ left, memory }) {
    for (const [address, { own, core }] of left)
      if (memory[address] === core) memory[address] = own;
      else left.delete(address);
  }

  /** Keeps what the mutant left in working memory, by this call or before, and makes of it what the core has there. */
  #takeLeft(one, name, words, result) {
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
        one.working ??= { call: name, place: placeOf(address, name, words), ...this.input };
      }
    }
    if (left.size > 0) this.#apart.add(one);
    else this.#apart.delete(one);
  }
}
