import { type Deadline, Deadlines } from '../deadlines.js';

/** What a queue asks about its items, and reports of them. */
export interface ItemHandler<T> {
  /** Milliseconds on the engine's clock; undefined for an item that stays. */
  expiresAt?(item: T): number | undefined;
  /** Called with each item that the queue removed because its time had come. */
  expired?(item: T): void;
  /** Called with each item that comes in. */
  added?(item: T): void;
  /** Called with each item that leaves, whatever the reason. */
  removed?(item: T): void;
}

interface Entry<T> {
  readonly item: T;
  readonly size: number;
  previous: Entry<T> | undefined;
  next: Entry<T> | undefined;
  deadline: Deadline | undefined;
}

/** First in, first out, limited in items and in bytes. A full queue removes what has expired, then refuses new items. */
export class BoundedQueue<T> {
  readonly #maximumItems: number;
  readonly #maximumBytes: number;
  readonly #sizeOf: (item: T) => number;
  readonly #handler: ItemHandler<T>;
  /** Most items never expire. */
  #deadlines: Deadlines | undefined;
  #first: Entry<T> | undefined;
  #last: Entry<T> | undefined;
  #length = 0;
  #totalBytes = 0;

  /**
   * @param maximumItems most items held
   * @param maximumBytes most bytes held
   * @param sizeOf bytes that an item counts for
   */
  constructor(maximumItems: number, maximumBytes: number, sizeOf: (item: T) => number, handler: ItemHandler<T> = {}) {
    this.#maximumItems = maximumItems;
    this.#maximumBytes = maximumBytes;
    this.#sizeOf = sizeOf;
    this.#handler = handler;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#totalBytes;
  }

  /** When the next item expires, in milliseconds; undefined when none does. */
  get nextExpiry(): number | undefined {
    return this.#deadlines?.nextDeadline(Number.NEGATIVE_INFINITY);
  }

  /**
   * @param now milliseconds: what has expired by then makes room
   * @returns false when there is no room: the item was not added
   */
  push(item: T, now = 0): boolean {
    const size = this.#sizeOf(item);
    if (!this.#hasRoomFor(size)) {
      this.sweep(now);
      if (!this.#hasRoomFor(size)) return false;
    }
    const entry: Entry<T> = { item, size, previous: this.#last, next: undefined, deadline: undefined };
    if (this.#last) this.#last.next = entry;
    else this.#first = entry;
    this.#last = entry;
    this.#length++;
    this.#totalBytes += size;
    this.#watch(entry);
    this.#handler.added?.(item);
    return true;
  }

  /** The item that `shift` returns next. */
  peek(): T | undefined {
    return this.#first?.item;
  }

  shift(): T | undefined {
    const entry = this.#first;
    if (entry) this.#remove(entry);
    return entry?.item;
  }

  /** Takes out the items that are wanted, in their order. */
  extract(isWanted: (item: T) => boolean): T[] {
    const items: T[] = [];
    for (let entry = this.#first; entry; entry = entry.next) {
      if (!isWanted(entry.item)) continue;
      this.#remove(entry);
      items.push(entry.item);
    }
    return items;
  }

  /** Removes what has expired at `now`: each item costs the logarithm of those that expire, and is never looked at before. */
  sweep(now: number): void {
    this.#deadlines?.tick(now);
  }

  clear(): void {
    while (this.#first) this.#remove(this.#first);
  }

  #hasRoomFor(size: number): boolean {
    return this.#length < this.#maximumItems && this.#totalBytes + size <= this.#maximumBytes;
  }

  #watch(entry: Entry<T>): void {
    const at = this.#handler.expiresAt?.(entry.item);
    if (at === undefined) return;
    this.#deadlines ??= new Deadlines(rethrow);
    entry.deadline = this.#deadlines.add(at, () => {
      this.#remove(entry);
      this.#handler.expired?.(entry.item);
    });
  }

  #remove(entry: Entry<T>): void {
    const { previous, next } = entry;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    entry.deadline?.cancel();
    this.#length--;
    this.#totalBytes -= entry.size;
    this.#handler.removed?.(entry.item);
  }
}

function rethrow(error: unknown): never {
  throw error;
}
