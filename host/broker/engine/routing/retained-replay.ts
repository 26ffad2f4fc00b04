import { type Delivery, isExpired } from '../message.js';
import type { MessageSource } from '../messages/message-source.js';
import type { StoredSubscription } from '../subscription.js';
import { WORK, type Work } from '../turns/work-queue.js';
import { makeDelivery } from './deliveries.js';
import type { Recipient } from './recipient.js';
import { type RetainedNode, RetainedWalk } from './retained-walk.js';
import { isStillPublishable, mayReceive, type RoutingContext } from './routing-context.js';

/** What an earlier process left to do. */
export interface Resumed {
  /** Number of the last message that was kept before the subscription. */
  readonly keptUntil: number;
  /** Topics whose message the session has got. */
  readonly topics: Iterable<string>;
}

/**
 * The retained messages for one new subscription, flagged as retained (3.3.1-8 to -11). They are looked for one by one, as the
 * session has room for them. What is kept later than the subscription comes to the session by itself.
 */
export class RetainedReplay implements MessageSource {
  readonly keptUntil: number | undefined;
  readonly #context: RoutingContext;
  readonly #recipient: Recipient;
  readonly #subscription: StoredSubscription;
  readonly #walk: RetainedWalk;
  /** The last message that was kept before the subscription. */
  readonly #last: number;
  readonly #isResumed: boolean;
  /** What the walk must not bring a second time. */
  readonly #early = new Set<RetainedNode>();

  /** @param resumed how far it had come in an earlier process */
  constructor(context: RoutingContext, recipient: Recipient, subscription: StoredSubscription, resumed?: Resumed) {
    const { root, stored } = context.retained;
    this.#context = context;
    this.#recipient = recipient;
    this.#subscription = subscription;
    this.#walk = new RetainedWalk(root, subscription.topicFilter);
    this.#last = resumed?.keptUntil ?? stored;
    this.#isResumed = resumed !== undefined;
    // Messages of QoS 0 do not outlive the process.
    this.keptUntil = subscription.qos > 0 ? this.#last : undefined;
    for (const topic of resumed?.topics ?? []) {
      const node = context.retained.find(topic);
      if (node) this.#early.add(node);
    }
  }

  get isDone(): boolean {
    return this.#walk.isDone;
  }

  next(work: Work): Delivery | undefined {
    const { now } = this.#context;
    for (let node = this.#walk.next(work, now); node; node = this.#walk.next(work, now)) {
      const delivery = this.#early.delete(node) ? undefined : this.#deliveryOf(node);
      work.spend(WORK.delivery);
      if (delivery) return delivery;
    }
    return undefined;
  }

  isCurrent({ message }: Delivery): boolean {
    return this.#context.retained.find(message.topic)?.message === message;
  }

  /** A message of the same topic that was published later must not come first (4.6.0-6). */
  takeEarly(topic: string): Delivery | undefined {
    const { retained, now, work } = this.#context;
    work.spend(WORK.delivery);
    if (!this.#walk.isAhead(retained.root, topic)) return undefined;
    const node = retained.find(topic);
    if (!node?.message || isExpired(node.message, now) || this.#early.has(node)) return undefined;
    this.#early.add(node);
    return this.#deliveryOf(node);
  }

  #deliveryOf({ message, storedAt }: RetainedNode): Delivery | undefined {
    const { noLocal, leavesOut } = this.#subscription;
    if (message!.topic === leavesOut) return undefined;
    if (storedAt > this.#last || (noLocal && message!.publisher === this.#recipient.client.clientId)) return undefined;
    if (!isStillPublishable(this.#context, message!)) return undefined;
    const delivery = makeDelivery(message!, this.#subscription, true);
    // It may have been sent: nobody knows.
    if (this.#isResumed && delivery.qos === 0) return undefined;
    return mayReceive(this.#context, this.#recipient, delivery) ? delivery : undefined;
  }
}
