import { ensureDevice } from '../devices/device-record.js';
import type { Engine, EngineRecord, RecordChange, RecordKey } from '../engine/engine.js';
import { type ListPage, listPage } from '../list-page.js';
import { readRecord, writeRecord } from '../record-json.js';
import { StoreError } from '../store-error.js';
import { type CollectionPath, collectionPath, describeCollection, type Scope, type StoreName } from './scope.js';
import { checkKey, checkNewKey, checkValue, quote } from './value-limits.js';

/** One config or secret. */
export interface StoredValue {
  key: string;
  value: string;
  dateUpdated: Date;
}

/** Where a value is. */
export interface ValuePlace {
  scope: Scope;
  store: StoreName;
  key: string;
}

/** One change of {@link ValueStore.write}: `set` creates or replaces; `delete` removes, and does nothing if the key is missing. */
export type Change =
  | { op: 'set'; scope: Scope; store: StoreName; key: string; value: string }
  | { op: 'delete'; scope: Scope; store: StoreName; key: string };

/** As it is kept. */
interface ValueRecord {
  value: string;
  dateUpdated: number;
}

/**
 * The configs and secrets of one account and its devices, durable and shared between processes.
 *
 * The promise of a writing call is fulfilled when the change is on disk. Every method rejects with StoreError:
 * `invalid-key`, `invalid-value` and `invalid-device-sid` for arguments that cannot be stored, and with what an `Engine` rejects
 * with. A call that fails has changed nothing.
 *
 * @example
 * ```ts
 * import { type Change, type ListPage, type Scope, Store, type StoredValue, type StoreName } from 'wasmqtt/cloud';
 * import type { ValuePlace, ValueStore } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-values');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * const values: ValueStore = store.values(accountSid);
 * const scope: Scope = { kind: 'device', deviceSid };
 * const name: StoreName = 'configs';
 * const changes: Change[] = [
 *   { op: 'set', scope, store: name, key: 'broker-host', value: 'broker.example.com' },
 *   { op: 'set', scope, store: name, key: 'broker-port', value: '8883' },
 * ];
 * await values.write(changes);
 * const place: ValuePlace = { scope, store: name, key: 'broker-port' };
 * const [port]: (StoredValue | undefined)[] = await values.getMany([place]);
 * port?.value; // => '8883'
 * const page: ListPage = { after: 'broker-host', limit: 10 };
 * (await values.list(scope, name, page)).length; // => 1
 * await store.close();
 * ```
 */
