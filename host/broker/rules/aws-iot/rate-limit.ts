import { RecentMap } from './recent-map.js';

/** Counts what happens under a name in windows of one second. */
export class RateLimit {
  readonly #most: number;
  readonly #now: () => number;
  readonly #windows = new RecentMap<{ begin: number; count: number }>();

  /** @param now milliseconds */
  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /** Counts one more. @returns false when there were as many in this second already */
  take(name: string): boolean {
    const now = this.#now();
    const window = this.#windows.get(name);
    if (window && now - window.begin < 1000) {
      window.count++;
      return window.count <= this.#most;
    }
    this.#windows.set(name, { begin: now, count: 1 });
    return true;
  }
}
