import type { RootDatabase } from 'lmdb';
import type { TableRecord } from './engine.js';
import { TABLES, type Table } from './tables.js';

/** How many records are read at a time. */
const BATCH = 200;

/** All records of an LMDB store at one moment, in batches. Until it ends, LMDB keeps the pages of that moment, and its file grows. */
export class LmdbMoment {
  readonly #lmdb: RootDatabase<Uint8Array, (string | number)[]>;
  readonly #transaction: ReturnType<RootDatabase['useReadTransaction']>;
  readonly #toRecord: (key: string[], bytes: Uint8Array) => Omit<TableRecord, 'table'>;
  readonly #tables = Object.keys(TABLES) as Table[];
  #after: (string | number)[] | undefined;

  constructor(
    lmdb: RootDatabase<Uint8Array, (string | number)[]>,
    toRecord: (key: string[], bytes: Uint8Array) => Omit<TableRecord, 'table'>,
  ) {
    this.#lmdb = lmdb;
    this.#toRecord = toRecord;
    this.#transaction = lmdb.useReadTransaction();
  }

  /** Some of the records that follow; none when there are no more. */
  next(): TableRecord[] {
    for (;;) {
      const [table] = this.#tables;
      if (table === undefined) return [];
      const found = this.#lmdb.getRange({
        start: this.#after ?? [table],
        exclusiveStart: this.#after !== undefined,
        // All parts are printable ASCII, so DEL sorts after them.
        end: [table, '\x7f'],
        limit: BATCH,
        transaction: this.#transaction,
      });
      const batch = Array.from(found, ({ key, value }) => ({
        table,
        ...this.#toRecord(key.slice(1) as string[], value),
      }));
      const last = batch.at(-1);
      this.#after = last && [table, ...last.key];
      if (last !== undefined) return batch;
      this.#tables.shift();
    }
  }

  end(): void {
    this.#transaction.done();
  }
}
