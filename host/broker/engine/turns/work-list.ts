import type { Task, Work } from './work-queue.js';

/** Things that are done one after the other, in as many turns as it takes. */
export class WorkList<T> implements Task {
  readonly #units: number;
  readonly #visit: (thing: T) => void;
  #rest: Iterator<T>;

  /** @param units that each takes, see `WORK` */
  constructor(things: readonly T[], units: number, visit: (thing: T) => void) {
    this.#rest = things.values();
    this.#units = units;
    this.#visit = visit;
  }

  run(work: Work): boolean {
    while (!work.isSpent) {
      const next = this.#rest.next();
      if (next.done) return true;
      work.spend(this.#units);
      this.#visit(next.value);
    }
    return false;
  }

  /** What is left is not done. */
  cancel(): void {
    this.#rest = [].values();
  }
}
