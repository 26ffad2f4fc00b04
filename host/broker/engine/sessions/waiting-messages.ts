import type { DropReason } from '../broker-events.js';
import type { Deadline } from '../deadlines.js';
import type { Delivery } from '../message.js';
import { BoundedQueue } from './bounded-queue.js';
import type { SessionEnvironment } from './environment.js';

const NEVER = Number.POSITIVE_INFINITY;
/** Milliseconds: expired messages of one session are looked for no more often. */
const SWEEP_INTERVAL = 1000;

/** The messages that wait for one client. What has expired leaves by and by, and at once when there is no room. */
export class WaitingMessages {
  /** QoS 1 and 2: part of the session state. */
  readonly lasting: BoundedQueue<Delivery>;
  /** QoS 0 while the connection is slow; ends with the connection, unless the listener has it wait for the next (`queueQoS0`). */
  readonly passing: BoundedQueue<Delivery>;
  readonly #environment: SessionEnvironment;
  #sweep: Deadline | undefined;

  /** @param dropped called with each message that had expired */
  constructor(environment: SessionEnvironment, dropped: (delivery: Delivery, reason: DropReason) => void) {
    const { limits, held } = environment;
    const handler = {
      expiresAt: ({ message }: Delivery) => message.expiresAt,
      expired: (delivery: Delivery) => dropped(delivery, 'expired'),
      added: (delivery: Delivery) => held.add(delivery),
      removed: (delivery: Delivery) => held.remove(delivery),
    };
    const makeQueue = () =>
      new BoundedQueue<Delivery>(limits.queuedMessages, limits.queuedBytes, ({ message }) => message.size, handler);
    this.#environment = environment;
    this.lasting = makeQueue();
    this.passing = makeQueue();
  }

  get length(): number {
    return this.lasting.length + this.passing.length;
  }

  get bytes(): number {
    return this.lasting.bytes + this.passing.bytes;
  }

  /** False when there is no room. @param isAway the client is: then QoS 0 has what room the others leave */
  push(delivery: Delivery, isAway = false): boolean {
    const queue = delivery.qos === 0 ? this.passing : this.lasting;
    if (isAway && queue === this.passing && !this.#hasRoom()) return false;
    if (!queue.push(delivery, this.#environment.now)) return false;
    if (delivery.message.expiresAt !== undefined) this.#watch();
    return true;
  }

  clear(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.lasting.clear();
    this.passing.clear();
  }

  #watch(): void {
    const at = Math.min(this.lasting.nextExpiry ?? NEVER, this.passing.nextExpiry ?? NEVER);
    if (this.#sweep || at === NEVER) return;
    const { now, deadlines } = this.#environment;
    this.#sweep = deadlines.add(Math.max(at, now + SWEEP_INTERVAL), () => {
      this.#sweep = undefined;
      this.#sweepAll();
      this.#watch();
    });
  }

  #hasRoom(): boolean {
    const { queuedMessages } = this.#environment.limits;
    if (this.length >= queuedMessages) this.#sweepAll();
    return this.length < queuedMessages;
  }

  #sweepAll(): void {
    for (const queue of [this.lasting, this.passing]) queue.sweep(this.#environment.now);
  }
}
