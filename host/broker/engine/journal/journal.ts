import type { JournalRecord } from './journal-record.js';

/** What a journal tells the engine, between two of the engine's calls and never during `write`. */
export interface JournalListener {
  /**
   * The first so many calls of `write` are durable.
   *
   * @param writes counted since the journal was made; never less than before
   */
  committed(writes: number): void;
  /**
   * Nothing can be stored at present. What was written is kept, and tried again: `committed` says when it is durable.
   *
   * @param reason what failed and what to do, for the log
   */
  failed(reason: string): void;
}

/**
 * Where the engine's state is kept: a map from the keys of records to their values. A port of the engine; `host/broker/store` has
 * implementations.
 *
 * @example
 * ```ts
 * import { createBroker, type Journal, type JournalListener, type JournalRecord } from 'wasmqtt/broker';
 *
 * const written: JournalRecord[] = [];
 * let listener: JournalListener | undefined;
 * const journal: Journal = {
 *   isAwaited: false,
 *   start: (told) => {
 *     listener = told;
 *   },
 *   write: (records) => {
 *     written.push(...records);
 *     listener?.committed(records.length);
 *   },
 * };
 * const broker = await createBroker({ store: { ...journal, load: () => [] } });
 * broker.publish('status', 'ready', { retain: true });
 * await broker.close();
 * written.some(({ kind }) => kind === 'retained'); // => true
 * ```
 */
export interface Journal {
  /** Whether acknowledgements wait for `committed`. False for a journal that may lose the last moments. */
  readonly isAwaited: boolean;
  /** Called once, by the engine that uses the journal. */
  start(listener: JournalListener): void;
  /**
   * The changes of one call into the engine. They become durable together or not at all, and never before those of an earlier
   * call. Records are not changed afterwards: they may be kept. Does not throw.
   */
  write(records: readonly JournalRecord[]): void;
  /** So much is not durable that clients wait: a journal that commits now and then commits now. Does not throw. */
  hurry?(): void;
}
