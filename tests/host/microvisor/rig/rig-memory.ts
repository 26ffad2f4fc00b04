/** An address past the end of the memory. */
export const OUTSIDE = 0x7fff_fff0;

/** The memory of a guest that the test plays. What is allocated is never freed. */
export class RigMemory {
  readonly memory = { buffer: new ArrayBuffer(0x8_0000) };
  #next = 0x1000;
  #buffers = 0x2_0000;

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  /** Fresh zeroed memory, 8-aligned. */
  alloc(size: number): number {
    const address = this.#next;
    this.#next = (address + size + 7) & ~7;
    return address;
  }

  /** A fresh buffer for the kernel, 512-aligned. */
  buffer(size: number): number {
    const address = this.#buffers;
    this.#buffers += Math.ceil(size / 512) * 512;
    return address;
  }

  put(bytes: Uint8Array | string): { data: number; length: number } {
    const source = Buffer.from(bytes);
    const data = this.alloc(source.length || 1);
    new Uint8Array(this.memory.buffer, data, source.length).set(source);
    return { data, length: source.length };
  }

  words(...values: number[]): number {
    const address = this.alloc(values.length * 4);
    for (const [index, value] of values.entries()) this.view.setUint32(address + index * 4, value, true);
    return address;
  }

  u32(address: number): number {
    return this.view.getUint32(address, true);
  }

  text(address: number, length: number): string {
    return Buffer.from(this.memory.buffer, address, length).toString();
  }
}
