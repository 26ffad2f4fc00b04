import type { Delivery, Message } from '../message.js';
import type { StoredSubscription } from '../subscription.js';
import { type Task, unlimitedWork, WORK, type Work } from '../turns/work-queue.js';
import { DeliveryForms } from './deliveries.js';
import type { Recipient } from './recipient.js';
import { mayReceive, type RoutingContext } from './routing-context.js';
import { shareOut } from './share-out.js';
import type { SharedGroup } from './shared-group.js';
import type { Findings, TopicMatch } from './topic-match.js';

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
  readonly #forms: DeliveryForms;
  readonly #deliveries = new Map<Recipient, Delivery>();
  readonly #groups: SharedGroup<Recipient, StoredSubscription>[] = [];
  #match: TopicMatch<Recipient, StoredSubscription> | undefined;
  /** Set when all subscribers are known. */
  #rest: Iterator<[Recipient, Delivery]> | undefined;
  #recipients = 0;
  /** A subscription matches, whether or not its client gets the message. */
  #isMatched = false;

  constructor(context: RoutingContext, message: Message, whenDone: WhenPublished) {
    this.#context = context;
    this.#message = message;
    this.#whenDone = whenDone;
    this.#forms = new DeliveryForms(message);
  }

  run(turn: Work): boolean {
    // What is recorded of a QoS 2 message must be durable together: otherwise some would get it twice after a crash.
    const work = this.#context.journal && this.#message.qos === 2 ? unlimitedWork : turn;
    if (!this.#match && !this.#begin()) return true;
    if (!this.#rest && !this.#match!.run(work, this)) return false;
    this.#rest ??= this.#deliveries.entries();
    if (!this.#deliverAll(work, this.#rest)) return false;
    this.#finish();
    return true;
  }

  /** Something threw that must not: whoever waits for the end need not wait for ever. */
  abandon(): void {
    this.#whenDone('passed on');
  }

  visit(recipient: Recipient, subscription: StoredSubscription): void {
    const { publisher } = this.#message;
    this.#isMatched = true;
    // No Local (3.8.3-3).
    if (subscription.noLocal && publisher === recipient.client.clientId) return;
    this.#deliveries.set(recipient, this.#forms.form(subscription, this.#deliveries.get(recipient)));
  }

  visitGroup(group: SharedGroup<Recipient, StoredSubscription>): void {
    this.#groups.push(group);
    this.#isMatched = true;
    this.#context.work.spend(WORK.node);
  }

  #begin(): boolean {
    const { retained, subscriptions, now } = this.#context;
    const message = this.#message;
    if (message.retain && !retained.set(message, now)) {
      this.#context.reportDrop(message.publisher, message.topic, 'retained store full');
      this.#whenDone('no room');
      return false;
    }
    this.#match = subscriptions.search(message.topic);
    return true;
  }

  /** False when there are more. */
  #deliverAll(work: Work, rest: Iterator<[Recipient, Delivery]>): boolean {
    for (; !work.isSpent; work.spend(WORK.delivery)) {
      const next = rest.next();
      if (!next.done) {
        const [recipient, delivery] = next.value;
        if (mayReceive(this.#context, recipient, delivery) && recipient.deliver(delivery)) this.#recipients++;
        continue;
      }
      const group = this.#groups.pop();
      if (!group) return true;
      if (shareOut(this.#context, group, this.#message)) this.#recipients++;
    }
    return false;
  }

  #finish(): void {
    this.#forms.forgetEncodings();
    const { publisher: clientId, topic, payload, qos, retain, properties } = this.#message;
    const recipients = this.#recipients;
    this.#context.events.emit({ type: 'published', clientId, topic, payload, qos, retain, properties, recipients });
    this.#whenDone(this.#isMatched ? 'passed on' : 'no subscribers');
  }
}
