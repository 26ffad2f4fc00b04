import { describe, expect, it } from 'vitest';
import { callVectors, runCall } from '../support/call-vectors.js';
import { machineOf } from '../support/core-machine.js';

describe.each(['core.wasm', 'core.simd.wasm'] as const)('a call of %s', (build) => {
  it.each(callVectors)('$call: $name ($source)', (vector) => {
    runCall(machineOf(build), vector);
  });
});

describe('the vectors of single calls', () => {
  it('are named once for each function', () => {
    const names = callVectors.map(({ call, name }) => `${call} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
