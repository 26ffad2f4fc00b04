import { ReadyTasks } from './ready-tasks.js';
import type { RtosHost, RtosSettings } from './rtos-ports.js';
import { SleepingTasks } from './sleeping-tasks.js';
import { StackWatch } from './stack-watch.js';
import type { Task, Wait } from './task.js';

/** What a call returns when its task does not go on now: what it returns in the end is given to {@link TaskBody.answer}. */
export const BLOCKED: unique symbol = Symbol('blocked');

export type Answer = number | typeof BLOCKED;

/** As many ticks mean: for ever. */
export const FOREVER = 0xffff_ffff;

/**
 * Decides which task runs: the most urgent that is ready; equal ones take turns. It enters none: who runs it asks `next()`, lets that task
 * run until it is suspended or ends, says so with `left()`, and asks again.
 */
export class Scheduler {
  /** The tasks that have not ended. */
  readonly tasks: Task[] = [];
  /** Set by `start`. */
  started = false;
  /** Milliseconds of a tick. */
  tickLength = 1;
  readonly #host: RtosHost;
  readonly #settings: RtosSettings;
  readonly #stacks: StackWatch;
  readonly #ready = new ReadyTasks();
  readonly #sleeping = new SleepingTasks();
  readonly #start: number;
  /** What `main` runs in: alone until the scheduler starts. */
  #main: Task | undefined;
  #current: Task | undefined;
  /** How often it is suspended. */
  #locks = 0;
  /** The tick in which the current task got its turn. */
  #turnTick = 0;

  constructor(host: RtosHost, settings: RtosSettings) {
    this.#host = host;
    this.#settings = settings;
    this.#stacks = new StackWatch(host);
    this.#start = host.now();
  }

  /** The task that runs, or ran last. */
  get current(): Task | undefined {
    return this.#current;
  }

  get locks(): number {
    return this.#locks;
  }

