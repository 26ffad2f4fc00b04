/** Milliseconds before the first attempt that follows a failure. */
const FIRST = 100;

/** How long to wait before the next attempt: twice as long each time, up to a limit, and never quite the same. */
export class BackOff {
  readonly #longest: number;
  readonly #random: () => number;
  #next = FIRST;

  /**
   * @param longest milliseconds
   * @param random from 0 to below 1
   */
  constructor(longest: number, random: () => number) {
    this.#longest = longest;
    this.#random = random;
  }

  /** Milliseconds. */
  next(): number {
    const delay = Math.min(this.#next, this.#longest);
    this.#next = delay * 2;
    return delay * (0.75 + this.#random() / 4);
  }

  /** It went well: the next failure is the first one. */
  reset(): void {
    this.#next = FIRST;
  }
}
