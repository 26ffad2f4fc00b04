import type { DropReason, EventHub } from '../broker-events.js';
import type { Deadlines } from '../deadlines.js';
import type { GuardedRules } from '../guarded-rules.js';
import type { Delivery, Message } from '../message.js';
import type { StoredSubscription } from '../subscription.js';
import type { WorkQueue } from '../turns/work-queue.js';
import type { Recipient } from './recipient.js';
import type { RetainedStore } from './retained-store.js';
import type { SubscriptionTree } from './subscription-tree.js';

/** What a router works on. */
export interface RoutingContext {
  /** Milliseconds on the engine's clock. */
  readonly now: number;
  readonly events: EventHub;
  readonly deadlines: Deadlines;
  readonly work: WorkQueue;
  /** Asked at each delivery. */
  readonly rules: Pick<GuardedRules, 'receive' | 'publish'>;
  readonly retained: RetainedStore;
  /** Undefined when nothing outlives the process. */
  readonly journal?: object;
  readonly subscriptions: SubscriptionTree<Recipient, StoredSubscription>;
  /** Reports that a message was not passed on. */
  reportDrop(clientId: string | undefined, topic: string, reason: DropReason): void;
}

/** Whether the publisher of a retained message may still publish it; true where nobody asked for that to be checked. */
export function isStillPublishable(context: RoutingContext, { source, topic, qos, payload }: Message): boolean {
  // A restart may have changed the setting.
  if (!source?.listener.settings?.checkRetainSource) return true;
  return context.rules.publish(source, { topic, qos, retain: true, size: payload.length }).allow;
}

export function mayReceive(context: RoutingContext, { client }: Recipient, delivery: Delivery): boolean {
  const { message, qos, retain, sharedBy } = delivery;
  return context.rules.receive(client, { topic: message.topic, qos, retain, sharedBy }).allow;
}
