import { setTimeout as wait } from 'node:timers/promises';
import { Consumer } from '@platformatic/kafka';
import type { IncomingRecord } from '../record-ports.js';
import { closeConsumer } from './close-consumer.js';
import { GroupReader } from './group-reader.js';
import { clientOptions, type KafkaConnection } from './kafka-connection.js';

export interface MemberOptions extends KafkaConnection {
  groupId: string;
  /** records that are handed over and not confirmed, at most; default 1000 */
  maxInHand?: number;
  /** milliseconds without a sign of life after which others take over; default 10,000. Brokers set bounds */
  sessionTimeout?: number;
}

const MAX_IN_HAND = 1000;
const SESSION_TIMEOUT = 10_000;
/** Milliseconds that the members have to come back when the group is dealt anew. */
const REBALANCE_TIMEOUT = 20_000;
const HEARTBEAT_INTERVAL = 500;
/** Milliseconds between commits: so much comes again when this process is killed. */
const COMMIT_INTERVAL = 100;
/** Of any answer; the group waits for its members. */
const REQUEST_TIMEOUT = REBALANCE_TIMEOUT + 5000;
/** Milliseconds in which records in hand may still be confirmed when the member ends. */
const LAST_WAIT = 10_000;

/** One membership of a consumer group: from joining until it is left, or fails. */
export class GroupMember {
  readonly #consumer: Consumer;
  readonly #reader: GroupReader;
  readonly #maxInHand: number;
  readonly #handle: (record: IncomingRecord) => Promise<void>;
  #inHand = 0;
  /** Who waits for the next confirmation. */
  #confirmed: (() => void)[] = [];
  #commits: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;
  /** The generation of the group that the partitions are of. */
  #generation = Number.NaN;
  #memberId: string | null | undefined;
  #fail: (error: unknown) => void = () => {};
  /** Rejects when the membership fails. */
  readonly failed: Promise<never>;

  constructor(options: MemberOptions, handle: (record: IncomingRecord) => Promise<void>) {
    this.#maxInHand = options.maxInHand ?? MAX_IN_HAND;
    this.#handle = handle;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
    this.#consumer = new Consumer({
      ...clientOptions(options),
      requestTimeout: REQUEST_TIMEOUT,
      groupId: options.groupId,
      autocommit: false,
      sessionTimeout: options.sessionTimeout ?? SESSION_TIMEOUT,
      rebalanceTimeout: REBALANCE_TIMEOUT,
      heartbeatInterval: HEARTBEAT_INTERVAL,
    });
    this.#reader = new GroupReader(this.#consumer, (record, confirm) => this.#handOver(record, confirm));
    this.#consumer.on('consumer:group:join', (group) => this.#joined(group));
    // The client sends no further sign of life after one that failed.
    this.#consumer.on('consumer:heartbeat:error', ({ error }) => this.#fail(error));
    this.#consumer.on('error', (error: unknown) => this.#fail(error));
  }

  /** Joins the group and begins to read. @throws when that cannot be */
  async join(topics: readonly string[]): Promise<void> {
    this.#consumer.topics.trackAll(...topics);
    await this.#consumer.joinGroup({});
    this.#commits = setInterval(() => this.#commit(), COMMIT_INTERVAL);
  }

  /** Hands over nothing more, waits for the records in hand, commits and leaves the group. */
  async leave(): Promise<void> {
    this.#reader.stop();
    const end = performance.now() + LAST_WAIT;
    while (this.#inHand > 0 && performance.now() < end)
      await Promise.race([this.#nextConfirmation(), wait(end - performance.now())]);
    await this.#committing;
    this.#commit();
    await this.#committing;
    await this.end();
  }

  /** Ends without more ado: what was not committed comes again. */
  async end(): Promise<void> {
    this.#reader.stop();
    clearInterval(this.#commits);
    this.#fail(new Error('left'));
    await closeConsumer(this.#consumer);
  }

  /** The group was dealt anew. */
  #joined({ generationId = 0, memberId, assignments }: Joined): void {
    // Without a generation in between nobody else had what this member keeps.
    const keep = memberId === this.#memberId && generationId === this.#generation + 1;
    this.#generation = generationId;
    this.#memberId = memberId;
    this.#reader.assign(assignments ?? [], keep, this.#fail).catch(this.#fail);
  }

  async #handOver(record: IncomingRecord, confirm: () => void): Promise<void> {
    while (this.#inHand >= this.#maxInHand) await this.#nextConfirmation();
    this.#inHand++;
    this.#handle(record)
      .then(confirm, this.#fail)
      .finally(() => {
        this.#inHand--;
        for (const wake of this.#confirmed.splice(0)) wake();
      });
  }

  #nextConfirmation(): Promise<void> {
    return new Promise((resolve) => this.#confirmed.push(resolve));
  }

  /** Commits what is confirmed without a gap, unless a commit is in hand. */
  #commit(): void {
    this.#committing ??= this.#commitAll().finally(() => {
      this.#committing = undefined;
    });
  }

  async #commitAll(): Promise<void> {
    const all = this.#reader.committable();
    if (all.length === 0) return;
    const offsets = all.map(({ topic, partition, offset }) => ({ topic, partition, offset, leaderEpoch: -1 }));
    try {
      await this.#consumer.commit({ offsets });
      for (const { committed } of all) committed();
    } catch (error) {
      this.#fail(error);
    }
  }
}

interface Joined {
  generationId?: number;
  memberId?: string | null;
  assignments?: { topic: string; partitions: number[] }[] | null;
}
