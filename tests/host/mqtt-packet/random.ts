/** A generator of numbers that depend on the seed alone (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from `minimum` to `maximum`. */
  integer(minimum: number, maximum: number): number {
    return minimum + (this.next() % (maximum - minimum + 1));
  }

  chance(percent: number): boolean {
    return this.next() % 100 < percent;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.next() % values.length];
  }

  /** As many as `make` gives, at least `minimum`. */
  list<T>(minimum: number, maximum: number, make: () => T): T[] {
    return Array.from({ length: this.integer(minimum, maximum) }, make);
  }

  bytes(maximum: number): Buffer {
    return Buffer.from(this.list(0, maximum, () => this.integer(0, 255)));
  }

  /** The values in another order. */
  shuffled<T>(values: readonly T[]): T[] {
    const rest = [...values];
    return values.map(() => rest.splice(this.next() % rest.length, 1)[0]);
  }
}
