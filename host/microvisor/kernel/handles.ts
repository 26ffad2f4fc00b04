import { randomInt } from 'node:crypto';

interface Entry {
  kind: string;
  object: unknown;
}

/** A random 32-bit number from the system's generator, 1 to 0xffffffff. */
export const cryptoRandom = (): number => randomInt(1, 0x1_0000_0000);

/**
 * All open handles of a kernel. A handle is a random 32-bit number, never zero and unique over all kinds: it can
 * be neither guessed nor taken for one of another kind.
 */
export class Handles<Kinds> {
  readonly #entries = new Map<number, Entry>();

  constructor(private readonly random: () => number = cryptoRandom) {}

  open<K extends keyof Kinds & string>(kind: K, object: Kinds[K]): number {
    let handle: number;
    do handle = this.random() >>> 0;
    while (handle === 0 || this.#entries.has(handle));
    this.#entries.set(handle, { kind, object });
    return handle;
  }

  /** The object, or undefined for a closed or unknown handle and for one of another kind. */
  find<K extends keyof Kinds & string>(kind: K, handle: number): Kinds[K] | undefined {
    const entry = this.#entries.get(handle);
    return entry?.kind === kind ? (entry.object as Kinds[K]) : undefined;
  }

  close(handle: number): void {
    this.#entries.delete(handle);
  }

  /** All open objects of a kind with their handles, oldest first. */
  all<K extends keyof Kinds & string>(kind: K): [number, Kinds[K]][] {
    const found: [number, Kinds[K]][] = [];
    for (const [handle, entry] of this.#entries) {
      if (entry.kind === kind) found.push([handle, entry.object as Kinds[K]]);
    }
    return found;
  }
}
