/** First in, first out, bounded by a count and by bytes; a full queue refuses the newest. */
export class BoundedQueue<T> {
  private items: T[] = [];
  private head = 0;
  private totalBytes = 0;

  /**
   * @param maximumItems most items held
   * @param maximumBytes most bytes held, by `sizeOf`
   */
  constructor(
    private readonly maximumItems: number,
    private readonly maximumBytes: number,
    private readonly sizeOf: (item: T) => number,
  ) {}

  get length(): number {
    return this.items.length - this.head;
  }

  get bytes(): number {
    return this.totalBytes;
  }

  /** False when there is no room: the item was not taken. */
  push(item: T): boolean {
    const size = this.sizeOf(item);
    if (this.length >= this.maximumItems || this.totalBytes + size > this.maximumBytes) return false;
    this.items.push(item);
    this.totalBytes += size;
    return true;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head++] = undefined as T;
    this.totalBytes -= this.sizeOf(item);
    // Compact when half of the array is spent: each item is moved at most once on average.
    if (this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  clear(): void {
    this.items = [];
    this.head = 0;
    this.totalBytes = 0;
  }
}
