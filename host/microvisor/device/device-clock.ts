import { LONGEST_TIMER } from '../../node/timers.js';

/** The time that a device lives in: {@link realClock}, or virtual time. */
export interface DeviceClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Milliseconds since the Unix epoch; undefined while the time is not known (TIMENOTSET). */
  wallClock(): number | undefined;
  /**
   * Calls `run` once, never before this returns.
   * @param milliseconds 0 or less is as soon as possible. It may be called earlier when the time is very long
   * @returns a function that cancels it
   */
  after(milliseconds: number, run: () => void): () => void;
  /** Work that takes no time of this clock: virtual time stands still until it is done. */
  during(work: Promise<unknown>): void;
}

/**
 * The clocks of the process, its timers and its event loop.
 *
 * @example
 * ```ts
 * import { type DeviceClock, realClock } from 'wasmqtt/microvisor';
 *
 * const clock: DeviceClock = realClock;
 * const cancel = clock.after(60_000, () => console.log('a minute has passed'));
 * cancel();
 * clock.now() <= clock.now(); // => true
 * ```
 */
export const realClock: DeviceClock = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  after(milliseconds, run) {
    if (milliseconds <= 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, Math.min(Math.ceil(milliseconds), LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
  during() {},
};
