/** What stands in a {@link WaitList}. */
export interface Waiter {
  readonly priority: number;
}

/** Tasks that wait for the same: the most urgent first, equal ones in the order in which they came. */
export class WaitList<Item extends Waiter = Waiter> {
  readonly #tasks: Item[] = [];

  add(task: Item): void {
    const behind = this.#tasks.findIndex((other) => other.priority < task.priority);
    this.#tasks.splice(behind < 0 ? this.#tasks.length : behind, 0, task);
  }

  remove(task: Item): void {
    const index = this.#tasks.indexOf(task);
    if (index >= 0) this.#tasks.splice(index, 1);
  }

  get first(): Item | undefined {
    return this.#tasks[0];
  }

  /** A copy: the tasks may be removed while one goes through it. */
  all(): Item[] {
    return [...this.#tasks];
  }
}
