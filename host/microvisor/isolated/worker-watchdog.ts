/** How often a watchdog looks within its time. */
const LOOKS = 4;

/**
 * Calls `bark` once when a counter has not moved for a time. It counts looks, not the clock: a process that was halted
 * as a whole finds that no time has passed.
 */
export class WorkerWatchdog {
  readonly #timer: NodeJS.Timeout;

  /**
   * @param milliseconds the time
   * @param counter what counts up while all is well
   */
  constructor(milliseconds: number, counter: () => number, bark: () => void) {
    let last = counter();
    let still = 0;
    this.#timer = setInterval(() => {
      const count = counter();
      still = count === last ? still + 1 : 0;
      last = count;
      if (still < LOOKS) return;
      this.stop();
      bark();
    }, milliseconds / LOOKS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
