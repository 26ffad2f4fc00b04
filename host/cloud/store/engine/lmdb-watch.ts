import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** When to look again after another process has written, in milliseconds. */
const LOOKS = [5, 50, 500];

/**
 * Tells listeners that an LMDB store has grown. LMDB itself has no such call: of other processes' commits the operating system tells,
 * since each one writes to the data file.
 */
export class LmdbWatch {
  readonly #directory: string;
  readonly #revision: () => number;
  readonly #listeners = new Set<(revision: number) => void>();
  #files: FSWatcher | undefined;
  #looks: NodeJS.Timeout[] = [];
  #known = 0;

  /** @param revision of the store as it is now; may throw */
  constructor(directory: string, revision: () => number) {
    this.#directory = directory;
    this.#revision = revision;
  }

  add(listener: (revision: number) => void): () => void {
    const own = (revision: number) => listener(revision);
    if (this.#files === undefined) this.#begin();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** This process has committed. */
  committed(): void {
    if (this.#listeners.size === 0) return;
    let revision: number;
    try {
      revision = this.#revision();
    } catch {
      // Whoever reads next is told why it fails.
      return;
    }
    if (revision === this.#known) return;
    this.#known = revision;
    for (const listener of this.#listeners) listener(revision);
  }

  close(): void {
    for (const look of this.#looks) clearTimeout(look);
    this.#looks = [];
    this.#files?.close();
    this.#files = undefined;
  }

  /** Some process has written to the file. LMDB has a commit read only after its last write, so one look at once often comes too early. */
  #written(): void {
    this.committed();
    // Listeners may have ended the watch.
    if (this.#files === undefined) return;
    if (this.#looks.length === 0) this.#looks = LOOKS.map((after) => setTimeout(() => this.committed(), after).unref());
    else for (const look of this.#looks) look.refresh();
  }

  #begin(): void {
    this.#known = this.#revision();
    this.#files = watch(join(this.#directory, 'data.mdb'), () => this.#written());
    this.#files.on('error', () => this.close());
    this.#files.unref();
  }
}
