/** Milliseconds that one spinning call costs at least, and at most. */
const LEAST = 0.001;
const MOST = 1;
/** A wait that ends by spinning ends at most this part of its length too late. */
const PART = 1 / 32;
/** Milliseconds that any other call costs: a loop of such calls is a wait too, for what they return. */
const WORK = 0.0002;

/**
 * What it costs to spin: an application that waits for a time or a state by asking for it again and again would never let the event
 * loop, or virtual time, go on. Each call costs a little, the more the longer the application has been spinning; what is owed is paid as
 * a pause. The price is the same in every run, so that virtual runs can be repeated.
 */
export class SpinMeter {
  readonly #grain: number;
  #spun = 0;
  /** For spinning, and for other calls. */
  #owed = 0;
  #worked = 0;

  /** @param grain milliseconds that have to be owed for a pause; timers of the event loop know no less than 1 */
  constructor(grain: number) {
    this.#grain = grain;
  }

  /** The application asked for a time or a state. */
  spin(): void {
    const cost = Math.min(MOST, Math.max(LEAST, this.#spun * PART));
    this.#spun += cost;
    this.#owed += cost;
  }

  /** The application did something else: it did not spin before. */
  work(): void {
    this.#spun = 0;
    this.#owed = 0;
    this.#worked += WORK;
  }

  /** The application has waited, or was interrupted: nothing is owed. */
  clear(): void {
    this.#spun = 0;
    this.paid();
  }

  /** Time has passed otherwise: nothing is owed, but who spins is spinning on. */
  paid(): void {
    this.#owed = 0;
    this.#worked = 0;
  }

  /** What is to be paid now. @returns milliseconds to pause for, 0 for none */
  take(): number {
    const pause = Math.max(this.#owed, this.#worked);
    if (pause < this.#grain) return 0;
    this.paid();
    return pause;
  }
}
