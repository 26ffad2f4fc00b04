import type { Journal, JournalListener } from '../engine/journal/journal.js';
import { type JournalRecord, keyOf } from '../engine/journal/journal-record.js';
import { decodeRecord, encodeRecord } from '../engine/journal/record-codec.js';

/**
 * A store in memory for tests: what it holds is encoded as on a disk, commits come when the test says so, and they can fail.
 * Without `commit` nothing is durable.
 *
 * @example
 * ```ts
 * import { type BrokerStore, createBroker, MemoryStore } from 'wasmqtt/broker';
 *
 * const store: BrokerStore = new MemoryStore();
 * const broker = await createBroker({ store });
 * broker.keepsState; // => true
 * await broker.close();
 * ```
 */
export class MemoryStore implements Journal {
  readonly isAwaited: boolean;
  readonly #durable: Map<string, Uint8Array>;
  #pending: (readonly JournalRecord[])[] = [];
  #committed = 0;
  #listener: JournalListener | undefined;

  /**
   * @param durable what an earlier store left behind: its `durable`
   * @param isAwaited default true: acknowledgements wait for `commit`
   */
  constructor(durable: ReadonlyMap<string, Uint8Array> = new Map(), isAwaited = true) {
    this.#durable = new Map(durable);
    this.isAwaited = isAwaited;
  }

  /** What would be found after a crash at this moment. */
  get durable(): ReadonlyMap<string, Uint8Array> {
    return new Map(this.#durable);
  }

  /** Writes that are not durable yet. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Everything durable, for `BrokerEngine.restore`. */
  *load(): Generator<JournalRecord> {
    for (const bytes of this.#durable.values()) yield decodeRecord(bytes);
  }

  start(listener: JournalListener): void {
    this.#listener = listener;
  }

  write(records: readonly JournalRecord[]): void {
    this.#pending.push(records);
  }

  /**
   * Makes the oldest writes durable, and says so.
   *
   * @param count default: all of them
   */
  commit(count = this.#pending.length): void {
    const writes = this.#pending.splice(0, count);
    for (const record of writes.flat()) {
      if (record.value === undefined) this.#durable.delete(keyOf(record));
      else this.#durable.set(keyOf(record), encodeRecord(record));
    }
    this.#committed += writes.length;
    this.#listener?.committed(this.#committed);
  }

  /** Commits come when the test says so. */
  hurry(): void {}

  /** A commit fails, as on a full disk. What was written stays pending. */
  fail(reason = 'no room'): void {
    this.#listener?.failed(reason);
  }
}
