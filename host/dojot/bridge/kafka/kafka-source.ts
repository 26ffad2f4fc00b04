import { setTimeout as wait } from 'node:timers/promises';
import type { IncomingRecord, RecordSource, SourceTopics } from '../record-ports.js';
import { GroupMember, type MemberOptions } from './group-member.js';
import { BackOff } from './kafka-back-off.js';
import { kafkaReason } from './kafka-failure.js';
import { type KafkaState, StateReport } from './kafka-state.js';
import { matchingTopics } from './kafka-topics.js';

export interface KafkaSourceOptions extends MemberOptions {
  /** names, or a pattern of whole names */
  topics: SourceTopics;
  /** milliseconds between looks for new topics that match; default 30,000 */
  topicsInterval?: number;
  /** called when Kafka is away, and when it is back */
  onState?(state: KafkaState): void;
}

const TOPICS_INTERVAL = 30_000;
/** Milliseconds between attempts, at most. */
const LONGEST_DELAY = 3000;

/**
 * Records of Kafka, as a member of a consumer group: from the committed offsets, or the beginning; committed when they are confirmed, without
 * a gap. Whatever fails, the membership is made anew, and what was not committed comes again: each record at least once.
 */
export class KafkaSource implements RecordSource {
  readonly #options: KafkaSourceOptions;
  readonly #state: StateReport;
  readonly #backOff = new BackOff(LONGEST_DELAY, Math.random);
  readonly #closing = new AbortController();
  readonly #closed: Promise<void>;
  #running: Promise<void> = Promise.resolve();

  /** @throws KafkaOptionsError when an address is none */
  constructor(options: KafkaSourceOptions) {
    this.#options = options;
    this.#state = new StateReport(options.onState);
    this.#closed = new Promise((resolve) => {
      this.#closing.signal.addEventListener('abort', () => resolve());
    });
  }

  get isReady(): boolean {
    return this.#state.isReady;
  }

  /** Begins, and does not wait for Kafka. */
  async start(handle: (record: IncomingRecord) => Promise<void>): Promise<void> {
    this.#running = this.#run(handle);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(handle: (record: IncomingRecord) => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const topics = await this.#topics();
        if (topics.length > 0) await this.#belong(topics, handle);
        else await wait(this.#interval, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        this.#state.away(kafkaReason(error));
        await wait(this.#backOff.next(), undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Reads until this is closed, or there are other topics. @throws why it cannot be read any more */
  async #belong(topics: readonly string[], handle: (record: IncomingRecord) => Promise<void>): Promise<void> {
    const member = new GroupMember(this.#options, handle);
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#closing.signal]);
    try {
      await Promise.race([member.join(topics), member.failed, this.#closed]);
      this.#backOff.reset();
      this.#state.ready();
      await Promise.race([this.#otherTopics(topics, signal), member.failed, this.#closed]);
    } catch (error) {
      await member.end();
      if (!this.#closing.signal.aborted) throw error;
    } finally {
      over.abort();
    }
    await member.leave();
  }

  /** Resolves when the pattern matches other topics. */
  async #otherTopics(topics: readonly string[], signal: AbortSignal): Promise<void> {
    for (;;) {
      await wait(this.#interval, undefined, { signal });
      if ((await this.#topics()).join() !== topics.join()) return;
    }
  }

  async #topics(): Promise<readonly string[]> {
    const { topics } = this.#options;
    return topics instanceof RegExp ? matchingTopics(this.#options, topics) : topics;
  }

  get #interval(): number {
    return this.#options.topicsInterval ?? TOPICS_INTERVAL;
  }
}
