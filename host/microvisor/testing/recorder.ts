import { type MvStatus, nameOf, type SystemCallName, MvStatus as statuses } from '../../../build/abi/microvisor.js';
import type { KernelEvent } from '../kernel/kernel-event.js';

/** A system call that the guest made. */
export interface RecordedCall {
  /** Milliseconds of the clock. */
  at: number;
  call: SystemCallName;
  /** Its arguments, unsigned: numbers, handles, addresses. */
  words: readonly number[];
  /** The name of the status without its prefix, for example `OKAY`. */
  status: string;
}

/** An event with its time, milliseconds of the clock. */
export type RecordedEvent = KernelEvent & { at: number };

export interface RecordedMessage {
  at: number;
  topic: string;
  /** The payload as UTF-8. */
  payload: string;
  qos: number;
}

/** What a device does, in order. */
export class Recorder {
  readonly calls: RecordedCall[] = [];
  readonly events: RecordedEvent[] = [];
  readonly log: string[] = [];
  readonly published: RecordedMessage[] = [];
  readonly #lines: string[] = [];
  readonly #clock: () => number;
  readonly #keepsAll: boolean;

  /** @param keepsAll false: calls, interrupts and turns are left out, for very long runs */
  constructor(now: () => number, keepsAll: boolean) {
    this.#clock = now;
    this.#keepsAll = keepsAll;
  }

  call(call: SystemCallName, status: MvStatus, words: readonly number[]): void {
    if (!this.#keepsAll) return;
    const recorded = { at: this.#now, call, words, status: nameOf(statuses, status) };
    this.calls.push(recorded);
    this.#line(`${call}(${words.map((word) => `0x${word.toString(16)}`).join(', ')}) ${recorded.status}`);
  }

  event(event: KernelEvent): void {
    if (!this.#keepsAll && (event.event === 'interrupt' || event.event === 'turn')) return;
    const at = this.#now;
    this.events.push({ at, ...event });
    this.#line(JSON.stringify(event, bytesAsText));
    if (event.event !== 'published') return;
    const { topic, payload, qos } = event;
    this.published.push({ at, topic, payload: Buffer.from(payload).toString(), qos });
  }

  /** All of it as text: a line for each call and event, with its time. */
  get trace(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** In whole microseconds. */
  get #now(): number {
    return Math.round(this.#clock() * 1000) / 1000;
  }

  #line(text: string): void {
    this.#lines.push(`${this.#now.toFixed(3)} ${text}`);
  }
}

/** Bytes as characters of one byte each, which loses nothing. */
function bytesAsText(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const given = this[key];
  return given instanceof Uint8Array ? Buffer.from(given).toString('latin1') : value;
}
