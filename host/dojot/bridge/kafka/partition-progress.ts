interface InHand {
  readonly offset: bigint;
  isDone: boolean;
}

/** How far the records of one partition have been handed over and confirmed. Confirmed they may be in any order, committed only without a gap. */
export class PartitionProgress {
  /** The offset that is to be read next. */
  position: bigint;
  /** Oldest first. */
  readonly #inHand: InHand[] = [];
  #first = 0;
  #committed: bigint;

  /** @param start the offset that is committed, or where the partition begins */
  constructor(start: bigint) {
    this.position = start;
    this.#committed = start;
  }

  /** Hands over the record at `offset`, which is not below `position`. @returns what confirms it */
  handOver(offset: bigint): () => void {
    const record = { offset, isDone: false };
    this.#inHand.push(record);
    this.position = offset + 1n;
    return () => {
      record.isDone = true;
      while (this.#inHand[this.#first]?.isDone) this.#first++;
      // Seldom, so that it costs nothing.
      if (this.#first > 1000) {
        this.#inHand.splice(0, this.#first);
        this.#first = 0;
      }
    };
  }

  /** The offset that may be committed: all records before it are confirmed. Undefined when it is committed. */
  get committable(): bigint | undefined {
    const next = this.#inHand[this.#first]?.offset ?? this.position;
    return next > this.#committed ? next : undefined;
  }

  committed(offset: bigint): void {
    if (offset > this.#committed) this.#committed = offset;
  }
}
