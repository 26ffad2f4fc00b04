import type { QoS } from '../../../core/index.js';
import type { Delivery, Message } from '../message.js';
import type { StoredSubscription } from '../subscription.js';

/** One message in the form that this subscription asks for. */
export function makeDelivery(message: Message, subscription: StoredSubscription, retain: boolean): Delivery {
  return {
    message,
    qos: qosOf(message, subscription),
    retain,
    subscriptionIdentifiers: subscription.identifier === undefined ? undefined : [subscription.identifier],
  };
}

function qosOf(message: Message, subscription: StoredSubscription): QoS {
  return subscription.upgradesQoS ? subscription.qos : (Math.min(message.qos, subscription.qos) as QoS);
}

/** The forms of one message, one object for all subscribers that get the same: it is encoded once for all of them. */
export class DeliveryForms {
  readonly #message: Message;
  readonly #forms = new Map<string | number, Delivery>();

  constructor(message: Message) {
    this.#message = message;
  }

  /** What a subscription asks for, on top of what its session gets already (3.3.4-2 to -5). */
  form(subscription: StoredSubscription, before?: Delivery): Delivery {
    const message = this.#message;
    const retain = message.retain && subscription.retainAsPublished === true;
    const qos = qosOf(message, subscription);
    const { identifier } = subscription;
    if (!before) return this.#shared(qos, retain, identifier === undefined ? undefined : [identifier]);
    // Two subscriptions of one session match: the higher QoS, and both identifiers.
    const identifiers = [...(before.subscriptionIdentifiers ?? []), ...(identifier === undefined ? [] : [identifier])];
    const highest = Math.max(before.qos, qos) as QoS;
    return this.#shared(highest, before.retain || retain, identifiers.length > 0 ? identifiers : undefined);
  }

  /** The message has gone to everybody: what waits somewhere is encoded again when it is sent. */
  forgetEncodings(): void {
    for (const delivery of this.#forms.values()) delivery.forms = undefined;
  }

  #shared(qos: QoS, retain: boolean, subscriptionIdentifiers: number[] | undefined): Delivery {
    const plain = qos * 2 + (retain ? 1 : 0);
    const key = subscriptionIdentifiers ? `${plain} ${subscriptionIdentifiers.join()}` : plain;
    let delivery = this.#forms.get(key);
    if (!delivery) {
      delivery = { message: this.#message, qos, retain, subscriptionIdentifiers };
      this.#forms.set(key, delivery);
    }
    return delivery;
  }
}
