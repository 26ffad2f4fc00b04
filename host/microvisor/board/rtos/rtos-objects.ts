/** Bytes that queues and buffers hold at most, one or all together: the memory of the device. */
export const LARGEST_STORAGE = 786_432;
/** As many objects as an RTOS makes; a device would have run out of memory long before. */
const MOST_OBJECTS = 4096;
const FIRST_HANDLE = 0x1000;
const STEP = 8;

/** What the application has made, by the handles that it knows it by: numbers that look like addresses, never used again. */
export class RtosObjects {
  readonly #objects = new Map<number, object>();
  readonly #handles = new Map<object, number>();
  readonly #sizes = new Map<object, number>();
  #next = FIRST_HANDLE;
  #held = 0;

  /**
   * @param size bytes that it stores
   * @returns its handle, 0 when there are too many, or when they store too much
   */
  add(object: object, size = 0): number {
    if (this.#objects.size >= MOST_OBJECTS || this.#held + size > LARGEST_STORAGE) return 0;
    this.#held += size;
    this.#sizes.set(object, size);
    const handle = this.#next;
    this.#next += STEP;
    this.#objects.set(handle, object);
    this.#handles.set(object, handle);
    return handle;
  }

  /** The object of a handle, when it is of this kind. */
  find<Kind>(kind: new (...args: never[]) => Kind, handle: number): Kind | undefined {
    const object = this.#objects.get(handle >>> 0);
    return object instanceof kind ? object : undefined;
  }

  /** 0 for what has none. */
  handleOf(object: object | undefined): number {
    return (object && this.#handles.get(object)) ?? 0;
  }

  remove(object: object): void {
    this.#held -= this.#sizes.get(object) ?? 0;
    this.#sizes.delete(object);
    this.#objects.delete(this.handleOf(object));
    this.#handles.delete(object);
  }
}