export class ValueStore {
  readonly #engine: Engine;
  readonly #accountSid: string;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, accountSid: string, now: () => number) {
    this.#engine = engine;
    this.#accountSid = accountSid;
    this.#now = now;
  }

  /** The value of a key, or undefined when there is none. */
  async get(scope: Scope, store: StoreName, key: string): Promise<StoredValue | undefined> {
    checkKey(key);
    const record = await this.#engine.get('value', this.#keyOf(collectionPath(scope, store), key));
    return record && toStoredValue(record);
  }

  /** Several values of one moment; undefined for those that are not there. */
  async getMany(places: readonly ValuePlace[]): Promise<(StoredValue | undefined)[]> {
    for (const { key } of places) checkKey(key);
    const keys = places.map(({ scope, store, key }) => this.#keyOf(collectionPath(scope, store), key));
    const records = await this.#engine.getMany('value', keys);
    return records.map((record) => record && toStoredValue(record));
  }

  /** The value of a key. Rejects with StoreError `not-found` too. */
  async fetch(scope: Scope, store: StoreName, key: string): Promise<StoredValue> {
    const found = await this.get(scope, store, key);
    if (found === undefined) throw notFound(collectionPath(scope, store), key);
    return found;
  }

  /**
   * The values of a collection, sorted by key (ASCII order), which is what a page's `after` and `before` are. Rejects with RangeError when `limit` or `offset` is out of range.
   */
  async list(scope: Scope, store: StoreName, page: ListPage = {}): Promise<StoredValue[]> {
    const prefix = this.#prefixOf(collectionPath(scope, store));
    return (await listPage(this.#engine, 'value', prefix, page)).map(toStoredValue);
  }

  /** Stores a new value. Rejects with StoreError `already-exists` too. */
  async create(scope: Scope, store: StoreName, key: string, value: string): Promise<StoredValue> {
    checkNewKey(key);
    const { path, stored, change } = this.#setting(scope, store, key, value);
    await this.#ensureDevices([path]);
    const { committed } = await this.#engine.commit([{ ...change, if: 'absent' }]);
    if (committed) return stored;
    const place = describeCollection(path);
    throw new StoreError('already-exists', `${quote(key)} is already among ${place}; update it, or delete it first`);
  }

  /** Replaces the value of a key that exists. Rejects with StoreError `not-found` too. */
  async update(scope: Scope, store: StoreName, key: string, value: string): Promise<StoredValue> {
    const { path, stored, change } = this.#setting(scope, store, key, value);
    const { committed } = await this.#engine.commit([{ ...change, if: 'present' }]);
    if (committed) return stored;
    throw notFound(path, key);
  }

  /** Removes a value. Rejects with StoreError `not-found` too. */
  async delete(scope: Scope, store: StoreName, key: string): Promise<void> {
    checkKey(key);
    const path = collectionPath(scope, store);
    const { committed } = await this.#engine.commit([
      { op: 'remove', table: 'value', key: this.#keyOf(path, key), if: 'present' },
    ]);
    if (!committed) throw notFound(path, key);
  }

  /** Makes several changes, in this order and in any collections, all of them or none. */
  async write(changes: readonly Change[]): Promise<void> {
    const paths: CollectionPath[] = [];
    const steps = changes.map((change): RecordChange => {
      const { scope, store, key } = change;
      if (change.op === 'set') {
        checkNewKey(key);
        const { path, change: step } = this.#setting(scope, store, key, change.value);
        paths.push(path);
        return step;
      }
      checkKey(key);
      return { op: 'remove', table: 'value', key: this.#keyOf(collectionPath(scope, store), key) };
    });
    if (steps.length === 0) return;
    await this.#ensureDevices(paths);
    await this.#engine.commit(steps);
  }

  /** A device exists before it has values, so that it is among the devices whatever comes between. */
  async #ensureDevices(paths: readonly CollectionPath[]): Promise<void> {
    const sids = new Set(paths.filter(([kind]) => kind === 'device').map(([, sid]) => sid));
    for (const sid of sids) await ensureDevice(this.#engine, this.#accountSid, sid, this.#now());
  }

  #setting(scope: Scope, store: StoreName, key: string, value: string) {
    checkKey(key);
    checkValue(key, value);
    const path = collectionPath(scope, store);
    const record: ValueRecord = { value, dateUpdated: this.#now() };
    const change = { op: 'put', table: 'value', key: this.#keyOf(path, key), data: writeRecord(record) } as const;
    return { path, stored: { key, value, dateUpdated: new Date(record.dateUpdated) }, change };
  }

  #prefixOf([, deviceSid, store]: CollectionPath): RecordKey {
    return [this.#accountSid, deviceSid, store];
  }

  #keyOf(path: CollectionPath, key: string): RecordKey {
    return [...this.#prefixOf(path), key];
  }
}

function toStoredValue(record: EngineRecord): StoredValue {
  const { value, dateUpdated } = readRecord<ValueRecord>(record);
  return { key: record.key[record.key.length - 1], value, dateUpdated: new Date(dateUpdated) };
}

function notFound(path: CollectionPath, key: string): StoreError {
  return new StoreError(
    'not-found',
    `${quote(key)} is not among ${describeCollection(path)}; look at the list, or create it`,
  );
}
