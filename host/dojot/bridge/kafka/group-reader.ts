import { setTimeout as wait } from 'node:timers/promises';
import { type Consumer, IS_CONTROL, ListOffsetTimestamps, type RecordsBatch } from '@platformatic/kafka';
import type { IncomingRecord } from '../record-ports.js';
import { hasAnswered } from './kafka-failure.js';
import { PartitionProgress } from './partition-progress.js';

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A partition that this member reads. */
interface Assigned extends TopicPartition {
  readonly progress: PartitionProgress;
}

/** Milliseconds that a broker waits for a record that is not there yet. */
const FETCH_WAIT = 500;
/** Bytes of one answer, and of one partition in it. */
const FETCH_BYTES = 4 * 1024 * 1024;
const PARTITION_BYTES = 1024 * 1024;
/** Milliseconds before a broker is asked again after a failure, and how long failures are borne. */
const RETRY_DELAY = 200;
const PATIENCE = 15_000;

/**
 * Reads the partitions that a member of a group was given. The streams of the client skip records when a group is dealt anew while an
 * answer is on its way; here each answer goes to the partition that asked for it, or nowhere.
 */
export class GroupReader {
  readonly #consumer: Consumer;
  readonly #handOver: (record: IncomingRecord, confirm: () => void) => Promise<void>;
  #assigned = new Map<string, Assigned>();
  /** Changes when what is read is dealt anew, or a broker failed. */
  #round = 0;
  #isStopped = false;

  /** @param handOver resolves when there is room for the next record */
  constructor(consumer: Consumer, handOver: (record: IncomingRecord, confirm: () => void) => Promise<void>) {
    this.#consumer = consumer;
    this.#handOver = handOver;
  }

  /**
   * What is to be read from now on. Resolves when it is known where each partition begins; `failed` is called when it can be read no more.
   *
   * @param keep partitions that were read before are read on: nobody else had them meanwhile
   */
  async assign(
    assignments: readonly { topic: string; partitions: number[] }[],
    keep: boolean,
    failed: (error: unknown) => void,
  ) {
    const round = ++this.#round;
    const old = keep ? this.#assigned : new Map<string, Assigned>();
    this.#assigned = new Map();
    const all = assignments.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
    const starts = await this.#starts(all.filter((one) => !old.has(nameOf(one))));
    if (round !== this.#round || this.#isStopped) return;
    for (const one of all) {
      const name = nameOf(one);
      this.#assigned.set(name, old.get(name) ?? { ...one, progress: new PartitionProgress(starts.get(name)!) });
    }
    this.#read(round).catch(failed);
  }

  /** What can be committed, and how to say that it is. */
  committable(): { topic: string; partition: number; offset: bigint; committed: () => void }[] {
    return [...this.#assigned.values()].flatMap(({ topic, partition, progress }) => {
      const offset = progress.committable;
      return offset === undefined ? [] : [{ topic, partition, offset, committed: () => progress.committed(offset) }];
    });
  }

