import { MvStatus } from '../../../build/abi/microvisor.js';
import { refuse } from './statuses.js';

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

/** The guest's linear memory as the kernel uses it: every address is checked first. */
export class GuestMemory {
  #memory: LinearMemory | undefined;
  #view = new DataView(new ArrayBuffer(0));

  attach(memory: LinearMemory): void {
    this.#memory = memory;
  }

  /** A view of the whole memory; another one after the memory has grown. */
  get view(): DataView {
    const buffer = this.#memory?.buffer;
    if (buffer && buffer !== this.#view.buffer) this.#view = new DataView(buffer);
    return this.#view;
  }

  /** True when the range is inside memory, not at address 0, and aligned. */
  holds(address: number, size: number, alignment = 1): boolean {
    return address !== 0 && address % alignment === 0 && address + size <= this.view.byteLength;
  }

  /** Ends the call with `fault` unless the guest may pass this range. */
  check(address: number, size: number, alignment = 1, fault: MvStatus = MvStatus.PARAMETERFAULT): void {
    if (!this.holds(address, size, alignment)) refuse(fault);
  }

  /** A copy of guest bytes; an empty range may have any address. */
  copy(address: number, size: number, fault: MvStatus = MvStatus.PARAMETERFAULT): Uint8Array {
    if (size === 0) return new Uint8Array(0);
    this.check(address, size, 1, fault);
    return new Uint8Array(this.view.buffer, address, size).slice();
  }

  /** Writes bytes to a range that was checked before. */
  write(address: number, bytes: Uint8Array): void {
    if (bytes.length > 0) new Uint8Array(this.view.buffer, address, bytes.length).set(bytes);
  }
}
