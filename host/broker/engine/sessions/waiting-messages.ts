import type { DropReason } from '../broker-events.js';
import type { Deadline } from '../deadlines.js';
import type { Delivery } from '../message.js';
import { BoundedQueue, type ItemHandler } from './bounded-queue.js';
import type { SessionEnvironment } from './environment.js';

const NEVER = Number.POSITIVE_INFINITY;
/** Milliseconds: expired messages of one session are looked for no more often. */
const SWEEP_INTERVAL = 1000;

const sizeOf = ({ message }: Delivery) => message.size;

/** In place of a queue that was never used. */
const NONE = new BoundedQueue<Delivery>(0, 0, sizeOf);

/** The messages that wait for one client. What has expired leaves by and by, and at once when there is no room. */
export class WaitingMessages implements ItemHandler<Delivery> {
  readonly #environment: SessionEnvironment;
  readonly #dropped: (delivery: Delivery, reason: DropReason) => void;
  #lasting = NONE;
  #passing = NONE;
  #sweep: Deadline | undefined;

  /** @param dropped called with each message that had expired */
  constructor(environment: SessionEnvironment, dropped: (delivery: Delivery, reason: DropReason) => void) {
    this.#environment = environment;
    this.#dropped = dropped;
  }

  /** QoS 1 and 2: part of the session state. To be filled by `push` alone. */
  get lasting(): BoundedQueue<Delivery> {
    return this.#lasting;
  }

  /** QoS 0 while the connection is slow; ends with it, unless the listener has it wait for the next (`queueQoS0`). Filled by `push` alone. */
  get passing(): BoundedQueue<Delivery> {
    return this.#passing;
  }

  get length(): number {
    return this.lasting.length + this.passing.length;
  }

  get bytes(): number {
    return this.lasting.bytes + this.passing.bytes;
  }

  /** False when there is no room. @param isAway the client is: then QoS 0 has what room the others leave */
  push(delivery: Delivery, isAway = false): boolean {
    const queue = this.#queueFor(delivery);
    if (isAway && delivery.qos === 0 && !this.#hasRoom()) return false;
    if (!queue.push(delivery, this.#environment.now)) return false;
    if (delivery.message.expiresAt !== undefined) this.#watch();
    return true;
  }

  #queueFor({ qos }: Delivery): BoundedQueue<Delivery> {
    if (qos === 0 && this.#passing === NONE) this.#passing = this.#makeQueue();
    else if (qos > 0 && this.#lasting === NONE) this.#lasting = this.#makeQueue();
    return qos === 0 ? this.#passing : this.#lasting;
  }

  #makeQueue(): BoundedQueue<Delivery> {
    const { queuedMessages, queuedBytes } = this.#environment.limits;
    return new BoundedQueue<Delivery>(queuedMessages, queuedBytes, sizeOf, this);
  }

  expiresAt({ message }: Delivery): number | undefined {
    return message.expiresAt;
  }

  expired(delivery: Delivery): void {
    this.#dropped(delivery, 'expired');
  }

  added(delivery: Delivery): void {
    this.#environment.held.add(delivery);
  }

  removed(delivery: Delivery): void {
    this.#environment.held.remove(delivery);
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
