import type { Task } from './task.js';

/** Tasks whose wait ends by itself, the next first. */
export class SleepingTasks {
  readonly #tasks: Task[] = [];

  get first(): Task | undefined {
    return this.#tasks[0];
  }

  /** Does nothing for a task that waits for ever. */
  add(task: Task): void {
    if (!Number.isFinite(task.wakeAt)) return;
    const behind = this.#tasks.findIndex((other) => other.wakeAt > task.wakeAt);
    this.#tasks.splice(behind < 0 ? this.#tasks.length : behind, 0, task);
  }

  /** Does nothing when the task is not there. */
  remove(task: Task): void {
    const index = this.#tasks.indexOf(task);
    if (index >= 0) this.#tasks.splice(index, 1);
  }
}