  /** Ticks since the start; 32 bits. */
  tickCount(): number {
    return Math.floor((this.#host.now() - this.#start) / this.tickLength) >>> 0;
  }

  /** When the tick after so many more begins, in milliseconds of the clock. */
  timeOfTick(ticks = 0): number {
    const present = Math.floor((this.#host.now() - this.#start) / this.tickLength);
    return this.#start + (present + ticks) * this.tickLength;
  }

  /** `task` runs `main`: it is the only one until `start`. */
  setMain(task: Task): void {
    this.#main = task;
    this.#push(task);
  }

  add(task: Task): void {
    this.tasks.push(task);
    this.#push(task);
  }

  /** Starts the tasks; `main` does not go on. */
  start(): Answer {
    this.started = true;
    const main = this.#main;
    if (main) this.#ready.remove(main);
    if (main) main.state = 'ended';
    return BLOCKED;
  }

  /** Does what is due: tasks whose time is up become ready. */
  tick(now: number): void {
    for (let first = this.#sleeping.first; first && first.wakeAt <= now; first = this.#sleeping.first) {
      this.#leaveLists(first);
      this.#push(first);
    }
  }

  /** The time of the next `tick`, in milliseconds; undefined when only a call or an interrupt can help. */
  nextDeadline(now: number): number | undefined {
    const busy = this.#ready.highest()?.busyUntil ?? Number.NEGATIVE_INFINITY;
    const earliest = Math.min(this.#sleeping.first?.wakeAt ?? Number.POSITIVE_INFINITY, busy > now ? busy : Infinity);
    return Number.isFinite(earliest) ? earliest : undefined;
  }

  /** The task to let run now; undefined when all wait. */
  next(): Task | undefined {
    const now = this.#host.now();
    this.tick(now);
    this.#rotateWhenDue();
    for (let task = this.#chosen(now); task !== undefined; task = this.#chosen(now)) {
      if (task.wait && !this.#tryAgain(task, task.wait, now)) continue;
      // What it did may have made a more urgent one ready.
      if (this.#chosen(now) !== task) continue;
      if (task !== this.#current) this.#turnTick = this.tickCount();
      this.#current = task;
      return task;
    }
    return undefined;
  }

  /** The current task was suspended, or its function has returned. */
  left(returned: boolean): void {
    const task = this.#current;
    if (!task) return;
    const isOver = task.state === 'ended';
    this.#stacks.look(task, returned || isOver);
    if (isOver && !returned) task.body.drop();
    if (isOver || !returned) return;
    if (typeof task.whenReturned === 'function') task.whenReturned();
    else if (task.whenReturned === 'end') this.end(task);
    else this.#host.fault(`the task ${task.name} returned from its function; it has to end with vTaskDelete(NULL)`);
  }

  /** The current task goes on with `result`, unless another one is to run first. */
  settle(result: number): Answer {
    const task = this.#current;
    if (!task || this.#locks > 0 || this.#host.inInterrupt() || !this.#isOvertaken(task)) return result;
    task.body.answer(result);
    return BLOCKED;
  }

  /** The current task waits. @param ticks at most as many; {@link FOREVER}: without end */
  wait(call: string, wait: Wait, ticks: number): Answer {
    const task = this.#current;
    if (this.#host.inInterrupt() || !task)
      this.#host.fault(`${call} waits in an interrupt handler, which is not allowed`);
    this.#mustBeFree(task, `waits in ${call}`);
    task.wait = wait;
    task.wakeAt = ticks === FOREVER ? Number.POSITIVE_INFINITY : this.timeOfTick(ticks);
    this.#ready.remove(task);
    this.#standInLine(task);
    return BLOCKED;
  }

  /** The current task spins for some milliseconds: less urgent tasks do not run meanwhile. */
  spin(milliseconds: number): Answer {
    const task = this.#current;
    // An interrupt handler cannot let time pass.
    if (!task || this.#host.inInterrupt()) return 0;
    task.busyUntil = this.#host.now() + milliseconds;
    task.body.answer(0);
    return BLOCKED;
  }

  /** The current task lets equal ones run. */
  yield(): Answer {
    const task = this.#current;
    if (!task || this.#locks > 0 || this.#host.inInterrupt()) return 0;
    this.#ready.rotate(task.priority);
    task.body.answer(0);
    return BLOCKED;
  }

  /** A task that waits becomes ready: with an answer, or to try again. */
  release(task: Task, answer?: number): void {
    if (task.state !== 'waiting') return;
    this.#leaveLists(task);
    if (answer !== undefined) {
      task.wait = undefined;
      task.body.answer(answer);
    }
    this.#push(task);
  }

  setPriority(task: Task, priority: number): void {
    if (task.priority === priority) return;
    const isReady = task.state === 'ready';
    const list = task.state === 'waiting' ? task.wait?.list : undefined;
    if (isReady) this.#ready.remove(task);
    list?.remove(task);
    task.priority = priority;
    list?.add(task);
    if (isReady) this.#push(task);
  }

  /** A task waits until it is released; nothing is tried for it meanwhile. */
  park(task: Task): void {
    this.#ready.remove(task);
    task.state = 'waiting';
    task.wait = undefined;
    task.wakeAt = Number.POSITIVE_INFINITY;
  }

  suspend(task: Task): void {
    if (task.state === 'ended') return;
    this.#mustBeFree(task, 'suspends itself');
    this.#ready.remove(task);
    this.#leaveLists(task);
    task.state = 'suspended';
  }

  /** @returns false when it was not suspended */
  resume(task: Task): boolean {
    if (task.state !== 'suspended') return false;
    this.#push(task);
    return true;
  }

  /** Ends a task; the current one is dropped when it is left. */
  end(task: Task): void {
    if (task.state === 'ended') return;
    this.#mustBeFree(task, 'ends itself');
    this.#ready.remove(task);
    this.#leaveLists(task);
    task.wait = undefined;
    task.state = 'ended';
    this.tasks.splice(this.tasks.indexOf(task), 1);
    if (task !== this.#current) task.body.drop();
    for (const other of task.joining.all()) this.release(other, 0);
    this.#host.emit({ event: 'taskEnded', task: task.name });
  }

  #mustBeFree(task: Task, does: string): void {
    if (task !== this.#current || this.#locks === 0) return;
    this.#host.fault(`the task ${task.name} ${does} while the scheduler is suspended`);
  }

  lock(): void {
    this.#locks++;
  }

  /** @returns false when it was not locked */
  unlock(): boolean {
    if (this.#locks === 0) return false;
    this.#locks--;
    return true;
  }

  /** The task whose turn it is, if there is one. */
  #chosen(now: number): Task | undefined {
    if (!this.started) return this.#main?.state === 'ready' && this.#main.busyUntil <= now ? this.#main : undefined;
    if (this.#locks > 0) return this.#current && this.#current.busyUntil <= now ? this.#current : undefined;
    return this.#ready.choose(now);
  }

  /** @returns false when the task has to wait on */
  #tryAgain(task: Task, wait: Wait, now: number): boolean {
    const result = wait.attempt(task) ?? (task.wakeAt <= now ? wait.expire(task) : undefined);
    if (result === undefined) {
      this.#ready.remove(task);
      this.#standInLine(task);
      return false;
    }
    task.wait = undefined;
    task.body.answer(result);
    return true;
  }

  #isOvertaken(task: Task): boolean {
    this.tick(this.#host.now());
    const first = this.#ready.highest();
    if (!first || !this.started) return false;
    if (first.priority > task.priority) return true;
    const isDue = this.#settings.preemptAtCalls || this.tickCount() !== this.#turnTick;
    if (!isDue || this.#ready.row(task.priority).length < 2) return false;
    this.#ready.rotate(task.priority);
    return true;
  }

  /** A task in a call that is not the RTOS's has had its turn when the tick has changed. */
  #rotateWhenDue(): void {
    const task = this.#current;
    if (task?.state !== 'ready' || this.tickCount() === this.#turnTick) return;
    if (this.#ready.row(task.priority)[0] === task) this.#ready.rotate(task.priority);
    this.#turnTick = this.tickCount();
  }

  #push(task: Task): void {
    task.state = 'ready';
    this.#ready.push(task);
  }

  #standInLine(task: Task): void {
    task.state = 'waiting';
    task.wait?.list?.add(task);
    this.#sleeping.add(task);
  }

  #leaveLists(task: Task): void {
    task.wait?.list?.remove(task);
    this.#sleeping.remove(task);
  }
}
