/** First in, first out, limited in items and in bytes. A full queue refuses new items. */
export class BoundedQueue<T> {
  readonly #maximumItems: number;
  readonly #maximumBytes: number;
  readonly #sizeOf: (item: T) => number;
  #items: T[] = [];
  #head = 0;
  #totalBytes = 0;

  /**
   * @param maximumItems most items held
   * @param maximumBytes most bytes held
   * @param sizeOf bytes that an item counts for
   */
  constructor(maximumItems: number, maximumBytes: number, sizeOf: (item: T) => number) {
    this.#maximumItems = maximumItems;
    this.#maximumBytes = maximumBytes;
    this.#sizeOf = sizeOf;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#totalBytes;
  }

  /** False when there is no room: the item was not added. */
  push(item: T): boolean {
    const size = this.#sizeOf(item);
    if (this.length >= this.#maximumItems || this.#totalBytes + size > this.#maximumBytes) return false;
    this.#items.push(item);
    this.#totalBytes += size;
    return true;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined as T;
    this.#totalBytes -= this.#sizeOf(item);
    // Compact when half of the array is spent: each item is moved at most once on average.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#totalBytes = 0;
  }
}
