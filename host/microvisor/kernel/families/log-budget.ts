/** What a line costs besides its bytes: an empty one is work too. */
const LINE = 64;

/**
 * How much may be logged in a window of time. A guest that logs without end would otherwise fill the memory of the
 * process, because a log sink takes lines faster than whoever reads them.
 */
export class LogBudget {
  readonly #bytes: number;
  readonly #window: number;
  #since = Number.NEGATIVE_INFINITY;
  #left = 0;
  #dropped = 0;

  /**
   * @param bytes that the lines of one window may have; each line counts 64 more
   * @param window milliseconds
   */
  constructor(bytes: number, window: number) {
    this.#bytes = bytes;
    this.#window = window;
  }

  /** Takes what a line of so many bytes costs. False when this window has no more. */
  take(bytes: number, now: number): boolean {
    if (now - this.#since >= this.#window) {
      this.#since = now;
      this.#left = this.#bytes;
    }
    if (bytes + LINE > this.#left) return false;
    this.#left -= bytes + LINE;
    return true;
  }

  /** Counts a line that is not logged. */
  drop(): void {
    this.#dropped++;
  }

  /** When the dropped lines are to be reported, in milliseconds; undefined when there are none. */
  get due(): number | undefined {
    return this.#dropped > 0 ? this.#since + this.#window : undefined;
  }

  /** How many lines were dropped since the last time. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
