/** The work that one call into the engine may do. */
export interface Work {
  /** Nothing is left: what is not done goes on in a later turn. */
  readonly isSpent: boolean;
  /** @param units see `WORK` */
  spend(units: number): void;
}

/** What things cost. A unit takes about 0.1 microseconds. */
export const WORK = {
  /** A node of a topic tree, or an entry of one. */
  node: 1,
  /** A filter of an UNSUBSCRIBE. */
  filter: 10,
  /** A message for one session: rules, queue or packet, transport. */
  delivery: 20,
  /** A question to the rules. */
  rules: 20,
  /** A CONNECT that the rules are asked about again: perhaps with a password to be hashed. */
  connect: 100,
} as const;

/** Something that goes on, turn by turn, until it is done. */
export interface Task {
  /** Goes on until `work` is spent. @returns whether it is done */
  run(work: Work): boolean;
}

/** For callers that need all of it at once. */
export const unlimitedWork: Work = { isSpent: false, spend() {} };

/** Units that a task gets at least when many wait. */
const SMALLEST_SLICE = 100;

/**
 * What is too much for one call into the engine. Each turn does a bounded part of it and shares it out among the tasks, so a
 * small one is done soon whatever the others ask for.
 */
export class WorkQueue implements Work {
  readonly #perTurn: number;
  readonly #onError: (error: unknown) => void;
  readonly #wake: () => void;
  #left: number;
  #tasks: Task[] = [];

  /**
   * @param perTurn units, see `WORK`
   * @param onError gets what a task throws; it is then done, and the others go on
   * @param wake called when there is something for the next turn
   */
  constructor(perTurn: number, onError: (error: unknown) => void, wake: () => void = () => {}) {
    this.#perTurn = perTurn;
    this.#onError = onError;
    this.#wake = wake;
    this.#left = perTurn;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** Tasks that are not done. */
  get size(): number {
    return this.#tasks.length;
  }

  spend(units: number): void {
    this.#left -= units;
  }

  /** A new call into the engine begins. */
  begin(): void {
    this.#left = this.#perTurn;
  }

  /** Begins a task: what is more than the work of this call goes on in later turns. */
  start(task: Task): void {
    if (this.isSpent || !this.#run(task)) this.add(task);
  }

  /** The task goes on in the next turn. */
  add(task: Task): void {
    this.#tasks.push(task);
    this.#wake();
  }

  /** Does one turn's work, each task in its turn. */
  tick(): void {
    let left = this.#perTurn;
    while (left > 0 && this.#tasks.length > 0) {
      const round = this.#tasks;
      this.#tasks = [];
      const slice = Math.max(SMALLEST_SLICE, Math.floor(left / round.length));
      for (const [index, task] of round.entries()) {
        if (left <= 0) {
          // They come first in the next turn.
          this.#tasks = [...round.slice(index), ...this.#tasks];
          break;
        }
        this.#left = slice;
        if (!this.#run(task)) this.#tasks.push(task);
        // A task that spends nothing must not keep the turn going for ever.
        left -= Math.max(1, slice - this.#left);
      }
    }
    this.#left = Math.max(0, left);
  }

  #run(task: Task): boolean {
    try {
      return task.run(this);
    } catch (error) {
      this.#onError(error);
      return true;
    }
  }
}
