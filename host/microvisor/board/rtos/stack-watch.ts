import type { RtosHost } from './rtos-ports.js';
import type { Task } from './task.js';

/** Milliseconds between two looks at the stack of a task: they take longer than a switch, and so become rarer. */
const FIRST = 1000;
const LONGEST = 3_600_000;

/** Looks now and then how much stack a task has used, and reports once when it is more than it asked for. */
export class StackWatch {
  readonly #host: RtosHost;
  readonly #next = new WeakMap<Task, { at: number; interval: number }>();

  constructor(host: RtosHost) {
    this.#host = host;
  }

  /** @param atEnd looks in any case */
  look(task: Task, atEnd: boolean): void {
    const next = this.#next.get(task) ?? { at: Number.NEGATIVE_INFINITY, interval: FIRST };
    const now = this.#host.now();
    if (next.at === Number.POSITIVE_INFINITY || (!atEnd && now < next.at)) return;
    this.#next.set(task, { at: now + next.interval, interval: Math.min(2 * next.interval, LONGEST) });
    const used = task.body.stackPeak();
    if (task.askedStack === 0 || used <= task.askedStack) return;
    this.#host.emit({ event: 'stackExceeded', task: task.name, used, size: task.askedStack });
    this.#next.set(task, { at: Number.POSITIVE_INFINITY, interval: LONGEST });
  }
}
