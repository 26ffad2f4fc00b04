import { setTimeout as wait } from 'node:timers/promises';
import type { ProduceResult } from '@platformatic/kafka';
import { type OutgoingRecord, RecordRefusedError, type RecordSink } from '../record-ports.js';
import { BackOff } from './kafka-back-off.js';
import type { KafkaConnection } from './kafka-connection.js';
import { kafkaReason, sendFailure, unknownTopic } from './kafka-failure.js';
import { type KafkaState, StateReport } from './kafka-state.js';
import { createTopic, type NewTopics } from './kafka-topics.js';
import { type OutgoingItem, parts, toItem, whyRefused } from './outgoing-batch.js';
import { PatientProducer } from './patient-producer.js';

export interface KafkaSinkOptions extends KafkaConnection {
  /** default none: gzip, snappy and lz4 take time of this process */
  compression?: 'none' | 'gzip' | 'snappy' | 'lz4';
  /** topics that are missing are made with these; without it a record for one is refused */
  newTopics?: NewTopics;
  /** bytes of a record, default 1,000,000: brokers take 1,048,588 unless they are told otherwise */
  maxRecordBytes?: number;
  /** called when Kafka is away, and when it is back */
  onState?(state: KafkaState): void;
}

/** What a sink has done. */
export interface SinkCounts {
  /** records that all in-sync replicas have */
  sent: number;
  /** attempts that failed and were made again, by the same producer: Kafka recognizes what it already has */
  retries: number;
  /** records that a new producer sent again, which could not know whether Kafka had them: each may be there twice */
  uncertain: number;
}

const MAX_RECORD_BYTES = 1_000_000;
/** Of one send, but for a single record. */
const MAX_BATCH_BYTES = 1_000_000;
/** Milliseconds between attempts, at most. */
const LONGEST_DELAY = 3000;
/** Milliseconds after which an attempt that neither succeeds nor fails is given up, with its producer. */
const ATTEMPT_TIMEOUT = 30_000;
/** Milliseconds in which a topic may become known that has just been made. */
const TOPIC_GRACE = 3000;
/** Milliseconds between looks at an idle cluster, and the age of what is known of it, at most. */
const LOOK_INTERVAL = 30_000;

/**
 * Records into Kafka: acknowledged by all in-sync replicas (acks=all) and written once (an idempotent producer). The client repeats
 * sequence numbers when two sends are in hand, and asks a broker for ever that is gone: here there is one send at a time, and attempts are
 * made again by the same producer with what was not acknowledged, so that Kafka recognizes what it has.
 */
export class KafkaSink implements RecordSink {
  readonly counts: SinkCounts = { sent: 0, retries: 0, uncertain: 0 };
  readonly #options: KafkaSinkOptions;
  readonly #state: StateReport;
  readonly #backOff = new BackOff(LONGEST_DELAY, Math.random);
  readonly #closing = new AbortController();
  readonly #looks: NodeJS.Timeout;
  #producer: PatientProducer;
  /** Ends when all that was asked for so far has ended. */
  #last: Promise<void>;
  #waiting = 0;
  /** When the cluster was last asked about itself; undefined when what it said was wrong. */
  #askedAt: number | undefined;
  /** Goes round the partitions for records without keys. */
  #turn = 0;

  /**
   * Begins to connect.
   *
   * @throws KafkaOptionsError when an address is none
   */
  constructor(options: KafkaSinkOptions) {
    this.#options = options;
    this.#state = new StateReport(options.onState);
    this.#producer = this.#newProducer();
    this.#last = Promise.resolve();
    this.#look();
    this.#looks = setInterval(() => this.#look(), LOOK_INTERVAL).unref();
  }

  get isReady(): boolean {
    return this.#state.isReady;
  }

  send(records: readonly OutgoingRecord[]): Promise<void> {
    return this.#inTurn(() => this.#deliver(records));
  }

