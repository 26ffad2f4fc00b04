/** Remembers a number of digests; then the oldest is forgotten. */
export class DigestMemory {
  readonly #most: number;
  readonly #digests = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  has(digest: string): boolean {
    return this.#digests.has(digest);
  }

  add(digest: string): void {
    this.#digests.add(digest);
    if (this.#digests.size <= this.#most) return;
    const [oldest] = this.#digests;
    this.#digests.delete(oldest);
  }

  delete(digest: string): void {
    this.#digests.delete(digest);
  }
}
