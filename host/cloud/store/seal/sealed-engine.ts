import type {
  ChangesSince,
  Commit,
  Engine,
  EngineRecord,
  RecordChange,
  RecordKey,
  RecordRange,
  TableRecord,
} from '../engine/engine.js';
import type { Table } from '../engine/tables.js';
import { StoreError } from '../store-error.js';
import { DataKeys, dataKeyName } from './data-keys.js';
import type { MasterKeySource } from './master-key.js';
import { type Rotation, rotateKeys } from './rotate-keys.js';
import { dataKeyOf, openRecord, sealChange } from './sealed-record.js';

/** How often a commit meets a new data key before it gives up: a rotation brings one. */
const ATTEMPTS = 5;

/**
 * An engine whose records are encrypted and authenticated in the engine inside, each bound to its table and key. What is read is what
 * was written there, or the call rejects with StoreError `damaged`, which names the record. Keys of records, their sizes and revisions stay
 * in the clear, and so does how many there are.
 */
export class SealedEngine implements Engine {
  readonly #engine: Engine;
  readonly #keys: DataKeys;

  readonly #source: MasterKeySource;

  private constructor(engine: Engine, keys: DataKeys, source: MasterKeySource) {
    this.#engine = engine;
    this.#keys = keys;
    this.#source = source;
  }

  /** Takes the engine over, and closes it when this rejects; see `DataKeys.open`. */
  static async open(engine: Engine, source: MasterKeySource): Promise<SealedEngine> {
    try {
      return new SealedEngine(engine, await DataKeys.open(engine, source), source);
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  get place(): string {
    return this.#engine.place;
  }

  async get(table: Table, key: RecordKey): Promise<EngineRecord | undefined> {
    const [record] = await this.getMany(table, [key]);
    return record;
  }

  async getMany(table: Table, keys: readonly RecordKey[]): Promise<(EngineRecord | undefined)[]> {
    const records = await this.#engine.getMany(table, keys);
    await this.#knowKeysOf(records);
    return records.map((record) => record && this.#open(table, record));
  }

  async list(table: Table, prefix: RecordKey, range?: RecordRange): Promise<EngineRecord[]> {
    const records = await this.#engine.list(table, prefix, range);
    await this.#knowKeysOf(records);
    return records.map((record) => this.#open(table, record));
  }

  count(table: Table, prefix: RecordKey): Promise<number> {
    return this.#engine.count(table, prefix);
  }

  async *scan(): AsyncIterable<TableRecord> {
    for await (const { table, ...record } of this.#engine.scan()) {
      if (table === 'data_key') continue;
      await this.#knowKeysOf([record]);
      yield { table, ...this.#open(table, record) };
    }
  }

  /** One item for each record: undefined, or StoreError `damaged` when it is not what was written. */
  async *check(): AsyncIterable<StoreError | undefined> {
    for await (const { table, ...record } of this.#engine.scan()) {
      if (table === 'data_key') continue;
      await this.#knowKeysOf([record]);
      yield this.#damageOf(table, record);
    }
  }

  async commit(changes: readonly RecordChange[]): Promise<Commit> {
    if (!changes.some(({ op }) => op === 'put')) return this.#engine.commit(changes);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const commit = await this.#engine.commit(this.#seal(changes));
      if (commit.committed || commit.failed < changes.length) return commit;
      // A rotation has brought another key, and nothing may be sealed with this one any more.
      await this.#keys.reload();
    }
    throw new StoreError('conflict', `the data key of ${this.place} changed again and again; try again`);
  }

  async changesSince(revision: number): Promise<ChangesSince> {
    const { changes, ...rest } = await this.#engine.changesSince(revision);
    return { ...rest, changes: changes.filter(({ table }) => table !== 'data_key') };
  }

  watch(listener: (revision: number) => void): () => void {
    return this.#engine.watch(listener);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** Changes the keys of all records while others use the store; see {@link rotateKeys}. */
  rotate(rotation: Omit<Rotation, 'source'>): Promise<number> {
    const advance = async (ids: readonly string[]) => {
      // Later, only the next master key opens the new key, and our source may not have that.
      await this.#keys.reload();
      await rotation.advance?.(ids);
    };
    return rotateKeys(this.#engine, { ...rotation, advance, source: this.#source });
  }

  /** With the condition that the data key is still the one that seals, so that no process can use one that a rotation is taking away. */
  #seal(changes: readonly RecordChange[]): RecordChange[] {
    const dataKey = this.#keys.current;
    const sealed = changes.map((change) => sealChange(dataKey, change));
    return [...sealed, { op: 'check', table: 'data_key', key: dataKeyName(dataKey.number), if: dataKey.revision }];
  }

  /** Another process may have sealed with a key that came after this one had looked. */
  async #knowKeysOf(records: readonly (EngineRecord | undefined)[]): Promise<void> {
    const isUnknown = (record: EngineRecord | undefined) => {
      const number = record && dataKeyOf(record);
      return number !== undefined && this.#keys.get(number) === undefined;
    };
    if (records.some(isUnknown)) await this.#keys.reload();
  }

  #damageOf(table: Table, record: EngineRecord): StoreError | undefined {
    try {
      this.#open(table, record);
      return undefined;
    } catch (error) {
      return error as StoreError;
    }
  }

  #open(table: Table, record: EngineRecord): EngineRecord {
    return openRecord(this.place, this.#keys.get(dataKeyOf(record)), table, record);
  }
}
