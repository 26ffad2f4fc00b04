import { describe, expect, it } from 'vitest';
import { machineOf } from '../support/core-machine.js';
import { runSession, sessionVectors } from './session-vectors.js';

describe.each(['core.wasm', 'core.simd.wasm'] as const)('a session of %s', (build) => {
  it.each(sessionVectors)('of version $protocolVersion: $name ($source)', (vector) => {
    runSession(machineOf(build), vector);
  });
});

describe('the vectors of sessions', () => {
  it('are named once for each version', () => {
    const names = sessionVectors.map(({ name, protocolVersion }) => `${name} ${protocolVersion}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
