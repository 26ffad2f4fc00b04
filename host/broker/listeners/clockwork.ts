import { LONGEST_TIMER } from '../../node/timers.js';
import { type Deadline, Deadlines } from '../engine/deadlines.js';

/** What has something due. */
export interface Ticking {
  tick(now: number): void;
  nextDeadline(now: number): number | undefined;
}

/**
 * The deadlines of sockets and listeners, those of the engine with them, and the one timer for both. Without a timer it runs on
 * the `tick` of its owner alone: in virtual time.
 *
 * @example
 * ```ts
 * import { Clockwork, type Ticking } from 'wasmqtt/broker';
 *
 * let now = 0;
 * const clockwork = new Clockwork(() => now, false);
 * const times: number[] = [];
 * const bell: Ticking = { tick: (time) => times.push(time), nextDeadline: () => (now < 1000 ? 1000 : undefined) };
 * clockwork.drive(bell);
 * clockwork.nextDeadline(now); // => 1000
 * now = 1000;
 * clockwork.tick(now);
 * times; // => [ 1000 ]
 * ```
 */
export class Clockwork implements Ticking {
  readonly now: () => number;
  readonly #deadlines: Deadlines;
  readonly #hasTimer: boolean;
  #engine: Ticking | undefined;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Whether the process lives on for the timer alone. */
  #isHeld = false;
  #isStopped = false;

  /**
   * @param now milliseconds, never going back
   * @param hasTimer whether it keeps a timer of its own; otherwise its owner calls `tick`
   * @param onError gets what a deadline throws
   */
  constructor(now: () => number, hasTimer: boolean, onError: (error: unknown) => void = () => {}) {
    this.now = now;
    this.#hasTimer = hasTimer;
    this.#deadlines = new Deadlines(onError);
  }

  /** The engine's deadlines count too from now on. */
  drive(engine: Ticking): void {
    this.#engine = engine;
  }

  /** Calls `run` once, in this many milliseconds. */
  after(milliseconds: number, run: () => void): Deadline {
    const now = this.now();
    const deadline = this.#deadlines.add(now + milliseconds, run);
    this.arm(now);
    return deadline;
  }

  tick(now: number): void {
    this.#engine?.tick(now);
    this.#deadlines.tick(now);
  }

  nextDeadline(now: number): number | undefined {
    const own = this.#deadlines.nextDeadline(now);
    const engines = this.#engine?.nextDeadline(now);
    return own === undefined || engines === undefined ? (own ?? engines) : Math.min(own, engines);
  }

  /** Sets the timer for the next deadline. To be called after each call into the engine; too often does no harm. */
  arm(now = this.now()): void {
    if (!this.#hasTimer || this.#isStopped) return;
    const next = this.nextDeadline(now) ?? Number.POSITIVE_INFINITY;
    if (this.#timerAt <= next) return;
    this.#disarm();
    this.#timerAt = next;
    // What goes on in the next turn gives way to input and output, but need not wait for a clock.
    if (next <= now) {
      this.#immediate = setImmediate(() => this.#ring());
      return;
    }
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.ceil(next - now), LONGEST_TIMER));
    if (!this.#isHeld) this.#timer.unref();
  }

  /** Keeps the process alive until the deadlines have come: somebody waits for them. */
  hold(): void {
    this.#isHeld = true;
    this.#timer?.ref();
  }

  stop(): void {
    this.#isStopped = true;
    this.#disarm();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #ring(): void {
    const now = this.now();
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.tick(now);
    this.arm(now);
  }
}
