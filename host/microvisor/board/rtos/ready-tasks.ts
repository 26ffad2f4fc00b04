import { HIGHEST_PRIORITY, type Task } from './task.js';

/** Tasks that are ready, a row for each priority; the first of a row is the one whose turn it is. */
export class ReadyTasks {
  readonly #rows: Task[][] = Array.from({ length: HIGHEST_PRIORITY + 1 }, () => []);
  /** No row above it has a task. */
  #top = 0;

  row(priority: number): readonly Task[] {
    return this.#rows[priority];
  }

  push(task: Task): void {
    this.#rows[task.priority].push(task);
    if (task.priority > this.#top) this.#top = task.priority;
  }

  /** Does nothing when the task is not there. */
  remove(task: Task): void {
    const row = this.#rows[task.priority];
    const index = row.indexOf(task);
    if (index >= 0) row.splice(index, 1);
  }

  /** The most urgent task whose turn it is. */
  highest(): Task | undefined {
    while (this.#top > 0 && this.#rows[this.#top].length === 0) this.#top--;
    return this.#rows[this.#top][0];
  }

  /** The one to run; while it spins an equal one that does not, and none when there is no such. */
  choose(now: number): Task | undefined {
    const first = this.highest();
    if (!first || first.busyUntil <= now) return first;
    return this.#rows[first.priority].find((task) => task.busyUntil <= now);
  }

  /** The next one of a row has its turn. */
  rotate(priority: number): void {
    const row = this.#rows[priority];
    const first = row.shift();
    if (first) row.push(first);
  }
}
