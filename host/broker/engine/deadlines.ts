/** One moment at which something falls due; `cancel` is harmless once it has run. */
export class Deadline {
  readonly at: number;
  readonly run: () => void;
  /** Place in the heap, -1 when not in it. */
  index = -1;
  isCancelled = false;
  readonly #owner: Deadlines;

  constructor(at: number, run: () => void, owner: Deadlines) {
    this.at = at;
    this.run = run;
    this.#owner = owner;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#owner.remove(this);
  }
}

/** All deadlines of one engine in a binary heap: the earliest is at hand, adding and cancelling cost O(log n). */
export class Deadlines {
  readonly #heap: Deadline[] = [];
  readonly #onError: (error: unknown) => void;

  /** @param onError gets what a deadline throws; the others run all the same */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** @param at milliseconds on the engine's clock */
  add(at: number, run: () => void): Deadline {
    const deadline = new Deadline(at, run, this);
    deadline.index = this.#heap.length;
    this.#heap.push(deadline);
    this.#rise(deadline.index);
    return deadline;
  }

  remove(deadline: Deadline): void {
    const { index } = deadline;
    if (index < 0) return;
    deadline.index = -1;
    const last = this.#heap.pop()!;
    if (last === deadline) return;
    this.#place(last, index);
    this.#rise(index);
    this.#sink(last.index);
  }

  /** When `tick` next has something to do, never before `now`; undefined when nothing is left. */
  nextDeadline(now: number): number | undefined {
    return this.#heap.length === 0 ? undefined : Math.max(this.#heap[0].at, now);
  }

  /**
   * Runs what is due at `now`, earliest first. What these runs add waits for the next call, so this always ends.
   *
   * @param most how many are run at most; the rest stay due
   */
  tick(now: number, most = Number.POSITIVE_INFINITY): void {
    const due: Deadline[] = [];
    while (due.length < most && this.#heap.length > 0 && this.#heap[0].at <= now) {
      due.push(this.#heap[0]);
      this.remove(this.#heap[0]);
    }
    // One may cancel another that is due with it.
    for (const deadline of due) if (!deadline.isCancelled) this.#run(deadline);
  }

  #run(deadline: Deadline): void {
    try {
      deadline.run();
    } catch (error) {
      this.#onError(error);
    }
  }

  #place(deadline: Deadline, index: number): void {
    this.#heap[index] = deadline;
    deadline.index = index;
  }

  #rise(from: number): void {
    let index = from;
    const moving = this.#heap[index];
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#heap[parent].at <= moving.at) break;
      this.#place(this.#heap[parent], index);
      index = parent;
    }
    this.#place(moving, index);
  }

  #sink(from: number): void {
    let index = from;
    const moving = this.#heap[index];
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && this.#heap[child + 1].at < this.#heap[child].at) child++;
      if (this.#heap[child].at >= moving.at) break;
      this.#place(this.#heap[child], index);
      index = child;
    }
    this.#place(moving, index);
  }
}
