// engine: LMDB
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Arrivals } from '../../../host/cloud/store/engine/arrivals.js';

describe('waiting for arrivals', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Whether a wait for so many, of 10 ms, is over. */
  const waitFor = (arrivals: Arrivals, count: number) => {
    const state = { isOver: false };
    void arrivals.wait(count, 10).then(() => {
      state.isOver = true;
    });
    return async () => {
      await vi.advanceTimersByTimeAsync(0);
      return state.isOver;
    };
  };

  it('ends when all have arrived, and leaves no timer', async () => {
    const arrivals = new Arrivals();
    const isOver = waitFor(arrivals, 2);
    arrivals.arrived();
    expect(await isOver()).toBe(false);
    arrivals.arrived();
    expect(await isOver()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends in time when fewer have arrived', async () => {
    const arrivals = new Arrivals();
    const isOver = waitFor(arrivals, 2);
    arrivals.arrived();
    await vi.advanceTimersByTimeAsync(9);
    expect(await isOver()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await isOver()).toBe(true);
  });

  it('does not count what arrived before it', async () => {
    const arrivals = new Arrivals();
    arrivals.arrived();
    const isOver = waitFor(arrivals, 1);
    expect(await isOver()).toBe(false);
    arrivals.arrived();
    expect(await isOver()).toBe(true);
  });

  it('does not wait for nobody, nor when it is ended', async () => {
    const arrivals = new Arrivals();
    expect(await waitFor(arrivals, 0)()).toBe(true);
    const isOver = waitFor(arrivals, 1);
    arrivals.end();
    expect(await isOver()).toBe(true);
  });
});
