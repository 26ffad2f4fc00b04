/** Linear memory of WebAssembly; `buffer` is another object after it has grown. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
}

/** A range of guest memory. */
export interface Range {
  address: number;
  size: number;
}

export const overlaps = (a: Range, b: Range): boolean =>
  a.address < b.address + b.size && b.address < a.address + a.size;

const WORD = 0x1_0000_0000;

/** The guest's linear memory as the kernel uses it: every address is checked first, with `holds` or by `copy`. */
export class GuestMemory {
  #memory: LinearMemory | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  attach(memory: LinearMemory): void {
    this.#memory = memory;
    this.#renew();
  }

  /** A view of the whole memory; another one after the memory has grown. */
  get view(): DataView {
    // Memory that grows detaches its buffer. Asking the memory itself costs more than the rest of a call.
    if (this.#bytes.length === 0) this.#renew();
    return this.#view;
  }

  /**
   * True when the guest may pass this range: it is inside memory, not at address 0, and aligned.
   * @param alignment a power of two
   */
  holds(address: number, size: number, alignment = 1): boolean {
    if (address === 0 || (address & (alignment - 1)) !== 0) return false;
    const end = address + size;
    // Shared memory grows without detaching its buffer.
    return end <= this.#bytes.length || end <= this.#renew();
  }

  /** True when the guest may pass these bytes: an empty range may have any address. */
  holdsBytes(address: number, size: number): boolean {
    return size === 0 || this.holds(address, size);
  }

  /** A copy of guest bytes; undefined unless `holdsBytes`. */
  copy(address: number, size: number): Uint8Array | undefined {
    if (size === 0) return new Uint8Array(0);
    return this.holds(address, size) ? this.#bytes.slice(address, address + size) : undefined;
  }

  /** Writes bytes to a range that was checked before. */
  write(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#bytes.length === 0) this.#renew();
    this.#bytes.set(bytes, address);
  }

  /**
   * Writes a word of 64 bits to an address that was checked before.
   * @param value an integer, 0 to 2^53
   */
  writeLong(address: number, value: number): void {
    const view = this.view;
    view.setUint32(address, value, true);
    view.setUint32(address + 4, value / WORD, true);
  }

  /** @returns the bytes that the memory has now */
  #renew(): number {
    const buffer = this.#memory?.buffer;
    if (buffer && buffer !== this.#view.buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#view = new DataView(buffer);
    } else if (!buffer) {
      this.#bytes = new Uint8Array(0);
    }
    return this.#bytes.length;
  }
}
