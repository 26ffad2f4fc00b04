import type { CoreExports } from '../../../../build/abi/core.js';
import { compile, type ModuleName } from './bare-core.js';

/** An instance of the core with its memory, for vectors; tests/firmware has one that records what is done. */
export interface Machine {
  /** The first free address, 16-aligned. */
  readonly heapBase: number;
  /** The first address after the memory. */
  readonly memoryEnd: number;
  write(address: number, bytes: Uint8Array): void;
  fill(address: number, length: number, octet: number): void;
  read(address: number, length: number): Buffer;
  word(address: number): number;
  call(label: string, name: Exclude<keyof CoreExports, 'memory'>, ...words: number[]): number;
}

/** The memory below the first free address, with the tables of the core: no call may change it. */
export const tablesOf = (machine: Machine): Buffer => machine.read(0, machine.heapBase);

/** A separate instance of a release build. */
export function machineOf(name: ModuleName): Machine {
  const core = compile(name).instantiate() as unknown as CoreExports;
  const memory = Buffer.from(core.memory.buffer);
  return {
    heapBase: (core.heap_base() + 15) & ~15,
    memoryEnd: memory.length,
    write: (address, bytes) => memory.set(bytes, address),
    fill: (address, length, octet) => memory.fill(octet, address, address + length),
    read: (address, length) => Buffer.from(memory.subarray(address, address + length)),
    word: (address) => memory.readUInt32LE(address),
    call: (_, name, ...words) => (core[name] as (...words: number[]) => number)(...words),
  };
}
