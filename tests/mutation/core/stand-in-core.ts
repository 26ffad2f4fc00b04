// Puts a module in the place of build/core.wasm: whoever reads, compiles or instantiates that file in this process gets the module.
import fs from 'node:fs';
import { join } from 'node:path';
import { type WasmGlobal, type WasmInstance, type WasmModule, wasm } from '../../webassembly.js';
import { FUEL_MOST } from '../wasm/probes.js';

const CORE = join('build', 'core.wasm');
const { Module, Instance } = wasm;

/** Other modules that were compiled, by length and last bytes. */
const others = new Map<string, WasmModule>();

/** The module that stands in, and all of its instances. */
class StandInCore {
  #bytes: Uint8Array | undefined;
  #module: WasmModule | undefined;
  #instances: WasmInstance[] = [];
  #fuel = FUEL_MOST;

  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  /** Throws when the engine does not accept the module. */
  load(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#module = new Module(bytes);
    this.#instances = [];
  }

  get module(): WasmModule {
    if (!this.#module) throw new Error('no module has been loaded');
    return this.#module;
  }

  isLoaded(module: WasmModule): boolean {
    return module === this.#module;
  }

  add(instance: WasmInstance): void {
    fuelOf(instance).value = this.#fuel | 0;
    this.#instances.push(instance);
  }

  forgetInstances(): void {
    this.#instances = [];
  }

  refuel(fuel: number): void {
    this.#fuel = fuel;
    for (const instance of this.#instances) fuelOf(instance).value = fuel | 0;
  }

  /** The most fuel that one instance has used. */
  used(): number {
    return Math.max(0, ...this.#instances.map((instance) => this.#fuel - (fuelOf(instance).value >>> 0)));
  }

  /** Whether an instance has run out of fuel. */
  isEmpty(): boolean {
    return this.#instances.some((instance) => fuelOf(instance).value === 0);
  }

  /** The pieces of code that ran since they were last taken. */
  takeMarks(pieces: number): BigUint64Array {
    const marks = new BigUint64Array((pieces + 63) >> 6);
    for (const { exports } of this.#instances) {
      marks.forEach((_, index) => {
        const global = exports[`g${index + 1}`] as WasmGlobal<bigint>;
        marks[index] |= BigInt.asUintN(64, global.value);
        global.value = 0n;
      });
    }
    return marks;
  }
}

const fuelOf = ({ exports }: WasmInstance) => exports.g0 as WasmGlobal<number>;

export const core = new StandInCore();

/** Replaces parts of Node in this process, for good. */
export function standIn(): void {
  const { readFileSync } = fs;
  fs.readFileSync = ((path: fs.PathOrFileDescriptor, ...rest: [BufferEncoding?]) =>
    core.bytes && String(path).endsWith(CORE) ? core.bytes : readFileSync(path, ...rest)) as typeof readFileSync;
  wasm.Module = new Proxy(Module, {
    construct(_, [bytes]: [Uint8Array]) {
      if (bytes === core.bytes) return core.module;
      const key = `${bytes.length} ${Buffer.from(bytes).subarray(-64).toString('hex')}`;
      const known = others.get(key) ?? new Module(bytes);
      others.set(key, known);
      return known;
    },
  });
  wasm.Instance = new Proxy(Instance, {
    construct(_, [module, imports]: [WasmModule, Record<string, unknown>?]) {
      const instance = new Instance(module, imports);
      if (core.isLoaded(module)) core.add(instance);
      return instance;
    },
  });
}