  /** What is in hand ends in an error, and may be in Kafka or not. */
  async close(): Promise<void> {
    clearInterval(this.#looks);
    this.#closing.abort(new Error('the connection to Kafka is closed'));
    await this.#producer.close().catch(() => {});
    await this.#last;
  }

  /** One after the other. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    this.#waiting++;
    const done = this.#last.then(() => {
      this.#closing.signal.throwIfAborted();
      return action();
    });
    this.#last = done.catch(() => {}).then(() => void this.#waiting--);
    return done;
  }

  async #deliver(records: readonly OutgoingRecord[]): Promise<void> {
    const { maxRecordBytes = MAX_RECORD_BYTES } = this.#options;
    records.forEach((record, index) => {
      const reason = whyRefused(record, maxRecordBytes);
      if (reason !== undefined) throw new RecordRefusedError(index, reason);
    });
    // All topics before the first record: what is refused is refused before anything is sent.
    const partitions = await this.#partitionsOf(records);
    const turn = this.#turn++;
    const items = records.map((record, index) => toItem(record, index, partitions.get(record.topic)!, turn));
    for (const part of parts(items, MAX_BATCH_BYTES)) await this.#write(part);
  }

  /** Until all replicas in sync have the records. @throws RecordRefusedError */
  async #write(items: OutgoingItem[]): Promise<void> {
    let left = items;
    await this.#until(async () => {
      const topics = topicsOf(left);
      if (!this.#knows(topics)) await this.#learn(topics);
      try {
        const messages = left.map(({ message }) => message);
        await this.#settled(this.#producer.send({ messages }), left.length);
      } catch (error) {
        this.#askedAt = undefined;
        const before = left.length;
        left = notTaken(left, error);
        this.counts.sent += before - left.length;
        const failure = sendFailure(error);
        if (failure === 'producer-lost') this.#replace(left.length);
        if (failure === 'refused' && left.length === 1) {
          throw new RecordRefusedError(left[0].index, kafkaReason(error), { cause: error });
        }
        if (failure !== 'refused') throw error;
        // One of them: each alone says which.
        for (const item of left) await this.#write([item]);
        return;
      }
      this.counts.sent += left.length;
    });
  }

  /** Until it goes well, or this is closed. @throws RecordRefusedError */
  async #until(action: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      try {
        await action();
        this.#backOff.reset();
        this.#state.ready();
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof RecordRefusedError) throw error;
        this.counts.retries++;
        this.#producer.askAnother();
        if (!(error instanceof PendingTopicError)) this.#state.away(kafkaReason(error));
        await wait(this.#backOff.next(), undefined, { signal });
      }
    }
  }

  /** How many partitions each topic has. @throws RecordRefusedError for a topic that there is not, and that is not made */
  async #partitionsOf(records: readonly OutgoingRecord[]): Promise<Map<string, number>> {
    const topics = topicsOf(records);
    if (!this.#knows(topics)) {
      let end: number | undefined;
      await this.#until(async () => {
        try {
          await this.#learn(topics);
        } catch (error) {
          const topic = unknownTopic(error);
          if (topic === undefined) throw error;
          const { newTopics } = this.#options;
          if (newTopics !== undefined) await createTopic(this.#options, topic, newTopics);
          end ??= performance.now() + TOPIC_GRACE;
          if (newTopics !== undefined || performance.now() < end)
            throw new PendingTopicError(`there is no topic ${topic}`);
          const index = records.findIndex((record) => record.topic === topic);
          throw new RecordRefusedError(index, `there is no topic ${topic}; make it, or let topics be made`);
        }
      });
    }
    const known = this.#producer.currentMetadata!.topics;
    return new Map(topics.map((topic) => [topic, known.get(topic)!.partitionsCount]));
  }

  /** Whether each partition of these topics has a leader, as far as is known. The client would ask a broker that it does not know. */
  #knows(topics: readonly string[]): boolean {
    const metadata = this.#producer.currentMetadata;
    if (!metadata || this.#askedAt === undefined || performance.now() - this.#askedAt > LOOK_INTERVAL) return false;
    return topics.every((name) => {
      const topic = metadata.topics.get(name);
      return topic?.partitions.every(({ leader }) => metadata.brokers.has(leader)) ?? false;
    });
  }

  async #learn(topics: string[]): Promise<void> {
    await this.#settled(this.#producer.metadata({ topics: [...topics], forceUpdate: true }), 0);
    this.#askedAt = performance.now();
    if (!this.#knows(topics)) throw new Error('a partition has no leader');
  }

  /** Whether the cluster is there, when nothing else asks. */
  #look(): void {
    if (this.#waiting === 0) this.#inTurn(() => this.#until(() => this.#learn([]))).catch(() => {});
  }

  /** What the client promised; it is not believed for ever. */
  async #settled<T>(promise: Promise<T>, inHand: number): Promise<T> {
    const done = new AbortController();
    const late = wait(ATTEMPT_TIMEOUT, undefined, { signal: done.signal }).then(() => {
      this.#replace(inHand);
      throw new Error(`no answer for ${ATTEMPT_TIMEOUT / 1000} seconds`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([promise, late]);
    } finally {
      done.abort();
    }
  }

  /** Goes on with a new producer, which Kafka does not know: what the old one had in hand may be written twice. */
  #replace(inHand: number): void {
    this.counts.uncertain += inHand;
    this.#producer.close().catch(() => {});
    this.#producer = this.#newProducer();
    this.#askedAt = undefined;
  }

  #newProducer(): PatientProducer {
    return new PatientProducer(this.#options, this.#options.compression ?? 'none');
  }
}

/** Kafka is there; a topic will be, or not. */
class PendingTopicError extends Error {}

const topicsOf = (records: readonly { topic: string }[]) => [...new Set(records.map(({ topic }) => topic))];

/** Those that were not acknowledged. Partitions with the same leader are acknowledged together or not at all. */
function notTaken(items: readonly OutgoingItem[], error: unknown): OutgoingItem[] {
  const { offsets = [] } = ((error as { produced?: ProduceResult } | undefined)?.produced ?? {}) as ProduceResult;
  const taken = new Set(offsets.map(({ topic, partition }) => `${partition} ${topic}`));
  return items.filter(({ message: { topic, partition } }) => !taken.has(`${partition} ${topic}`));
}
