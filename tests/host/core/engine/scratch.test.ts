// alone: it watches the memory that the core keeps
import { describe, expect, it } from 'vitest';
import { core } from '../../../../host/core/engine/core.js';
import { scratch } from '../../../../host/core/engine/scratch.js';

const PAGE = 65_536;
const KEPT = 16 * 1024 * 1024;

/** Makes the memory as long as this. Nothing writes to it, so the system spends none. */
function grow(length: number): void {
  scratch.reserve(0);
  scratch.ensure(length);
  expect(scratch.u8.length).toBe(length);
}

/** Whether the memory was given back when this many bytes were asked for. */
function isGivenBack(byteLength: number): boolean {
  const { u8 } = scratch;
  scratch.reserve(byteLength);
  return scratch.u8.length < u8.length;
}

/** Runs with a memory that stays as it is, or refuses to grow; the pages that were asked for. */
function withGrow(run: () => void, refusal?: Error): number[] {
  const asked: number[] = [];
  core.memory.grow = (pages) => {
    if (refusal) throw refusal;
    return asked.push(pages);
  };
  try {
    run();
  } finally {
    Reflect.deleteProperty(core.memory, 'grow');
  }
  return asked;
}

describe('memory of the core', () => {
  it('is kept up to 16 MiB', () => {
    grow(KEPT);
    expect(isGivenBack(0)).toBe(false);
    grow(KEPT + PAGE);
    expect(isGivenBack(0)).toBe(true);
  });

  it('over 16 MiB is kept while 8 MiB and more are asked for', () => {
    grow(2 * KEPT);
    for (const byteLength of [KEPT, KEPT / 2]) expect(isGivenBack(byteLength)).toBe(false);
    expect(isGivenBack(KEPT / 2 - 1)).toBe(true);
  });

  it('ends a page before 2 GiB, from where on addresses are negative numbers to the core', () => {
    const end = 2 ** 31 - PAGE;
    const asked = withGrow(() => {
      scratch.ensure(end);
      expect(() => scratch.ensure(end + 1)).toThrow(
        new RangeError('the core takes less than 2 GiB at once: pass fewer bytes'),
      );
    });
    expect(asked).toEqual([(end - scratch.u8.length) / PAGE]);
  });

  it('that the system does not have is a RangeError which says how much was asked for', () => {
    const cause = new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    withGrow(() => {
      const message = 'the system has no 196608 bytes more for the core: pass fewer bytes';
      const error = expect.objectContaining({ name: 'RangeError', message, cause });
      expect(() => scratch.ensure(scratch.u8.length + 2 * PAGE + 1)).toThrow(error);
    }, cause);
  });
});
