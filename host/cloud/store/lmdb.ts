import { resolve } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { prepareLmdbFolder } from '../../lmdb/lmdb-folder.js';
import { openLmdb } from '../../lmdb/open-lmdb.js';
import { reasonOf } from '../../node/reason.js';
import { StoreError } from './store-error.js';

/** Every text that the store keeps, with the time of its last change in milliseconds. */
export interface StoredRecord {
  value: string;
  dateUpdated: number;
}

/**
 * LMDB with the two promises of the stores: a transaction that returned is on disk, and a transaction that failed changed
 * nothing.
 */
export class LmdbDatabase {
  readonly directory: string;
  readonly #lmdb: RootDatabase<StoredRecord, string[]>;
  #closing: Promise<void> | undefined;

  /** @throws StoreError `unusable` */
  constructor(directory: string) {
    this.directory = resolve(directory);
    try {
      prepareLmdbFolder(this.directory);
      this.#lmdb = openLmdb(this.directory, 'json');
    } catch (error) {
      throw new StoreError('unusable', (error as Error).message, { cause: error });
    }
  }

  /** The record of a key as it is now, with the writes of other processes. */
  get(key: string[]): StoredRecord | undefined {
    return this.#read((lmdb) => lmdb.get(key));
  }

  /** The keys below a prefix, in the order of their last part. With `reverse` the order, `limit` and `offset` begin at the end. */
  range(prefix: string[], options: RangeOptions): { name: string; record: StoredRecord }[] {
    const { after, before, offset, limit, reverse } = options;
    // All parts are printable ASCII, so DEL sorts after them.
    const low = after === undefined ? prefix : [...prefix, after];
    const high = [...prefix, before ?? '\x7f'];
    const [start, end] = reverse ? [high, low] : [low, high];
    const range = { start, end, exclusiveStart: true, offset, limit, reverse: reverse ?? false };
    return this.#read((lmdb) =>
      Array.from(lmdb.getRange(range), ({ key, value }) => ({ name: key[key.length - 1], record: value })),
    );
  }

  /**
   * Runs `action` in a write transaction: it sees the newest state, no other process writes meanwhile, and either all of
   * its changes are kept or none.
   *
   * @returns what `action` returned, once the changes are on disk
   * @throws what `action` throws, StoreError `storage` or `closed`; nothing is changed then
   */
  async transaction<T>(action: (transaction: Transaction) => T): Promise<T> {
    this.#assertOpen();
    const lmdb = this.#lmdb;
    try {
      const result = await lmdb.childTransaction(() =>
        action({
          get: (key) => lmdb.get(key),
          put: (key, record) => lmdb.putSync(key, record),
          remove: (key) => lmdb.removeSync(key),
        }),
      );
      await lmdb.flushed;
      return result;
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw await this.#storageError('write', error);
    }
  }

  /** Waits for transactions under way and closes the files; more calls do nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#lmdb.close();
    return this.#closing;
  }

  #read<T>(action: (lmdb: RootDatabase<StoredRecord, string[]>) => T): T {
    this.#assertOpen();
    try {
      this.#lmdb.resetReadTxn();
      return action(this.#lmdb);
    } catch (error) {
      throw new StoreError('storage', `the store in ${this.directory} could not be read: ${reasonOf(error)}`);
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new StoreError('closed', `the store in ${this.directory} is closed; open it again`);
    }
  }

  /** A failed commit has its reason in a promise of its own. Its rejection must be handled, or Node ends the process. */
  async #storageError(what: string, error: unknown): Promise<StoreError> {
    const reason = await (error as { commitError?: Promise<never> }).commitError?.catch(reasonOf);
    const advice = 'nothing was changed; make sure that there is room on the disk';
    return new StoreError(
      'storage',
      `the store in ${this.directory} could not ${what}: ${reason ?? reasonOf(error)}; ${advice}`,
    );
  }
}

/** A part of a range: names strictly between `after` and `before`. */
export interface RangeOptions {
  after?: string;
  before?: string;
  offset?: number;
  limit?: number;
  reverse?: boolean;
}

/** What an action may do inside a write transaction. */
export interface Transaction {
  get(key: string[]): StoredRecord | undefined;
  put(key: string[], record: StoredRecord): void;
  remove(key: string[]): boolean;
}
