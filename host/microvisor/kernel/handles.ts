import { randomInt } from 'node:crypto';

/** A kind of handle; `T` is the type of the objects behind it. */
export interface HandleKind<T> {
  readonly name: string;
  /** Never set: it only carries the type. */
  readonly object?: T;
}

/** A random 32-bit number from the system's generator, 1 to 0xffffffff. */
export const cryptoRandom = (): number => randomInt(1, 0x1_0000_0000);

/**
 * All open handles of a kernel. A handle is a random 32-bit number, never zero and unique over all kinds: a guest can
 * neither guess one nor pass one of another kind.
 */
export class Handles {
  readonly #kinds = new Map<HandleKind<unknown>, Map<number, unknown>>();
  readonly #random: () => number;

  constructor(random: () => number = cryptoRandom) {
    this.#random = random;
  }

  /** @returns the new handle of the object */
  open<T>(kind: HandleKind<T>, object: T): number {
    const random = this.#random;
    let handle: number;
    do handle = random() >>> 0;
    while (handle === 0 || this.#isOpen(handle));
    const objects = this.#kinds.get(kind);
    if (objects) objects.set(handle, object);
    else this.#kinds.set(kind, new Map([[handle, object]]));
    return handle;
  }

  /** The object; undefined for a closed handle, an unknown one and one of another kind. */
  find<T>(kind: HandleKind<T>, handle: number): T | undefined {
    return this.#kinds.get(kind)?.get(handle) as T | undefined;
  }

  close(handle: number): void {
    for (const objects of this.#kinds.values()) objects.delete(handle);
  }

  closeAll(): void {
    this.#kinds.clear();
  }

  /** How many handles of a kind are open. */
  count(kind: HandleKind<unknown>): number {
    return this.#kinds.get(kind)?.size ?? 0;
  }

  /** All open objects of a kind, oldest first. */
  all<T>(kind: HandleKind<T>): T[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])] as T[];
  }

  #isOpen(handle: number): boolean {
    for (const objects of this.#kinds.values()) if (objects.has(handle)) return true;
    return false;
  }
}
