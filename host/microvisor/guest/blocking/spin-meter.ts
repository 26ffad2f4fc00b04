/** Milliseconds that one spinning call costs at least, and at most. */
const LEAST = 0.001;
const MOST = 1;
/** A wait that ends by spinning ends at most this part of its length too late. */
const PART = 1 / 32;

/**
 * What it costs to spin: an application that waits for a time or a state by asking for it again and again would never let the event
 * loop, or virtual time, go on. Each call costs a little, the more the longer the application has been spinning; what is owed is paid as
 * a pause. The price is the same in every run, so that virtual runs can be repeated.
 */
export class SpinMeter {
  readonly #grain: number;
  #spun = 0;
  #owed = 0;

  /** @param grain milliseconds that have to be owed for a pause; timers of the event loop know no less than 1 */
  constructor(grain: number) {
    this.#grain = grain;
  }

  /** The application did something else. */
  progress(): void {
    this.#spun = 0;
    this.#owed = 0;
  }

  /** Counts one spinning call. @returns milliseconds to pause for, 0 for none */
  count(): number {
    const cost = Math.min(MOST, Math.max(LEAST, this.#spun * PART));
    this.#spun += cost;
    this.#owed += cost;
    if (this.#owed < this.#grain) return 0;
    const pause = this.#owed;
    this.#owed = 0;
    return pause;
  }
}
