import type { Message } from '../message.js';

/** Bytes that a session may hold even when all together hold too much: few big holders must not silence the others. */
const RESERVE = 16_384;

/** What all sessions hold together: messages in queues and in flight, each counted once however many hold it. */
export class HeldBytes {
  readonly #maximum: number;
  readonly #holders = new Map<Message, number>();
  #bytes = 0;

  /** @param maximum bytes */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param own bytes that the session holds already */
  hasRoomFor({ message }: { message: Message }, own: number): boolean {
    const more = this.#holders.has(message) ? 0 : message.size;
    return this.#bytes + more <= this.#maximum || own + message.size <= RESERVE;
  }

  add({ message }: { message: Message }): void {
    const holders = this.#holders.get(message) ?? 0;
    if (holders === 0) this.#bytes += message.size;
    this.#holders.set(message, holders + 1);
  }

  remove({ message }: { message: Message }): void {
    const holders = this.#holders.get(message);
    if (holders === undefined) return;
    if (holders > 1) {
      this.#holders.set(message, holders - 1);
      return;
    }
    this.#holders.delete(message);
    this.#bytes -= message.size;
  }
}
