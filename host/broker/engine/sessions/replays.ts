import { LazyMap } from '../lazy/lazy-collections.js';
import type { Delivery } from '../message.js';
import type { MessageSource } from '../messages/message-source.js';
import type { Work } from '../turns/work-queue.js';

interface Replay {
  readonly source: MessageSource;
  /** Taken from the source and not sent yet. */
  next: Delivery | undefined;
}

/** The retained messages that a session is still to get, one subscription after the other. */
export class Replays {
  readonly #all = new LazyMap<string, Replay>();

  /** Subscriptions that are not done. */
  get size(): number {
    return this.#all.size;
  }

  /** Adds a source, in place of an earlier one for the same filter. */
  add(topicFilter: string, source: MessageSource): void {
    this.#all.delete(topicFilter);
    this.#all.set(topicFilter, { source, next: undefined });
  }

  clear(): void {
    this.#all.clear();
  }

  /**
   * The message to be sent next: the same one until it is taken.
   *
   * @param isWanted whether the session still has this subscription: UNSUBSCRIBE ends its messages (3.10.4-2)
   * @returns undefined when all are done, or when the work of this turn is spent
   */
  peek(work: Work, isWanted: (topicFilter: string) => boolean): Delivery | undefined {
    for (const [topicFilter, replay] of this.#all.entries()) {
      if (isWanted(topicFilter)) {
        if (replay.next && !replay.source.isCurrent(replay.next)) replay.next = undefined;
        replay.next ??= replay.source.next(work);
        if (replay.next || !replay.source.isDone) return replay.next;
      }
      this.#all.delete(topicFilter);
    }
    return undefined;
  }

  /** What `peek` returned is sent. */
  take(): void {
    const [first] = this.#all.values();
    first.next = undefined;
  }

  /** The messages with this topic that are still to come: a newer one must not come before them (4.6.0-6). */
  takeEarly(topic: string): Delivery[] {
    const early: Delivery[] = [];
    for (const replay of this.#all.values()) {
      const { next, source } = replay;
      const isNext = next?.message.topic === topic;
      const delivery = isNext ? source.isCurrent(next) && next : source.takeEarly(topic);
      if (isNext) replay.next = undefined;
      if (delivery) early.push(delivery);
    }
    return early;
  }
}
