interface Kept {
  readonly id: number;
  references: number;
}

/** What several records refer to by an id: it has a record of its own, once for all of them, which goes with the last reference. */
export class SharedRecords<T> {
  readonly #kept = new Map<T, Kept>();
  readonly #put: (id: number, value?: T) => void;
  #lastId = 0;

  /** @param put writes the record of this id, or deletes it when there is no value */
  constructor(put: (id: number, value?: T) => void) {
    this.#put = put;
  }

  /** Counts one more reference. Returns the id of the record. */
  hold(value: T): number {
    let kept = this.#kept.get(value);
    if (!kept) {
      kept = { id: ++this.#lastId, references: 0 };
      this.#kept.set(value, kept);
      this.#put(kept.id, value);
    }
    kept.references++;
    return kept.id;
  }

  release(value: T): void {
    const kept = this.#kept.get(value);
    if (!kept || --kept.references > 0) return;
    this.#kept.delete(value);
    this.#put(kept.id);
  }

  /** Takes over what was loaded; `hold` counts its references. */
  adopt(id: number, value: T): void {
    this.#lastId = Math.max(this.#lastId, id);
    this.#kept.set(value, { id, references: 0 });
  }

  /** Deletes what was loaded if nothing refers to it. */
  deleteUnused(value: T): void {
    const kept = this.#kept.get(value);
    if (kept?.references !== 0) return;
    kept.references = 1;
    this.release(value);
  }
}
