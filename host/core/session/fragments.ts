/** What came of a packet that is not complete yet; it is put together once, when there is enough to look at it again. */
export class Fragments {
  #parts: Uint8Array[] = [];
  #length = 0;
  #wanted = 0;

  /** Takes a chunk; gives all bytes that are here, or undefined while they are known to be too few. */
  add(chunk: Uint8Array): Buffer | undefined {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return undefined;
    return this.#parts.length === 1
      ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      : Buffer.concat(this.#parts, this.#length);
  }

  /** Keeps these bytes alone, as a view; so many more are `needed` at the least. */
  keep(rest: Uint8Array, needed: number): void {
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    this.#wanted = rest.length + needed;
  }

  clear(): void {
    this.keep(new Uint8Array(0), 0);
  }
}
