import type { LinearMemory } from '../../kernel/guest-memory.js';

/** What unused C stack is filled with: FreeRTOS's own value (tskSTACK_FILL_BYTE). */
const FILL = 0xa5;
/** A leaf function of clang uses so many bytes below the stack pointer without moving it. */
const RED_ZONE = 128;
/** It grows to a multiple of this: what the operating system keeps memory in, so that a stack costs what of it is used. */
const STEP = 4096;

/**
 * A region of C stack; the stack pointer goes from `high` down. Of a large stack most is never used: the region is only filled, and
 * given to the stack check, as far as the stack pointer has come.
 */
export class CStack {
  readonly low: number;
  readonly high: number;
  readonly #memory: LinearMemory;
  readonly #isFilled: boolean;
  /** Where the filled part begins. */
  #filledFrom: number;

  /**
   * @param low address, `high` too: multiples of 16
   * @param isFilled false when there may be data in the region, whose use is not known then
   */
  constructor(memory: LinearMemory, low: number, high: number, isFilled: boolean) {
    this.#memory = memory;
    this.low = low;
    this.high = high;
    this.#isFilled = isFilled;
    this.#filledFrom = low;
    this.clear();
  }

  /** Bytes. */
  get size(): number {
    return this.high - this.low;
  }

  /** The lowest address that the stack pointer may have without {@link grow}. */
  get limit(): number {
    return this.#filledFrom === this.low ? this.low : this.#filledFrom + RED_ZONE;
  }

  /** Begins again: nothing of it is in use. */
  clear(): void {
    if (!this.#isFilled) return;
    this.#filledFrom = this.high;
    this.grow(this.high);
  }

  /** The stack pointer is to become `pointer`. @returns false when it is outside of the region */
  grow(pointer: number): boolean {
    const wanted = pointer >>> 0;
    if (wanted < this.low || wanted > this.high) return false;
    const from = Math.max(this.low, Math.floor((wanted - RED_ZONE) / STEP) * STEP);
    if (from >= this.#filledFrom) return true;
    new Uint8Array(this.#memory.buffer, from, this.#filledFrom - from).fill(FILL);
    this.#filledFrom = from;
    return true;
  }

  /** The most bytes that were in use at once since it began, 0 to `size`. */
  peak(): number {
    const bytes = new Uint8Array(this.#memory.buffer, this.#filledFrom, this.high - this.#filledFrom);
    const used = bytes.findIndex((byte) => byte !== FILL);
    return used < 0 ? 0 : bytes.length - used;
  }
}
