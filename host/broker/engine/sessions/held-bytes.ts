import { hold, type Message } from '../message.js';

/** Bytes that a session may hold even when all together hold too much: few big holders must not silence the others. */
const RESERVE = 16_384;

/** What all sessions hold together: messages in queues and in flight, each counted once however many hold it. */
export class HeldBytes {
  readonly #maximum: number;
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
    const more = message.holders > 0 ? 0 : message.size;
    return this.#bytes + more <= this.#maximum || own + message.size <= RESERVE;
  }

  add({ message }: { message: Message }): void {
    if (message.holders++ > 0) return;
    hold(message);
    this.#bytes += message.size;
  }

  remove({ message }: { message: Message }): void {
    if (message.holders > 0 && --message.holders === 0) this.#bytes -= message.size;
  }
}
