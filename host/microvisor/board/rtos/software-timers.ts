import type { RtosHost } from './rtos-ports.js';
import type { Scheduler } from './scheduler.js';
import { Task } from './task.js';

/** A timer of the RTOS. */
export class SoftwareTimer {
  readonly nameAddress: number;
  /** Pointer to the callback, and what it is called with. */
  readonly callback: number;
  argument: number;
  /** Ticks. */
  period: number;
  isPeriodic: boolean;
  /** pvTimerGetTimerID */
  id: number;
  /** The time at which it goes off, in milliseconds; undefined while it is stopped. */
  dueAt: number | undefined;

  constructor(
    nameAddress: number,
    callback: number,
    argument: number,
    period: number,
    isPeriodic: boolean,
    id: number,
  ) {
    this.nameAddress = nameAddress;
    this.callback = callback;
    this.argument = argument;
    this.period = period;
    this.isPeriodic = isPeriodic;
    this.id = id;
  }
}

/** A function of the guest that the timer task is to call. */
interface Job {
  entry: number;
  args: readonly number[];
}

const TASK_NAME = 'Tmr Svc';
/** Functions that may wait for the timer task; more are refused, as a full queue of timer commands is. */
const MOST_JOBS = 64;

/** The timers, and the task that runs their callbacks one after the other. */
export class SoftwareTimers {
  readonly #host: RtosHost;
  readonly #scheduler: Scheduler;
  readonly #stackSize: number;
  readonly #priority: number;
  readonly #running = new Set<SoftwareTimer>();
  readonly #jobs: Job[] = [];
  #task: Task | undefined;
  #isBusy = false;

  constructor(host: RtosHost, scheduler: Scheduler, priority: number, stackSize: number) {
    this.#host = host;
    this.#scheduler = scheduler;
    this.#priority = priority;
    this.#stackSize = stackSize;
  }

  /** The task that runs callbacks; undefined before the first. */
  get task(): Task | undefined {
    return this.#task;
  }

  start(timer: SoftwareTimer): void {
    timer.dueAt = this.#scheduler.timeOfTick(timer.period);
    this.#running.add(timer);
  }

  stop(timer: SoftwareTimer): void {
    timer.dueAt = undefined;
    this.#running.delete(timer);
  }

  /** Calls a function in the timer task (xTimerPendFunctionCall). @returns false when too many wait */
  pend(entry: number, args: readonly number[]): boolean {
    if (this.#jobs.length >= MOST_JOBS) return false;
    this.#jobs.push({ entry, args });
    if (!this.#isBusy) this.#nextJob();
    return true;
  }

  /** Timers that are due go off. */
  tick(now: number): void {
    if (this.#running.size === 0) return;
    const due = [...this.#running].filter((timer) => timer.dueAt! <= now).sort((a, b) => a.dueAt! - b.dueAt!);
    for (const timer of due) {
      if (timer.isPeriodic) timer.dueAt! += timer.period * this.#scheduler.tickLength;
      else this.stop(timer);
      this.pend(timer.callback, [timer.argument]);
    }
  }

  /** Milliseconds; undefined when no timer runs. */
  nextDeadline(): number | undefined {
    let earliest: number | undefined;
    for (const { dueAt } of this.#running) if (earliest === undefined || dueAt! < earliest) earliest = dueAt;
    return earliest;
  }

  #nextJob(): void {
    const job = this.#jobs.shift();
    this.#isBusy = job !== undefined;
    if (!job) {
      if (this.#task) this.#scheduler.park(this.#task);
      return;
    }
    const body = this.#host.spawn(TASK_NAME, job.entry, job.args, this.#stackSize);
    if (!body) this.#host.fault('there is no memory for the stack of the timer task');
    if (this.#task) {
      this.#task.body = body;
      this.#scheduler.release(this.#task);
      return;
    }
    this.#task = new Task(TASK_NAME, 0, body, this.#priority, 0);
    this.#task.whenReturned = () => this.#nextJob();
    this.#scheduler.add(this.#task);
  }
}
