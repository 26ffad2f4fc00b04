import type { QoS } from '../../../core/index.js';
import type { Delivery, Message } from '../message.js';
import type { StoredSubscription } from '../subscription.js';
import type { Recipient } from './recipient.js';

/** One message in the form that this subscription asks for. */
export function makeDelivery(message: Message, subscription: StoredSubscription, retain: boolean): Delivery {
  const { identifier } = subscription;
  return delivery(message, qosOf(message, subscription), retain, identifier === undefined ? undefined : [identifier]);
}

/** All of its fields at once: objects of one shape are the faster ones. */
function delivery(message: Message, qos: QoS, retain: boolean, subscriptionIdentifiers?: number[]): Delivery {
  return { message, qos, retain, subscriptionIdentifiers, sharedBy: undefined, forms: undefined };
}

function qosOf(message: Message, subscription: StoredSubscription): QoS {
  return subscription.upgradesQoS ? subscription.qos : (Math.min(message.qos, subscription.qos) as QoS);
}

/** The forms of one message, one object for all subscribers that get the same: it is encoded once for all of them. */
export class DeliveryForms {
  readonly #message: Message;
  /** By QoS and RETAIN: all places at once, since an array that grows takes room for many more. */
  readonly #plain: (Delivery | undefined)[] = [undefined, undefined, undefined, undefined, undefined, undefined];
  /** Those with subscription identifiers, of which there may be many. */
  #identified: Map<string, Delivery> | undefined;

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
    for (const form of this.#plain) if (form) form.forms = undefined;
    for (const form of this.#identified?.values() ?? []) form.forms = undefined;
  }

  #shared(qos: QoS, retain: boolean, identifiers: number[] | undefined): Delivery {
    const kind = qos * 2 + (retain ? 1 : 0);
    if (!identifiers) {
      this.#plain[kind] ??= delivery(this.#message, qos, retain);
      return this.#plain[kind];
    }
    const key = `${kind} ${identifiers.join()}`;
    this.#identified ??= new Map();
    const known = this.#identified.get(key) ?? delivery(this.#message, qos, retain, identifiers);
    this.#identified.set(key, known);
    return known;
  }
}

/** Recipients up to which looking through a list costs less than a Map. */
const FEW = 8;

/** Who gets a message, each once, in the order in which they were found. */
export class Recipients {
  list: Recipient[] = [];
  /** What each of them gets. */
  deliveries: Delivery[] = [];
  /** Places in the list, when there are many. */
  #places: Map<Recipient, number> | undefined;

  /** The recipient gets what this subscription asks for, on top of what it gets already. */
  add(recipient: Recipient, subscription: StoredSubscription, forms: DeliveryForms): void {
    if (this.list.length === 0) {
      // Most messages have one: an array that grows takes room for seventeen.
      this.list = [recipient];
      this.deliveries = [forms.form(subscription)];
      return;
    }
    const place = this.#placeOf(recipient);
    this.deliveries[place] = forms.form(subscription, this.deliveries[place]);
  }

  /** The place of this recipient in the list, to which it is added if it is new. */
  #placeOf(recipient: Recipient): number {
    const known = this.#places ? (this.#places.get(recipient) ?? -1) : this.list.indexOf(recipient);
    if (known >= 0) return known;
    const place = this.list.push(recipient) - 1;
    if (this.#places) this.#places.set(recipient, place);
    else if (place === FEW) this.#places = new Map(this.list.map((each, at) => [each, at]));
    return place;
  }
}
