import type { Delivery, Message } from '../message.js';
import { Readiness } from '../messages/readiness.js';
import type { StoredSubscription } from '../subscription.js';
import { WORK } from '../turns/work-queue.js';
import { makeDelivery } from './deliveries.js';
import type { Recipient } from './recipient.js';
import { mayReceive, type RoutingContext } from './routing-context.js';
import type { SharedGroup } from './shared-group.js';

interface Candidate {
  recipient: Recipient;
  delivery: Delivery;
  readiness: Readiness;
}

/** Who may get a shared message. */
export interface Choice {
  /** The member that had it. */
  except?: Recipient;
  /** The least ready that may get it. Default: one that has to drop it, which then says so. */
  worst?: Readiness;
}

/**
 * Gives a message to one member of a shared subscription (4.8.2), with the QoS that this member was granted (4.8.2-3): to the next
 * in turn that can send it at once, else to one that queues it.
 *
 * @returns whether somebody took it
 */
export function shareOut(
  context: RoutingContext,
  group: SharedGroup<Recipient, StoredSubscription>,
  message: Message,
  { except, worst = Readiness.never }: Choice = {},
): boolean {
  const offer = ({ recipient, delivery }: Candidate): boolean => {
    if (!mayReceive(context, recipient, delivery) || !recipient.deliver(delivery)) return false;
    group.served(recipient);
    return true;
  };
  const waiting: Candidate[] = [];
  for (const [recipient, subscription] of group.inTurn()) {
    context.work.spend(WORK.node);
    if (recipient === except || subscription.leavesOut === message.topic) continue;
    const retain = message.retain && subscription.retainAsPublished === true;
    const delivery = { ...makeDelivery(message, subscription, retain), sharedBy: group.filter };
    const candidate = { recipient, delivery, readiness: recipient.readiness(delivery) };
    if (candidate.readiness !== Readiness.now) waiting.push(candidate);
    else if (offer(candidate)) return true;
  }
  waiting.sort((one, other) => one.readiness - other.readiness);
  for (const candidate of waiting) {
    if (candidate.readiness > worst) return false;
    if (offer(candidate)) return true;
    if (candidate.readiness === Readiness.never) return false;
  }
  return false;
}
