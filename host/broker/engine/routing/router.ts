import type { Deadline } from '../deadlines.js';
import type { Delivery, Message } from '../message.js';
import type { Readiness } from '../messages/readiness.js';
import type { StoredSubscription } from '../subscription.js';
import { PublishJob, type WhenPublished } from './publish-job.js';
import type { Recipient } from './recipient.js';
import { RetainedReplay } from './retained-replay.js';
import type { RoutingContext } from './routing-context.js';
import { shareOut } from './share-out.js';
import { isShared } from './shared-filter.js';

/** Milliseconds between two looks for retained messages that have expired. */
const SWEEP_INTERVAL = 1000;
/** Expired messages that are removed at each look; when there are more, the next is in the next turn. */
const SWEEP = 1000;

/** Takes messages from where they are published to the sessions that subscribed to them. */
export class Router {
  readonly #context: RoutingContext;
  /** What has to go on in a later turn, in order for each publisher (4.6.0-5). */
  readonly #lines = new Map<string | undefined, PublishJob[]>();
  #sweep: Deadline | undefined;

  constructor(context: RoutingContext) {
    this.#context = context;
  }

  /**
   * Keeps the message if it is retained, and delivers it to every matching session: once each, with the highest QoS of
   * its matching subscriptions and all their identifiers (3.3.4-2 to -5), and to one member of each shared subscription. The
   * caller has checked the publisher's access.
   *
   * What is more than the work of this turn goes on in later turns, in the order of each publisher's messages.
   *
   * @param whenDone called when it is done, before `publish` returns if that is at once
   * @param whenTaken called before that, when all have it but its publisher, who gets its own copy after that
   */
  publish(message: Message, whenDone: WhenPublished = () => {}, whenTaken?: () => void): void {
    const { work } = this.#context;
    const { publisher } = message;
    const job = new PublishJob(this.#context, message, whenDone, whenTaken);
    const line = this.#lines.get(publisher);
    if (line) line.push(job);
    else if (work.isSpent || !job.run(work)) this.#queue(publisher, job);
    this.#watchExpiry();
  }

  /** Sends the retained messages that match a subscription. A shared one gets none (4.8.2). */
  sendRetained(recipient: Recipient, subscription: StoredSubscription): void {
    const { topicFilter } = subscription;
    if (isShared(topicFilter)) return;
    recipient.replay(topicFilter, new RetainedReplay(this.#context, recipient, subscription));
  }

  /**
   * Gives a shared message that `from` had to another member of the shared subscription (4.8.2).
   *
   * @param worst the least ready that may get it
   * @returns false when there is none
   */
  handOver({ message, sharedBy }: Delivery, from: Recipient, worst: Readiness): boolean {
    const group = sharedBy === undefined ? undefined : this.#context.subscriptions.group(sharedBy);
    return group !== undefined && shareOut(this.#context, group, message, { except: from, worst });
  }

  #queue(publisher: string | undefined, first: PublishJob): void {
    const { work, events } = this.#context;
    const line = [first];
    this.#lines.set(publisher, line);
    const runNext = (): boolean => {
      try {
        return line[0].run(work);
      } catch (error) {
        events.emit({ type: 'failed', error });
        line[0].abandon();
        return true;
      }
    };
    const run = (): boolean => {
      while (line.length > 0) {
        if (work.isSpent || !runNext()) return false;
        line.shift();
        this.#watchExpiry();
      }
      this.#lines.delete(publisher);
      return true;
    };
    work.add({ run });
  }

  /** What has expired is removed by and by, not only when there is no room. */
  #watchExpiry(): void {
    const { retained, deadlines, now } = this.#context;
    const at = retained.nextExpiry;
    if (this.#sweep || at === undefined) return;
    this.#sweep = deadlines.add(at <= now ? now : Math.max(at, now + SWEEP_INTERVAL), () => {
      this.#sweep = undefined;
      retained.sweep(this.#context.now, SWEEP);
      this.#watchExpiry();
    });
  }
}
