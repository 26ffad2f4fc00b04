/** What keeps the bytes of the external flash. Erased bytes are 0xff. */
export interface FlashMedium {
  /** Bytes, a multiple of 4096. */
  readonly size: number;
  /** Copies bytes from `address` on into `target`. @throws Error when they cannot be read */
  read(address: number, target: Uint8Array): void;
  /** Replaces bytes from `address` on. @throws Error when they cannot be kept */
  write(address: number, bytes: Uint8Array): void;
}

/** A flash whose bytes are in memory, and go with it. */
export class FlashMemory implements FlashMedium {
  readonly #bytes: Uint8Array;

  /** @param size bytes, a multiple of 4096 */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size).fill(0xff);
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(address: number, target: Uint8Array): void {
    target.set(this.#bytes.subarray(address, address + target.length));
  }

  write(address: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, address);
  }
}
