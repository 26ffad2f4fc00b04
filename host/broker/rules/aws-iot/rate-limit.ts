import { RecentMap } from './recent-map.js';

/** Counts what happens in windows of one second. */
export class RateWindow {
  #begin = Number.NEGATIVE_INFINITY;
  #count = 0;

  /**
   * Counts one more.
   *
   * @param now milliseconds
   * @returns false when there were `most` in this second already
   */
  take(most: number, now: number): boolean {
    if (now - this.#begin >= 1000) {
      this.#begin = now;
      this.#count = 0;
    }
    this.#count++;
    return this.#count <= most;
  }
}

/** Counts what happens under a name in windows of one second. */
export class RateLimit {
  readonly #most: number;
  readonly #now: () => number;
  readonly #windows = new RecentMap<RateWindow>();

  /** @param now milliseconds */
  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /** Counts one more. @returns false when there were as many in this second already */
  take(name: string): boolean {
    const window = this.#windows.get(name) ?? new RateWindow();
    // Again at each time: those that are counted now must not be the first to be forgotten.
    this.#windows.set(name, window);
    return window.take(this.#most, this.#now());
  }
}
