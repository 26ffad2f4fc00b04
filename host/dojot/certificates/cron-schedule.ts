import { Cron } from 'croner';

/** Timers on a clock of somebody else's: of the process, or of a test. */
export interface Timers {
  after(milliseconds: number, run: () => void): { cancel(): void };
}

/** Milliseconds after which the wall clock is looked at again: it may be set, and the machine may sleep. */
const LOOK_AGAIN = 3_600_000;

/** What is wrong with a cron expression of 5 fields, or 6 with seconds; undefined when nothing is. */
export function cronProblem(pattern: string): string | undefined {
  try {
    new Cron(pattern, { paused: true });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '').replace(/\.$/, '');
  }
}

/** Runs something at the times of a cron expression, in local time. */
export class CronSchedule {
  readonly #cron: Cron;
  readonly #timers: Timers;
  readonly #wallClock: () => number;
  readonly #run: () => void;
  #timer: { cancel(): void } | undefined;
  #due = Number.POSITIVE_INFINITY;

  /** @param pattern one without a `cronProblem` */
  constructor(pattern: string, timers: Timers, wallClock: () => number, run: () => void) {
    this.#cron = new Cron(pattern, { paused: true });
    this.#timers = timers;
    this.#wallClock = wallClock;
    this.#run = run;
  }

  start(): void {
    const now = this.#wallClock();
    this.#due = this.#cron.nextRun(new Date(now))?.getTime() ?? Number.POSITIVE_INFINITY;
    this.#wait(now);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(now: number): void {
    if (this.#due === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#timers.after(Math.min(Math.max(this.#due - now, 0), LOOK_AGAIN), () => this.#look());
  }

  #look(): void {
    const now = this.#wallClock();
    if (now < this.#due) {
      this.#wait(now);
      return;
    }
    this.start();
    this.#run();
  }
}
