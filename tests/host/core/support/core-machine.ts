import type { CoreExports } from '../../../../build/abi/core.js';
import { compile, type ModuleName } from './bare-core.js';

/** An instance of the core with its memory, as vectors use it; tests/firmware has one that notes what is done. */
export interface Machine {
  /** The first address that is free, 16-aligned. */
  readonly heapBase: number;
  /** The first address behind the memory. */
  readonly memoryEnd: number;
  write(address: number, bytes: Uint8Array): void;
  fill(address: number, length: number, octet: number): void;
  read(address: number, length: number): Buffer;
  word(address: number): number;
  call(label: string, name: Exclude<keyof CoreExports, 'memory'>, ...words: number[]): number;
}

/** What lies below the first free address, the tables of the core among it: no call may change it. */
export const tablesOf = (machine: Machine): Buffer => machine.read(0, machine.heapBase);

/** A release build in an instance of its own. */
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
