import type { DeviceClock } from '../device/device-clock.js';

/** What has something due, for example a broker. */
export interface Ticking {
  tick(now: number): void;
  nextDeadline(now: number): number | undefined;
}

interface Timer {
  at: number;
  run: () => void;
}

/** Turns at one point of time after which it is certain that time will not go on. */
const STANDSTILL = 1_000_000;
/** What the wall clock shows at 0 unless it is set: 2026-01-01. */
const EPOCH = Date.UTC(2026, 0);

/**
 * Time that passes only in `advance` and `runUntil`, from one deadline to the next: a day of a device that sleeps takes no longer than what
 * it does in it. Everything with one clock lives in one time, and things due at the same time happen in the order in which they were asked for.
 *
 * @example
 * ```ts
 * import { type Ticking, VirtualClock } from 'wasmqtt/microvisor';
 *
 * const clock = new VirtualClock();
 * const times: number[] = [];
 * let next = 1000;
 * const bell: Ticking = {
 *   nextDeadline: () => next,
 *   tick: (now) => {
 *     if (now < next) return;
 *     times.push(now);
 *     next += 1000;
 *   },
 * };
 * clock.drive(bell);
 * clock.after(2500, () => times.push(clock.now()));
 * await clock.advance(3000);
 * times; // => [ 1000, 2000, 2500, 3000 ]
 * ```
 */
export class VirtualClock implements DeviceClock {
  readonly #epoch: number | undefined;
  readonly #ticking = new Set<Ticking>();
  /** In the order in which they are due. */
  readonly #timers: Timer[] = [];
  #now = 0;
  #turns = 0;
  /** Works that virtual time waits for. */
  #works = 0;
  #runs = false;

  /** @param epoch milliseconds since the Unix epoch at the time 0 (default: 2026-01-01, UTC); null: devices do not know the time */
  constructor(epoch: number | null = EPOCH) {
    this.#epoch = epoch ?? undefined;
  }

  /** Milliseconds since it was made. */
  now(): number {
    return this.#now;
  }

  wallClock(): number | undefined {
    return this.#epoch === undefined ? undefined : this.#epoch + this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(milliseconds, 0), run };
    const later = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  during(work: Promise<unknown>): void {
    this.#works++;
    const done = () => this.#works--;
    work.then(done, done);
  }

  /** The deadlines of `ticking` count too from now on. */
  drive(ticking: Ticking): void {
    this.#ticking.add(ticking);
  }

  /** Something took so many milliseconds in which nothing else happens. */
  spend(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /**
   * Lets so many milliseconds pass, with all that is due in them.
   * @throws RangeError for a length of time that is none; Error when time does not go on, because something is due again and again
   */
  async advance(milliseconds: number): Promise<void> {
    await this.runUntil(() => false, milliseconds);
  }

  /**
   * Lets time pass until `isOver`, which is asked after each turn.
   * @param within milliseconds after which it gives up
   * @returns what `isOver` said last
   * @throws as `advance`
   */
  async runUntil(isOver: () => boolean, within: number): Promise<boolean> {
    if (!(within >= 0 && within < Number.POSITIVE_INFINITY))
      throw new RangeError(`cannot advance by ${within}; use a number of milliseconds from 0`);
    if (this.#runs) throw new Error('time passes already: await each advance and until before the next one');
    this.#runs = true;
    try {
      return await this.#run(isOver, this.#now + within);
    } finally {
      this.#runs = false;
    }
  }

  async #run(isOver: () => boolean, end: number): Promise<boolean> {
    for (;;) {
      await this.#worksDone();
      if (isOver()) return true;
      const next = this.#next();
      if (next > end) break;
      this.#goTo(next);
      for (const ticking of this.#ticking) if (isDue(ticking, this.#now)) ticking.tick(this.#now);
      if (this.#timers[0]?.at <= this.#now) this.#timers.shift()!.run();
    }
    this.#now = Math.max(this.#now, end);
    return false;
  }

  /** Works begin in promises at the earliest, and what they bring follows in promises. */
  async #worksDone(): Promise<void> {
    await undefined;
    while (this.#works > 0) await new Promise(setImmediate);
  }

  #next(): number {
    let next = this.#timers[0]?.at ?? Number.POSITIVE_INFINITY;
    for (const ticking of this.#ticking) {
      next = Math.min(next, ticking.nextDeadline(this.#now) ?? Number.POSITIVE_INFINITY);
    }
    return next;
  }

  #goTo(time: number): void {
    this.#turns = time > this.#now ? 0 : this.#turns + 1;
    if (this.#turns > STANDSTILL)
      throw new Error(
        `time stands still at ${this.#now} ms: something is due at once, again and again, such as a timer of 0 ms`,
      );
    this.#now = Math.max(this.#now, time);
  }
}

function isDue(ticking: Ticking, now: number): boolean {
  const deadline = ticking.nextDeadline(now);
  return deadline !== undefined && deadline <= now;
}
