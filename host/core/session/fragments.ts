import { asView, joined } from '../bytes/views.js';

/** Fragments of a packet that is not complete. They are joined once, when there are enough bytes to try again. */
export class Fragments {
  #parts: Uint8Array[] = [];
  #length = 0;
  #wanted = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Takes a chunk and returns all bytes so far, or undefined while they are known to be too few. */
  add(chunk: Uint8Array): Buffer | undefined {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return undefined;
    return this.#parts.length === 1 ? asView(chunk) : joined(this.#parts, this.#length);
  }

  /** Keeps only these bytes, as a view. At least `needed` more must come. */
  keep(rest: Uint8Array, needed: number): void {
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    this.#wanted = rest.length + needed;
  }

  clear(): void {
    this.keep(new Uint8Array(0), 0);
  }
}