  /** Hands over nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#round++;
  }

  /** The committed offsets, or where partitions begin that have none. */
  async #starts(partitions: readonly TopicPartition[]): Promise<Map<string, bigint>> {
    if (partitions.length === 0) return new Map();
    const topics = [...groupBy(partitions, ({ topic }) => topic)].map(([topic, all]) => ({
      topic,
      partitions: all.map(({ partition }) => partition),
    }));
    const committed = await this.#consumer.listCommittedOffsets({ topics });
    const starts = new Map<string, bigint>();
    for (const one of partitions) {
      const offset = committed.get(one.topic)?.[one.partition] ?? -1n;
      if (offset >= 0n) starts.set(nameOf(one), offset);
    }
    const others = partitions.filter((one) => !starts.has(nameOf(one)));
    return new Map([...starts, ...(await this.#bounds(others, ListOffsetTimestamps.EARLIEST))]);
  }

  /** Where partitions begin, or end. */
  async #bounds(partitions: readonly TopicPartition[], timestamp: bigint): Promise<Map<string, bigint>> {
    if (partitions.length === 0) return new Map();
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const offsets = await this.#consumer.listOffsets({ topics, timestamp });
    return new Map(partitions.map((one) => [nameOf(one), offsets.get(one.topic)![one.partition]]));
  }

  /** Until the round is over. @throws what the brokers answered, for too long a time */
  async #read(round: number): Promise<void> {
    let failing: number | undefined;
    while (round === this.#round) {
      try {
        await this.#readLeaders(round, () => {
          failing = undefined;
        });
      } catch (error) {
        if (round !== this.#round) return;
        failing ??= performance.now();
        if (performance.now() - failing > PATIENCE) throw error;
        if (hasAnswered(error, 'OFFSET_OUT_OF_RANGE')) await this.#moveIntoRange();
        else await wait(RETRY_DELAY);
        this.#consumer.clearMetadata();
      }
    }
  }

  /** Reads from each leader, all at the same time, until one fails. */
  async #readLeaders(round: number, went: () => void): Promise<void> {
    const topics = [...new Set([...this.#assigned.values()].map(({ topic }) => topic))];
    if (topics.length === 0) return void (this.#round === round && this.#round++);
    const metadata = await this.#consumer.metadata({ topics: [...topics], forceUpdate: true });
    const leaderOf = ({ topic, partition }: Assigned) => metadata.topics.get(topic)!.partitions[partition].leader;
    const leaders = groupBy([...this.#assigned.values()], leaderOf);
    let isFailing = false;
    const results = await Promise.allSettled(
      [...leaders].map(async ([node, partitions]) => {
        try {
          while (round === this.#round && !isFailing) {
            const response = await this.#fetch(node, partitions, (topic) => metadata.topics.get(topic)!.id);
            if (round !== this.#round) return;
            went();
            await this.#take(
              round,
              response,
              new Map(partitions.map((one) => [metadata.topics.get(one.topic)!.id, one.topic])),
            );
          }
        } finally {
          isFailing = true;
        }
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #fetch(node: number, partitions: readonly Assigned[], idOf: (topic: string) => string): Promise<FetchResponse> {
    const topics = [...groupBy(partitions, ({ topic }) => topic)].map(([topic, all]) => ({
      topicId: idOf(topic),
      partitions: all.map(({ partition, progress }) => ({
        partition,
        fetchOffset: progress.position,
        partitionMaxBytes: PARTITION_BYTES,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
      })),
    }));
    return this.#consumer.fetch({ node, topics, maxWaitTime: FETCH_WAIT, maxBytes: FETCH_BYTES, minBytes: 1 });
  }

  async #take(round: number, response: FetchResponse, topics: ReadonlyMap<string, string>): Promise<void> {
    for (const { topicId, partitions } of response.responses) {
      const topic = topics.get(topicId)!;
      for (const { partitionIndex: partition, records } of partitions) {
        const assigned = this.#assigned.get(nameOf({ topic, partition }));
        for (const batch of assigned ? (records ?? []) : []) await this.#takeBatch(round, assigned!, batch);
      }
    }
  }

  async #takeBatch(round: number, { topic, partition, progress }: Assigned, batch: RecordsBatch): Promise<void> {
    // Marks of transactions are no records.
    for (const { offsetDelta, key, value } of batch.attributes & IS_CONTROL ? [] : batch.records) {
      if (round !== this.#round) return;
      const offset = batch.firstOffset + BigInt(offsetDelta);
      // A batch comes whole, also when its middle was asked for.
      if (offset < progress.position) continue;
      const record = { topic, partition, offset, key: key ?? undefined, value: value ?? undefined };
      await this.#handOver(record, progress.handOver(offset));
    }
    if (round !== this.#round) return;
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (end > progress.position) progress.position = end;
  }

  /** What was to be read is gone, too old or never kept: goes on where the partition begins now. */
  async #moveIntoRange(): Promise<void> {
    const all = [...this.#assigned.values()];
    const [begins, ends] = [
      await this.#bounds(all, ListOffsetTimestamps.EARLIEST),
      await this.#bounds(all, ListOffsetTimestamps.LATEST),
    ];
    for (const [name, { progress }] of this.#assigned) {
      const begin = begins.get(name)!;
      if (progress.position < begin || progress.position > ends.get(name)!) progress.position = begin;
    }
  }
}

const nameOf = ({ topic, partition }: TopicPartition) => `${partition} ${topic}`;

function groupBy<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
