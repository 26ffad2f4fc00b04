/** How long to wait before the next attempt, seconds: always as long, or at random from `base` to `cap`, longer after each failure. */
export type RestartDelay = { readonly constant: number } | { readonly base: number; readonly cap: number };

export const DEFAULT_RESTART: RestartDelay = { base: 5, cap: 30 };

/** How long to wait before each attempt: "decorrelated jitter", so that many bridges do not come back at the same moment. */
export class RestartDelays {
  readonly #delay: RestartDelay;
  readonly #random: () => number;
  #last: number;

  /** @param random from 0 to below 1 */
  constructor(delay: RestartDelay, random: () => number) {
    this.#delay = delay;
    this.#random = random;
    this.#last = 'base' in delay ? delay.base : delay.constant;
  }

  /** Seconds before the next attempt. */
  next(): number {
    if ('constant' in this.#delay) return this.#delay.constant;
    const { base, cap } = this.#delay;
    this.#last = Math.min(cap, base + this.#random() * (3 * this.#last - base));
    return this.#last;
  }

  /** A connection stood: the next failure is the first one. */
  reset(): void {
    if ('base' in this.#delay) this.#last = this.#delay.base;
  }
}
