import { type Task, WORK, type Work } from '../turns/work-queue.js';

/** Bytes that a packet which waits for a commit takes besides its own. */
const PART_BYTES = 100;

/** Longer packets have payloads: those are shared, and a connection has a limit of its own for them. */
const SHORT_PART = 1000;

/**
 * What the store has not made durable, weighed, and the clients that are not read from until it is less: a disk that stalls must
 * not cost memory without end. Each goes on from where it was, the first one first.
 */
export class StoreBacklog implements Task {
  /** The store cannot be written: nobody waits, for what they send is refused. */
  isBroken = false;
  readonly #maximum: number;
  /** Of the writes that are not durable, the oldest first. */
  #writes: number[] = [];
  #bytes = 0;
  /** Of the write that is being collected. */
  #collected = 0;
  #committed = 0;
  #waiting: (() => void)[] = [];

  /** @param maximum bytes */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return !this.isBroken && this.#bytes > this.#maximum;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Enough is durable for those that wait to go on: less often, and then for longer. */
  get isLow(): boolean {
    return this.isBroken || this.#bytes <= this.#maximum / 2;
  }

  /** A change, which belongs to the write that is being collected. */
  add(bytes: number): void {
    this.#collected += bytes;
    this.#bytes += bytes;
  }

  /** A packet that waits for the newest write. */
  addPart(length: number): void {
    const bytes = PART_BYTES + Math.min(length, SHORT_PART);
    if (this.#collected > 0) this.add(bytes);
    else if (this.#writes.length > 0) {
      this.#writes[this.#writes.length - 1] += bytes;
      this.#bytes += bytes;
    }
  }

  /** What was collected is one write. */
  written(): void {
    this.#writes.push(this.#collected);
    this.#collected = 0;
  }

  /** @param writes that are durable, since the beginning */
  committed(writes: number): void {
    for (const bytes of this.#writes.splice(0, writes - this.#committed)) this.#bytes -= bytes;
    this.#committed = writes;
  }

  /** @param goOn called when there is room again */
  wait(goOn: () => void): void {
    this.#waiting.push(goOn);
  }

  /** Lets those that wait go on, until there is no room or the work of this turn is spent. */
  run(work: Work): boolean {
    while (this.#waiting.length > 0 && !this.isFull) {
      if (work.isSpent) return false;
      this.#waiting.shift()!();
      work.spend(WORK.delivery);
    }
    return true;
  }
}
