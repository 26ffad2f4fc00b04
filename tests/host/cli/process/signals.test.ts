import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeAll, ended } from '../../../../host/cli/process/signals.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A signal, and how many wait for it. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = { count: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    waiting.count++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    waiting.count--;
    removeEventListener.apply(signal, args);
  };
  return { controller, signal, waiting };
}

describe('the wait for the end of a command', () => {
  const HOUR = 3_600_000;

  it.each<[string, (stop: AbortController) => Promise<never> | undefined]>([
    ['when the time is up', () => void vi.advanceTimersByTimeAsync(HOUR)],
    ['at a signal', (stop) => void queueMicrotask(() => stop.abort())],
    ['at a failure', () => Promise.reject(new Error('failed'))],
  ])('ends %s, and leaves neither a timer nor a listener', async (_when, act) => {
    const { controller, signal, waiting } = countedSignal();
    let finish!: () => void;
    const acted = new Promise<never>((_, reject) => {
      finish = () => reject(new Error('failed'));
    });
    const waits = ended(HOUR, signal, acted).catch((error: Error) => error.message);
    expect(vi.getTimerCount()).toBe(1);
    act(controller)?.catch(finish);
    expect(await waits).toBe(_when === 'at a failure' ? 'failed' : undefined);
    expect({ timers: vi.getTimerCount(), listeners: waiting.count }).toEqual({ timers: 0, listeners: 0 });
  });

  it('ends at once after a signal that came before it', async () => {
    await ended(HOUR, AbortSignal.abort());
    await ended(undefined, AbortSignal.abort());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the end of services', () => {
  it('closes each of them, the last first, whatever the others do', async () => {
    const closed: string[] = [];
    const closer = (name: string, error?: Error) => async () => {
      closed.push(name);
      if (error) throw error;
    };
    const failing = [closer('store'), closer('cloud', new Error('one')), closer('device', new Error('two'))];
    await expect(closeAll(failing)).rejects.toThrow('two');
    expect(closed).toEqual(['device', 'cloud', 'store']);
  });
});
