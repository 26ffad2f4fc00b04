/** One moment at which something falls due; `cancel` is harmless once it has run. */
export class Deadline {
  /** Place in the heap, -1 when not in it. */
  index = -1;
  isCancelled = false;

  constructor(
    readonly at: number,
    readonly run: () => void,
    private readonly owner: Deadlines,
  ) {}

  cancel(): void {
    this.isCancelled = true;
    this.owner.remove(this);
  }
}

/** All deadlines of one engine in a binary heap: the earliest is at hand, adding and cancelling cost O(log n). */
export class Deadlines {
  private readonly heap: Deadline[] = [];

  /** @param at milliseconds on the engine's clock */
  add(at: number, run: () => void): Deadline {
    const deadline = new Deadline(at, run, this);
    deadline.index = this.heap.length;
    this.heap.push(deadline);
    this.rise(deadline.index);
    return deadline;
  }

  remove(deadline: Deadline): void {
    const { index } = deadline;
    if (index < 0) return;
    deadline.index = -1;
    const last = this.heap.pop()!;
    if (last === deadline) return;
    this.place(last, index);
    this.rise(index);
    this.sink(last.index);
  }

  /** The earliest moment at which `runDue` has something to do. */
  next(): number | undefined {
    return this.heap[0]?.at;
  }

  /** Runs what is due, earliest first. What these runs add is left for the next call, so this always ends. */
  runDue(now: number): void {
    const due: Deadline[] = [];
    while (this.heap.length > 0 && this.heap[0].at <= now) {
      due.push(this.heap[0]);
      this.remove(this.heap[0]);
    }
    // One may cancel another that is due with it.
    for (const deadline of due) if (!deadline.isCancelled) deadline.run();
  }

  private place(deadline: Deadline, index: number): void {
    this.heap[index] = deadline;
    deadline.index = index;
  }

  private rise(from: number): void {
    let index = from;
    const moving = this.heap[index];
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.heap[parent].at <= moving.at) break;
      this.place(this.heap[parent], index);
      index = parent;
    }
    this.place(moving, index);
  }

  private sink(from: number): void {
    let index = from;
    const moving = this.heap[index];
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && this.heap[child + 1].at < this.heap[child].at) child++;
      if (this.heap[child].at >= moving.at) break;
      this.place(this.heap[child], index);
      index = child;
    }
    this.place(moving, index);
  }
}
