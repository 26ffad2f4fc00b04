// What the core does, counted exactly: the fuel of the mutants is one unit for each call and each turn of a loop.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CoreExports } from '../../../build/abi/core.js';
import { root } from '../../../tools/root.js';
import { ManyInFlight, upTo } from '../../host/core/session/many-in-flight.js';
import { readModule } from './module.js';
import { FUEL_MOST, Mutants } from './probes.js';

// biome-ignore lint/suspicious/noExplicitAny: the DOM types, which describe WebAssembly, are not part of this project
const { Module, Instance } = (globalThis as any).WebAssembly;
const counting = new Mutants(readModule(readFileSync(join(root, 'build/core.wasm')))).marked();
const exports = new Instance(new Module(counting), {}).exports as CoreExports & { g0: { value: number } };
exports.g0.value = FUEL_MOST | 0;
const session = new ManyInFlight(exports);

/** The calls and turns of loops of a PUBLISH, beside those that are there without messages in flight. */
function stepsOf(inFlight: number, last: number): number {
  exports.g0.value = FUEL_MOST | 0;
  session.connect(upTo(1, inFlight), last);
  session.prepare();
  exports.g0.value = FUEL_MOST | 0;
  expect(session.send()).toBe(inFlight + 1);
  return FUEL_MOST - (exports.g0.value >>> 0);
}

describe('a PUBLISH that gets a Packet Identifier', () => {
  it('passes over the records five times when the next identifier is free', () => {
    expect(stepsOf(16_000, 16_000) - stepsOf(1_000, 1_000)).toBe(5 * 15_000);
  });

  it('passes over the records a fixed number of times more when all identifiers in flight are in the way', () => {
    const ordinary = stepsOf(16_000, 16_000);
    // 2^14 - 1 are in flight from 1 on, so 14 passes up tell that and 13 down how many: 26 more than the one above.
    const least = 25 * 16_000;
    expect(stepsOf(16_000, 0) - ordinary).toBeGreaterThan(least);
    expect(stepsOf(16_000, 0) - ordinary).toBeLessThan(27 * 16_000);
    expect(stepsOf(65_533, 0)).toBeLessThan(37 * 65_533);
  });
});
