import type { Duplex } from 'node:stream';

/** Bytes up to which a part is copied to its neighbours: a write of its own costs more than that. */
const SMALL = 2048;
/** Bytes that are collected before the stream gets them, which then knows that it is behind. */
const ENOUGH = 65_536;

/** What one turn of the event loop has for one stream: it leaves in one write. */
export class Outgoing {
  readonly stream: Duplex;
  /** Small parts that the stream has not got yet. */
  #parts: Uint8Array[] | undefined;
  #size = 0;
  #isCorked = false;
  #isDue = false;

  constructor(stream: Duplex) {
    this.stream = stream;
  }

  /** Bytes that the stream has not got yet. */
  get size(): number {
    return this.#size;
  }

  /** Whether this turn has something for the stream: `flush` has to follow. */
  get isDue(): boolean {
    return this.#isDue;
  }

  add(bytes: Uint8Array): void {
    this.#isDue = true;
    if (bytes.length > SMALL) {
      this.#hand(this.#taken());
      this.#hand(bytes);
      return;
    }
    if (this.#parts) this.#parts.push(bytes);
    else this.#parts = [bytes];
    this.#size += bytes.length;
    if (this.#size >= ENOUGH) this.#hand(this.#taken());
  }

  /** The turn is over. A stream that throws is destroyed: others wait for their turn to end, too. */
  flush(): void {
    this.#isDue = false;
    try {
      const bytes = this.#taken();
      if (bytes) this.stream.write(bytes);
      if (this.#isCorked) this.stream.uncork();
      this.#isCorked = false;
    } catch (error) {
      this.stream.destroy(error as Error);
    }
  }

  /** The stream keeps it until `flush`: a turn must not run into what a write leads to. */
  #hand(bytes: Uint8Array | undefined): void {
    if (!bytes) return;
    if (!this.#isCorked) this.stream.cork();
    this.#isCorked = true;
    this.stream.write(bytes);
  }

  /** The small parts as one. */
  #taken(): Uint8Array | undefined {
    const parts = this.#parts;
    if (!parts) return undefined;
    const size = this.#size;
    this.#parts = undefined;
    this.#size = 0;
    return parts.length === 1 ? parts[0] : Buffer.concat(parts, size);
  }
}
