import { LmdbDatabase, type Transaction } from './lmdb.js';
import { type CollectionPath, collectionPath, describeCollection, type Scope, type StoreName } from './scope.js';
import { StoreError } from './store-error.js';
import { checkKey, checkValue, quote } from './value-limits.js';

/** One config or secret. */
export interface StoredValue {
  key: string;
  value: string;
  dateUpdated: Date;
}

/** A part of a collection: keys strictly after `after` or strictly before `before`, in the order of the keys. */
export interface ListPage {
  after?: string;
  before?: string;
  /** how many values to skip, 0 or more */
  offset?: number;
  /** how many values at most, 1 or more; default all. With `before`, the nearest ones before it */
  limit?: number;
}

/** One change of {@link Store.write}: `set` creates or replaces; `delete` removes, and does nothing if the key is missing. */
export type Change =
  | { op: 'set'; scope: Scope; store: StoreName; key: string; value: string }
  | { op: 'delete'; scope: Scope; store: StoreName; key: string };

export interface StoreOptions {
  /** the clock, in milliseconds since 1970; default `Date.now` */
  now?: () => number;
}

/**
 * Config and secret stores for account and devices, durable and shared between processes.
 *
 * The promise of a writing call is fulfilled when the change is on disk. Every method throws StoreError (or rejects with it):
 * `invalid-key`, `invalid-value` and `invalid-device-sid` for arguments that cannot be stored, `storage` when the database
 * refuses, `closed` after {@link Store.close}. A call that fails has changed nothing.
 */
export class Store {
  readonly #database: LmdbDatabase;
  readonly #now: () => number;

  private constructor(database: LmdbDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Opens the store in a folder, which is made if it is missing (mode 0700, files 0600).
   *
   * @throws StoreError `unusable` when the folder or its data file cannot be used
   */
  static open(directory: string, options: StoreOptions = {}): Store {
    return new Store(new LmdbDatabase(directory), options.now ?? Date.now);
  }

  /** The absolute path of the store's folder. */
  get directory(): string {
    return this.#database.directory;
  }

  /** The value of a key, or undefined when there is none. */
  get(scope: Scope, store: StoreName, key: string): StoredValue | undefined {
    checkKey(key);
    const record = this.#database.get([...collectionPath(scope, store), key]);
    return record && toStoredValue(key, record);
  }

  /** The value of a key. @throws StoreError `not-found` */
  fetch(scope: Scope, store: StoreName, key: string): StoredValue {
    const found = this.get(scope, store, key);
    if (found === undefined) throw notFound(collectionPath(scope, store), key);
    return found;
  }

  /**
   * The values of a collection, sorted by key (ASCII order).
   *
   * @throws RangeError when `limit` or `offset` is out of range
   */
  list(scope: Scope, store: StoreName, page: ListPage = {}): StoredValue[] {
    checkCount('limit', page.limit, 1);
    checkCount('offset', page.offset, 0);
    const reverse = page.before !== undefined;
    const found = this.#database.range(collectionPath(scope, store), { ...page, reverse });
    if (reverse) found.reverse();
    return found.map(({ name, record }) => toStoredValue(name, record));
  }

  /** Stores a new value. @throws StoreError `already-exists` */
  create(scope: Scope, store: StoreName, key: string, value: string): Promise<StoredValue> {
    return this.#replace(scope, store, key, value, (path, exists) => {
      if (!exists) return;
      const place = describeCollection(path);
      throw new StoreError('already-exists', `${quote(key)} is already among ${place}; update it, or delete it first`);
    });
  }

  /** Replaces the value of a key that exists. @throws StoreError `not-found` */
  update(scope: Scope, store: StoreName, key: string, value: string): Promise<StoredValue> {
    return this.#replace(scope, store, key, value, (path, exists) => {
      if (!exists) throw notFound(path, key);
    });
  }

  /** Removes a value. @throws StoreError `not-found` */
  async delete(scope: Scope, store: StoreName, key: string): Promise<void> {
    checkKey(key);
    const path = collectionPath(scope, store);
    await this.#database.transaction((transaction) => {
      if (!transaction.remove([...path, key])) throw notFound(path, key);
    });
  }

  /** Makes several changes, in this order and in any collections, in one transaction: all of them or none. */
  async write(changes: readonly Change[]): Promise<void> {
    const actions = changes.map((change) => this.#prepare(change));
    if (actions.length === 0) return;
    await this.#database.transaction((transaction) => {
      for (const act of actions) act(transaction);
    });
  }

  /** A fact that wasmqtt keeps about this store, or undefined. Its name follows the rules of keys. */
  meta(name: string): string | undefined {
    checkKey(name);
    return this.#database.get(['meta', name])?.value;
  }

  /** Stores a fact that wasmqtt keeps about this store. */
  async setMeta(name: string, value: string): Promise<void> {
    checkKey(name);
    checkValue(name, value);
    const record = { value, dateUpdated: this.#now() };
    await this.#database.transaction((transaction) => transaction.put(['meta', name], record));
  }

  /**
   * The facts of these names. Missing ones are set to their defaults. All of that is one transaction, so several processes
   * that start at once get the same facts.
   */
  async ensureMeta<Name extends string>(defaults: Record<Name, string>): Promise<Record<Name, string>> {
    const entries = Object.entries<string>(defaults);
    for (const [name, value] of entries) {
      checkKey(name);
      checkValue(name, value);
    }
    const dateUpdated = this.#now();
    const facts = await this.#database.transaction((transaction) =>
      entries.map(([name, value]) => {
        const kept = transaction.get(['meta', name]);
        if (kept === undefined) transaction.put(['meta', name], { value, dateUpdated });
        return [name, kept?.value ?? value];
      }),
    );
    return Object.fromEntries(facts);
  }

  /** Waits for writes under way, then closes the files. Further calls do nothing. */
  close(): Promise<void> {
    return this.#database.close();
  }

  async #replace(
    scope: Scope,
    store: StoreName,
    key: string,
    value: string,
    guard: (path: CollectionPath, exists: boolean) => void,
  ): Promise<StoredValue> {
    checkKey(key);
    checkValue(key, value);
    const path = collectionPath(scope, store);
    const record = { value, dateUpdated: this.#now() };
    await this.#database.transaction((transaction) => {
      guard(path, transaction.get([...path, key]) !== undefined);
      transaction.put([...path, key], record);
    });
    return toStoredValue(key, record);
  }

  /** Checks a change and returns the action that makes it, so that all changes are checked before the first is made. */
  #prepare(change: Change): (transaction: Transaction) => void {
    checkKey(change.key);
    const path = [...collectionPath(change.scope, change.store), change.key];
    if (change.op === 'delete') return (transaction) => void transaction.remove(path);
    checkValue(change.key, change.value);
    const record = { value: change.value, dateUpdated: this.#now() };
    return (transaction) => transaction.put(path, record);
  }
}

function toStoredValue(key: string, record: { value: string; dateUpdated: number }): StoredValue {
  return { key, value: record.value, dateUpdated: new Date(record.dateUpdated) };
}

function notFound(path: CollectionPath, key: string): StoreError {
  return new StoreError(
    'not-found',
    `${quote(key)} is not among ${describeCollection(path)}; look at the list, or create it`,
  );
}

function checkCount(name: string, count: number | undefined, least: number): void {
  if (count === undefined || (Number.isSafeInteger(count) && count >= least)) return;
  throw new RangeError(`${name} must be a whole number of at least ${least}, not ${count}`);
}
