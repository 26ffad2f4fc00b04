import { LazyMap } from '../lazy/lazy-collections.js';
import type { Delivery } from '../message.js';
import type { MessageSource } from '../messages/message-source.js';
import type { Work } from '../turns/work-queue.js';
import type { SessionJournal } from './session-journal.js';

interface Replay {
  readonly source: MessageSource;
  /** Taken from the source and not sent yet. */
  next: Delivery | undefined;
}

/** The retained messages that a session is still to get, one subscription after the other. */
export class Replays {
  readonly #journal: () => SessionJournal;
  readonly #all = new LazyMap<string, Replay>();

  /** @param journal of the session, as it is now */
  constructor(journal: () => SessionJournal) {
    this.#journal = journal;
  }

  /** Subscriptions that are not done. */
  get size(): number {
    return this.#all.size;
  }

  /** The messages of a new subscription, in place of those of an earlier one to the same filter. */
  begin(topicFilter: string, source: MessageSource): void {
    this.delete(topicFilter);
    this.add(topicFilter, source);
    if (source.keptUntil !== undefined) this.#journal().replaying(topicFilter, source.keptUntil);
  }

  /** Adds a source that the journal knows. */
  add(topicFilter: string, source: MessageSource): void {
    this.#all.set(topicFilter, { source, next: undefined });
  }

  clear(): void {
    this.#all.clear();
  }

  /** The subscription has ended, or its messages have. */
  delete(topicFilter: string): void {
    if (this.#all.delete(topicFilter)) this.#journal().replayDone(topicFilter);
  }

  /**
   * The message to be sent next: the same one until it is taken.
   *
   * @returns undefined when all are done, or when the work of this turn is spent
   */
  peek(work: Work): Delivery | undefined {
    for (const [topicFilter, replay] of this.#all.entries()) {
      if (replay.next && !replay.source.isCurrent(replay.next)) replay.next = undefined;
      replay.next ??= replay.source.next(work);
      if (replay.next || !replay.source.isDone) return replay.next;
      this.delete(topicFilter);
    }
    return undefined;
  }

  /** What `peek` returned is sent. */
  take(): void {
    const [[topicFilter, replay]] = this.#all.entries();
    this.#journal().replayed(topicFilter, replay.next!);
    replay.next = undefined;
  }

  /** The messages with this topic that are still to come: a newer one must not come before them (4.6.0-6). */
  takeEarly(topic: string): Delivery[] {
    const early: Delivery[] = [];
    for (const [topicFilter, replay] of this.#all.entries()) {
      const { next, source } = replay;
      const isNext = next?.message.topic === topic;
      const delivery = isNext ? source.isCurrent(next) && next : source.takeEarly(topic);
      if (isNext) replay.next = undefined;
      if (!delivery) continue;
      this.#journal().replayed(topicFilter, delivery);
      early.push(delivery);
    }
    return early;
  }
}
