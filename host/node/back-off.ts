/** Milliseconds between attempts. */
export interface BackOffTimes {
  /** after the first failure */
  first: number;
  /** at most */
  most: number;
}

/** Waiting times that double from failure to failure, each a little different so that many devices do not come at once. */
export class BackOff {
  readonly #times: BackOffTimes;
  readonly #random: () => number;
  #next: number;

  /** @param random 0 or more, less than 1 */
  constructor(times: BackOffTimes, random: () => number) {
    this.#times = times;
    this.#random = random;
    this.#next = times.first;
  }

  /** Milliseconds until the next attempt: between half of the time that it is at and all of it. */
  next(): number {
    const wait = this.#next * (0.5 + this.#random() / 2);
    this.#next = Math.min(this.#next * 2, this.#times.most);
    return wait;
  }

  /** An attempt has succeeded. */
  reset(): void {
    this.#next = this.#times.first;
  }
}
