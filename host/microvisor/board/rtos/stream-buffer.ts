import type { RtosMemory } from './rtos-ports.js';
import type { Answer, Scheduler } from './scheduler.js';
import type { Task } from './task.js';
import { WaitList } from './wait-list.js';

/** Bytes that keep the length of one message. */
const LENGTH_SIZE = 4;

/** A stream buffer; as a message buffer it keeps the length of what was sent. */
export class StreamBuffer {
  readonly size: number;
  readonly keepsMessages: boolean;
  /** A reader that waits goes on when there are so many bytes. */
  trigger: number;
  readonly readers = new WaitList<Task>();
  readonly writers = new WaitList<Task>();
  readonly #bytes: Uint8Array;
  #first = 0;
  #used = 0;

  constructor(size: number, trigger: number, keepsMessages: boolean) {
    this.size = size;
    this.trigger = Math.max(trigger, 1);
    this.keepsMessages = keepsMessages;
    this.#bytes = new Uint8Array(size);
  }

  get used(): number {
    return this.#used;
  }

  get free(): number {
    return this.size - this.#used;
  }

  /** The length of the first message, 0 when there is none. */
  get nextLength(): number {
    if (!this.keepsMessages || this.#used === 0) return 0;
    return new DataView(this.#look(LENGTH_SIZE).buffer).getUint32(0, true);
  }

  /** Bytes that a send of `length` needs at once: a part of a stream is worth sending, of a message it is not. */
  needs(length: number): number {
    return this.keepsMessages ? length + LENGTH_SIZE : length;
  }

  put(bytes: Uint8Array): void {
    if (this.keepsMessages) {
      const length = new Uint8Array(LENGTH_SIZE);
      new DataView(length.buffer).setUint32(0, bytes.length, true);
      this.#append(length);
    }
    this.#append(bytes);
  }

  /** Takes up to `limit` bytes: of a stream what is there, of messages the first, or nothing when it is longer. */
  take(limit: number): Uint8Array {
    const length = this.keepsMessages ? this.nextLength : Math.min(limit, this.#used);
    if (length > limit || this.#used === 0) return new Uint8Array(0);
    if (this.keepsMessages) this.#skip(LENGTH_SIZE);
    const taken = this.#look(length);
    this.#skip(length);
    return taken;
  }

  clear(): void {
    this.#first = 0;
    this.#used = 0;
  }

  #append(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#bytes[(this.#first + this.#used) % this.size] = byte;
      this.#used++;
    }
  }

  #look(length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => this.#bytes[(this.#first + index) % this.size]);
  }

  #skip(length: number): void {
    this.#first = (this.#first + length) % this.size;
    this.#used -= length;
  }
}

export class StreamBufferWork {
  readonly #scheduler: Scheduler;
  readonly #memory: RtosMemory;

  constructor(scheduler: Scheduler, memory: RtosMemory) {
    this.#scheduler = scheduler;
    this.#memory = memory;
  }

  /** Sends bytes; waits for room for all of them. @returns how many were sent */
  send(call: string, buffer: StreamBuffer, data: number, length: number, ticks: number): Answer {
    // What can never fit whole is sent in part, or not at all when it is a message.
    const needed = buffer.keepsMessages ? buffer.needs(length) : Math.min(buffer.needs(length), buffer.size);
    if (needed > buffer.size) return this.#scheduler.settle(0);
    const attempt = () => (buffer.free >= needed ? this.#put(buffer, data, Math.min(length, buffer.free)) : undefined);
    const expire = () =>
      buffer.keepsMessages || buffer.free === 0 ? 0 : this.#put(buffer, data, Math.min(length, buffer.free));
    const done = attempt() ?? (ticks === 0 ? expire() : undefined);
    if (done !== undefined) return this.#scheduler.settle(done);
    return this.#scheduler.wait(call, { list: buffer.writers, attempt, expire }, ticks);
  }

  /** Receives bytes; waits while there are none, and when it has to wait, for as many as the trigger says. @returns how many */
  receive(call: string, buffer: StreamBuffer, into: number, limit: number, ticks: number): Answer {
    const expire = () => this.#take(buffer, into, limit);
    if (ticks === 0 || buffer.used > 0) return this.#scheduler.settle(expire());
    const attempt = () => (buffer.used >= buffer.trigger ? expire() : undefined);
    return this.#scheduler.wait(call, { list: buffer.readers, attempt, expire }, ticks);
  }

  /** Empties a buffer that nobody waits for. @returns false when somebody does */
  reset(buffer: StreamBuffer): boolean {
    if (buffer.readers.first || buffer.writers.first) return false;
    buffer.clear();
    return true;
  }

  #put(buffer: StreamBuffer, data: number, length: number): number {
    if (length > 0) buffer.put(this.#memory.copy(data, length));
    if (buffer.readers.first && buffer.used >= buffer.trigger) this.#scheduler.release(buffer.readers.first);
    return length;
  }

  #take(buffer: StreamBuffer, into: number, limit: number): number {
    const bytes = buffer.take(limit);
    if (bytes.length > 0) this.#memory.write(into, bytes);
    if (bytes.length > 0 && buffer.writers.first) this.#scheduler.release(buffer.writers.first);
    return bytes.length;
  }
}
