import type { Random } from './seeded-random.js';

export interface LineOptions {
  /** Longest time between sending and arrival, milliseconds. */
  latency: number;
  /** Bytes of the largest fragment. */
  fragment: number;
}

/** One direction of a connection: fragments that arrive later, in order, until the connection is lost. */
export class LossyLine {
  /** Bytes until the connection is lost. */
  left: number;
  /** Bytes that have arrived. */
  carried = 0;
  readonly #random: Random;
  readonly #options: LineOptions;
  readonly #fragments: { at: number; bytes: Buffer }[] = [];
  #last = 0;

  constructor(random: Random, options: LineOptions, left: number) {
    this.#random = random;
    this.#options = options;
    this.left = left;
  }

  send(bytes: Buffer, now: number): void {
    for (let at = 0; at < bytes.length; ) {
      const size = this.#random.integer(1, this.#options.fragment);
      this.#last = Math.max(this.#last, now + this.#random.integer(1, this.#options.latency));
      this.#fragments.push({ at: this.#last, bytes: bytes.subarray(at, at + size) });
      at += size;
    }
  }

  /** The fragment that has arrived by now; a part of it when the connection is lost on the way. */
  take(now: number): Buffer | undefined {
    if (this.#fragments.length === 0 || this.#fragments[0].at > now) return undefined;
    const { bytes } = this.#fragments.splice(0, 1)[0];
    const whole = bytes.subarray(0, this.left);
    this.left -= whole.length;
    this.carried += whole.length;
    return whole;
  }

  /** When the next fragment arrives. */
  get next(): number {
    return this.#fragments[0]?.at ?? Number.POSITIVE_INFINITY;
  }
}
