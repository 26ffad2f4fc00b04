import { type Delivery, hold, type Message } from '../message.js';
import type { StoredSubscription } from '../subscription.js';
import { type Task, unlimitedWork, WORK, type Work } from '../turns/work-queue.js';
import { DeliveryForms, Recipients } from './deliveries.js';
import type { Recipient } from './recipient.js';
import { mayReceive, type RoutingContext } from './routing-context.js';
import { shareOut } from './share-out.js';
import type { SharedGroup } from './shared-group.js';
import type { Findings, Search } from './topic-match.js';

/**
 * What became of a message: it was passed on, perhaps to nobody because no subscription matches; or the retained store has no room
 * for it, and it was not.
 */
export type Published = 'passed on' | 'no subscribers' | 'no room';

/** Called once. */
export type WhenPublished = (published: Published) => void;

/** One message on its way to its subscribers, in as many turns as it takes. */
export class PublishJob implements Task, Findings<Recipient, StoredSubscription> {
  readonly #context: RoutingContext;
  readonly #message: Message;
  readonly #whenDone: WhenPublished;
  readonly #whenTaken: (() => void) | undefined;
  readonly #forms: DeliveryForms;
  readonly #recipients = new Recipients();
  #groups: SharedGroup<Recipient, StoredSubscription>[] | undefined;
  #search: Search<Recipient, StoredSubscription> | undefined;
  #areAllKnown = false;
  /** Recipients that have had their turn, and those of them that took the message. */
  #asked = 0;
  #reached = 0;
  /** Place of the publisher among the recipients of its own message, when it gets it last. */
  #own: number | undefined;
  /** A subscription matches, whether or not its client gets the message. */
  #isMatched = false;

  /** @param whenTaken called when all but its publisher have the message: with it, the publisher gets its own copy last */
  constructor(context: RoutingContext, message: Message, whenDone: WhenPublished, whenTaken?: () => void) {
    this.#context = context;
    this.#message = message;
    this.#whenDone = whenDone;
    this.#whenTaken = whenTaken;
    this.#forms = new DeliveryForms(message);
  }

  run(turn: Work): boolean {
    // What is recorded of a QoS 2 message must be durable together: otherwise some would get it twice after a crash.
    const work = this.#context.journal && this.#message.qos === 2 ? unlimitedWork : turn;
    if (!this.#search && !this.#begin()) return true;
    this.#areAllKnown ||= this.#search!.run(work, this);
    if (!this.#areAllKnown || !this.#deliverAll(work)) return false;
    this.#finish();
    return true;
  }

  /** Something threw that must not: whoever waits for the end need not wait for ever. */
  abandon(): void {
    this.#whenDone('passed on');
  }

  visit(recipient: Recipient, subscription: StoredSubscription): void {
    const { publisher, topic } = this.#message;
    if (subscription.leavesOut === topic) return;
    this.#isMatched = true;
    // No Local (3.8.3-3).
    if (subscription.noLocal && publisher === recipient.client.clientId) return;
    this.#recipients.add(recipient, subscription, this.#forms);
  }

  visitGroup(group: SharedGroup<Recipient, StoredSubscription>): void {
    this.#groups ??= [];
    this.#groups.push(group);
    this.#isMatched = true;
    this.#context.work.spend(WORK.node);
  }

  #begin(): boolean {
    const { retained, subscriptions, now } = this.#context;
    const message = this.#message;
    if (message.retain) hold(message);
    if (message.retain && !retained.set(message, now)) {
      this.#context.reportDrop(message.publisher, message.topic, 'retained store full');
      this.#whenDone('no room');
      return false;
    }
    this.#search = subscriptions.search(message.topic);
    return true;
  }

  /** False when there are more. */
  #deliverAll(work: Work): boolean {
    const { list, deliveries } = this.#recipients;
    for (; !work.isSpent; work.spend(WORK.delivery)) {
      if (this.#asked < list.length) {
        const place = this.#asked++;
        if (this.#whenTaken && list[place].client.clientId === this.#message.publisher) this.#own = place;
        else this.#deliver(list[place], deliveries[place]);
        continue;
      }
      const group = this.#groups?.pop();
      if (!group) return true;
      if (shareOut(this.#context, group, this.#message)) this.#reached++;
    }
    return false;
  }

  #deliver(recipient: Recipient, delivery: Delivery): void {
    if (mayReceive(this.#context, recipient, delivery) && recipient.deliver(delivery)) this.#reached++;
  }

  #finish(): void {
    this.#whenTaken?.();
    if (this.#own !== undefined) {
      const { list, deliveries } = this.#recipients;
      this.#deliver(list[this.#own], deliveries[this.#own]);
    }
    this.#forms.forgetEncodings();
    const { events } = this.#context;
    if (events.wantsPublished) this.#tell();
    this.#whenDone(this.#isMatched ? 'passed on' : 'no subscribers');
  }

  #tell(): void {
    const { publisher: clientId, topic, payload, qos, retain, properties } = this.#message;
    const recipients = this.#reached;
    this.#context.events.emit({ type: 'published', clientId, topic, payload, qos, retain, properties, recipients });
  }
}
