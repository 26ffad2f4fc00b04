import { scratch } from '../engine/scratch.js';

/** Bytes for the longest answer that the session writes by itself. */
export const ANSWER_ROOM = 8;

/** The context that lies in linear memory. */
let resident: ContextMemory | undefined;

/**
 * The context of a session. It lies in linear memory, where no call copies it, until another session is used; then its bytes
 * wait here.
 */
export class ContextMemory {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  /** @param bytes of the context, which it then owns */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** Bytes of the context. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The address of the context, until another session is used. Scratch memory may be forgotten. */
  enter(): number {
    if (resident !== this) {
      if (resident) resident.#leave();
      resident = undefined;
      scratch.setAside(this.#answerOffset + ANSWER_ROOM);
      scratch.u8.set(this.#bytes, scratch.aside);
      resident = this;
    }
    return scratch.aside;
  }

  /** The address of room for an answer, as long as that of the context holds. */
  get answer(): number {
    return scratch.aside + this.#answerOffset;
  }

  get #answerOffset(): number {
    return (this.#bytes.length + 7) & ~7;
  }

  /** A word of the context, by its offset. */
  word(offset: number): number {
    if (resident === this) return scratch.u32[(scratch.aside + offset) >> 2];
    return new DataView(this.#bytes.buffer).getUint32(offset, true);
  }

  /** A copy of the context. */
  copy(): Uint8Array<ArrayBuffer> {
    if (resident === this) this.#leave();
    return Uint8Array.from(this.#bytes);
  }

  #leave(): void {
    this.#bytes.set(scratch.u8.subarray(scratch.aside, scratch.aside + this.#bytes.length));
  }
}
