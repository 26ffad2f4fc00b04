import { randomInt } from 'node:crypto';

/** A kind of handle; `T` is the type of the objects behind it. */
export interface HandleKind<T> {
  readonly name: string;
  /** Never set: it only carries the type. */
  readonly object?: T;
}

interface Entry {
  kind: HandleKind<unknown>;
  object: unknown;
}

/** A random 32-bit number from the system's generator, 1 to 0xffffffff. */
export const cryptoRandom = (): number => randomInt(1, 0x1_0000_0000);

/**
 * All open handles of a kernel. A handle is a random 32-bit number, never zero and unique over all kinds: a guest can
 * neither guess one nor pass one of another kind.
 */
export class Handles {
  readonly #entries = new Map<number, Entry>();
  readonly #random: () => number;

  constructor(random: () => number = cryptoRandom) {
    this.#random = random;
  }

  /** @returns the new handle of the object */
  open<T>(kind: HandleKind<T>, object: T): number {
    const random = this.#random;
    let handle: number;
    do handle = random() >>> 0;
    while (handle === 0 || this.#entries.has(handle));
    this.#entries.set(handle, { kind, object });
    return handle;
  }

  /** The object; undefined for a closed handle, an unknown one and one of another kind. */
  find<T>(kind: HandleKind<T>, handle: number): T | undefined {
    const entry = this.#entries.get(handle);
    return entry?.kind === kind ? (entry.object as T) : undefined;
  }

  close(handle: number): void {
    this.#entries.delete(handle);
  }

  /** All open objects of a kind with their handles, oldest first. */
  all<T>(kind: HandleKind<T>): [number, T][] {
    const found: [number, T][] = [];
    for (const [handle, entry] of this.#entries) {
      if (entry.kind === kind) found.push([handle, entry.object as T]);
    }
    return found;
  }
}
