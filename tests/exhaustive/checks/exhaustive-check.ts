import type { CoreExports } from '../../../build/abi/core.js';
import { compile } from '../../host/core/support/bare-core.js';

const PAGE = 65_536;

/** A release build in an instance of its own. Records lie above the core's data, and what it reads at the very end of memory. */
export class Build {
  readonly core: CoreExports;
  readonly u8: Buffer;
  readonly u32: Uint32Array;
  /** Where a record may be written: 8 KiB, aligned. */
  readonly record: number;
  /** Where memory ends: reading past it is a trap. */
  readonly end: number;

  constructor(readonly name: 'core.wasm' | 'core.simd.wasm') {
    this.core = compile(name).instantiate() as unknown as CoreExports;
    this.core.memory.grow(1);
    this.record = (this.core.heap_base() + 63) & ~63;
    this.end = this.core.memory.buffer.byteLength;
    this.u8 = Buffer.from(this.core.memory.buffer);
    this.u32 = new Uint32Array(this.core.memory.buffer);
    if (this.end - this.record < PAGE) throw new Error(`${name}: no room after its data`);
  }

  /** A field of the record. */
  word(field: number): number {
    return this.u32[(this.record + field) >> 2];
  }
}

export const bothBuilds = (): Build[] => [new Build('core.wasm'), new Build('core.simd.wasm')];

/** What a check found: the number of cases, and the first of those in which a build and the oracle differ. */
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
  /** What is tried, and what it is compared with. */
  covers: string;
  /** The number of parts that can run in parallel; more than one for a long check. */
  slices: number;
  /** Takes only seconds: part of npm test. */
  quick: boolean;
  run(builds: Build[], tally: Tally, slice: number): void;
}

export const hexOf = (u8: Buffer, from: number, to: number): string => u8.toString('hex', from, to);
