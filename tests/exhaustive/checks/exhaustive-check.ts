import type { CoreExports } from '../../../build/abi/core.js';
import { compile } from '../../host/core/modules.js';

const PAGE = 65_536;

/** A release build in an instance of its own. Records lie above the core's data, what it reads at the very end of memory. */
export class Build {
  readonly core: CoreExports;
  readonly u8: Buffer;
  readonly u32: Uint32Array;
  /** Where a record may be written: 8 KiB, aligned. */
  readonly record: number;
  /** Where memory ends: a byte that is read beyond is a trap. */
  readonly end: number;

  constructor(readonly name: 'core.wasm' | 'core.simd.wasm') {
    this.core = compile(name).instantiate() as unknown as CoreExports;
    this.core.memory.grow(1);
    this.record = (this.core.heap_base() + 63) & ~63;
    this.end = this.core.memory.buffer.byteLength;
    this.u8 = Buffer.from(this.core.memory.buffer);
    this.u32 = new Uint32Array(this.core.memory.buffer);
    if (this.end - this.record < PAGE) throw new Error(`${name}: no room behind its data`);
  }

  /** A field of the record. */
  word(field: number): number {
    return this.u32[(this.record + field) >> 2];
  }
}

export const bothBuilds = (): Build[] => [new Build('core.wasm'), new Build('core.simd.wasm')];

/** What a check found: how many cases it tried, and the first of those in which a build and the oracle differ. */
export class Tally {
  cases = 0;
  differing = 0;
  readonly differences: string[] = [];

  differ(build: Build, what: string, expected: unknown, found: unknown): void {
    this.differing++;
    if (this.differences.length >= 10) return;
    this.differences.push(
      `${build.name}: ${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`,
    );
  }
}

/** One domain that is small enough to try every value in it. */
export interface Check {
  name: string;
  /** What is tried, and against what. */
  covers: string;
  /** In how many parts it may be done side by side; more than one is for what takes long. */
  slices: number;
  /** Takes seconds at most: part of npm test. */
  quick: boolean;
  run(builds: Build[], tally: Tally, slice: number): void;
}

export const hexOf = (u8: Buffer, from: number, to: number): string => u8.toString('hex', from, to);
