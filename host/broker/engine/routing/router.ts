import type { QoS } from '../../../core/index.js';
import type { Broker } from '../context.js';
import type { Delivery, Message } from '../message.js';
import type { Session, StoredSubscription } from '../sessions/session.js';

/** Takes messages from where they are published to the sessions that subscribed to them. */
export class Router {
  constructor(private readonly broker: Broker) {}

  /**
   * Keeps the message if it is a retained one, and delivers it to every matching session: once each, with the highest
   * QoS of its matching subscriptions and all their identifiers (3.3.4-2 to -5). Access was checked by the caller.
   *
   * @returns false when the retained store has no room: the message then went nowhere
   */
  publish(message: Message): boolean {
    const { events, retained, subscriptions, now } = this.broker;
    if (message.retain && !retained.set(message, now())) {
      const { publisher: clientId, topic } = message;
      events.emit({ type: 'dropped', clientId, topic, reason: 'retained store full' });
      return false;
    }
    const deliveries = new Map<Session, Delivery>();
    subscriptions.match(message.topic, (session, subscription) => {
      // No Local (3.8.3-3).
      if (subscription.noLocal && message.publisher === session.client.clientId) return;
      const retain = message.retain && subscription.retainAsPublished === true;
      deliveries.set(session, merge(deliveries.get(session), makeDelivery(message, subscription, retain)));
    });
    let recipients = 0;
    for (const [session, delivery] of deliveries) {
      if (this.mayReceive(session, message) && session.deliver(delivery)) recipients++;
    }
    const { publisher: clientId, topic, payload, qos, retain, properties } = message;
    events.emit({ type: 'published', clientId, topic, payload, qos, retain, properties, recipients });
    return true;
  }

  /** Sends the retained messages that a subscription asks for, flagged as retained (3.3.1-8 to -11). */
  sendRetained(session: Session, subscription: StoredSubscription): void {
    for (const message of this.broker.retained.match(subscription.topicFilter, this.broker.now())) {
      if (subscription.noLocal && message.publisher === session.client.clientId) continue;
      if (this.mayReceive(session, message)) session.deliver(makeDelivery(message, subscription, true));
    }
  }

  private mayReceive(session: Session, message: Message): boolean {
    return this.broker.access.receive(session.client, message.topic);
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
