import type { QoS } from '../../../core/index.js';
import type { DropReason, EventHub } from '../broker-events.js';
import type { GuardedRules } from '../guarded-rules.js';
import type { Delivery, Message } from '../message.js';
import type { StoredSubscription } from '../subscription.js';
import type { Recipient } from './recipient.js';
import type { RetainedStore } from './retained-store.js';
import type { SubscriptionTree } from './subscription-tree.js';

/** What a router works on. */
export interface RoutingContext {
  /** Milliseconds on the engine's clock. */
  readonly now: number;
  readonly events: EventHub;
  /** Asked at each delivery. */
  readonly rules: Pick<GuardedRules, 'receive'>;
  readonly retained: RetainedStore;
  readonly journal?: { retained(message: Message): void };
  readonly subscriptions: SubscriptionTree<Recipient, StoredSubscription>;
  /** Reports that a message was not passed on. */
  reportDrop(clientId: string | undefined, topic: string, reason: DropReason): void;
}

/** Takes messages from where they are published to the sessions that subscribed to them. */
export class Router {
  readonly #context: RoutingContext;

  constructor(context: RoutingContext) {
    this.#context = context;
  }

  /**
   * Keeps the message if it is retained, and delivers it to every matching session: once each, with the highest QoS of
   * its matching subscriptions and all their identifiers (3.3.4-2 to -5). The caller has checked the publisher's access.
   *
   * @returns false when the retained store has no room: the message was not passed on
   */
  publish(message: Message): boolean {
    const { events, retained, subscriptions, now } = this.#context;
    if (message.retain && !retained.set(message, now)) {
      this.#context.reportDrop(message.publisher, message.topic, 'retained store full');
      return false;
    }
    if (message.retain) this.#context.journal?.retained(message);
    const deliveries = new Map<Recipient, Delivery>();
    subscriptions.match(message.topic, (recipient, subscription) => {
      // No Local (3.8.3-3).
      if (subscription.noLocal && message.publisher === recipient.client.clientId) return;
      const retain = message.retain && subscription.retainAsPublished === true;
      deliveries.set(recipient, merge(deliveries.get(recipient), makeDelivery(message, subscription, retain)));
    });
    let recipients = 0;
    for (const [recipient, delivery] of deliveries) {
      if (this.#mayReceive(recipient, delivery) && recipient.deliver(delivery)) recipients++;
    }
    const { publisher: clientId, topic, payload, qos, retain, properties } = message;
    events.emit({ type: 'published', clientId, topic, payload, qos, retain, properties, recipients });
    return true;
  }

  /** Sends the retained messages that match a subscription, flagged as retained (3.3.1-8 to -11). */
  sendRetained(recipient: Recipient, subscription: StoredSubscription): void {
    for (const message of this.#context.retained.match(subscription.topicFilter, this.#context.now)) {
      if (subscription.noLocal && message.publisher === recipient.client.clientId) continue;
      const delivery = makeDelivery(message, subscription, true);
      if (this.#mayReceive(recipient, delivery)) recipient.deliver(delivery);
    }
  }

  #mayReceive({ client }: Recipient, { message, qos, retain }: Delivery): boolean {
    return this.#context.rules.receive(client, { topic: message.topic, qos, retain }).allow;
  }
}

function makeDelivery(message: Message, subscription: StoredSubscription, retain: boolean): Delivery {
  return {
    message,
    qos: Math.min(message.qos, subscription.qos) as QoS,
    retain,
    subscriptionIdentifiers: subscription.identifier === undefined ? undefined : [subscription.identifier],
  };
}

/** Two subscriptions of one session match: the higher QoS, and both identifiers. */
function merge(first: Delivery | undefined, second: Delivery): Delivery {
  if (!first) return second;
  const identifiers = [...(first.subscriptionIdentifiers ?? []), ...(second.subscriptionIdentifiers ?? [])];
  return {
    message: first.message,
    qos: Math.max(first.qos, second.qos) as QoS,
    retain: first.retain || second.retain,
    subscriptionIdentifiers: identifiers.length > 0 ? identifiers : undefined,
  };
}
