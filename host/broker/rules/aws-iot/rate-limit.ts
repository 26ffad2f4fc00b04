/** Names that are remembered at a time. */
const MOST = 10_000;

/** Counts what happens under a name in windows of one second. */
export class RateLimit {
  readonly #most: number;
  readonly #now: () => number;
  readonly #windows = new Map<string, { begin: number; count: number }>();

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
    // The oldest goes: a map keeps the order of its entries.
    this.#windows.delete(name);
    if (this.#windows.size >= MOST) this.#windows.delete(this.#windows.keys().next().value!);
    this.#windows.set(name, { begin: now, count: 1 });
    return true;
  }
}
