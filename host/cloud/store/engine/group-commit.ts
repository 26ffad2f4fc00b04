import type { Commit, RecordChange } from './engine.js';

/** The changes of each commit of a group. */
export type CommitGroup = readonly (readonly RecordChange[])[];

/** A commit that waits for its transaction. */
interface Waiting {
  changes: readonly RecordChange[];
  bytes: number;
  resolve: (commit: Commit) => void;
  reject: (error: unknown) => void;
}

/** What goes into one transaction at most, so that none takes long or much memory. A larger commit goes alone. */
const MOST_COMMITS = 1000;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Commits that come while a transaction is on its way to the disk go into the next one together: a disk that takes long gets larger
 * groups, not a longer queue.
 */
export class GroupCommit {
  readonly #run: (group: CommitGroup) => Promise<Commit[]>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  /** @param run one transaction for all; each commit of the group by itself changes everything or nothing */
  constructor(run: (group: CommitGroup) => Promise<Commit[]>) {
    this.#run = run;
  }

  commit(changes: readonly RecordChange[]): Promise<Commit> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, bytes: bytesOf(changes), resolve, reject });
      this.#running ??= this.#commitWaiting();
    });
  }

  /** Waits for the commits under way; never rejects. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #commitWaiting(): Promise<void> {
    // What else this turn of the event loop brings goes into the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        const commits = await this.#run(group.map(({ changes }) => changes));
        for (const [index, { resolve }] of group.entries()) resolve(commits[index]);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = undefined;
  }

  #nextGroup(): Waiting[] {
    let bytes = 0;
    const tooMany = this.#waiting.findIndex((commit, index) => {
      bytes += commit.bytes;
      return index > 0 && (index >= MOST_COMMITS || bytes > MOST_BYTES);
    });
    return this.#waiting.splice(0, tooMany < 0 ? this.#waiting.length : tooMany);
  }
}

function bytesOf(changes: readonly RecordChange[]): number {
  let bytes = 0;
  for (const change of changes) if (change.op === 'put') bytes += change.data.length;
  return bytes;
}
