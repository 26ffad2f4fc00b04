import { statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { prepareLmdbFolder } from '../../../lmdb/lmdb-folder.js';
import { checkLmdbPages, openLmdb } from '../../../lmdb/open-lmdb.js';
import { reasonOf } from '../../../node/reason.js';
import { StoreError } from '../store-error.js';
import { STORE_FILES } from '../store-files.js';
import { checkChangedKeys, checkRecordKey, checkRecordRange } from './check-key.js';
import type {
  ChangesSince,
  Commit,
  Engine,
  EngineRecord,
  RecordChange,
  RecordKey,
  RecordRange,
  TableRecord,
} from './engine.js';
import { type CommitGroup, GroupCommit } from './group-commit.js';
import { LmdbRecords } from './lmdb-records.js';
import { LmdbWatch } from './lmdb-watch.js';
import type { Table } from './tables.js';

/** In bytes; what one transaction writes is seldom more. */
const LITTLE_ROOM = 1024 * 1024;

/** Records in an LMDB folder, which several processes may have open. */
export class LmdbEngine implements Engine {
  readonly place: string;
  readonly directory: string;
  readonly #lmdb: RootDatabase<Uint8Array, (string | number)[]>;
  readonly #records: LmdbRecords;
  readonly #watch: LmdbWatch;
  readonly #commits = new GroupCommit((group) => this.#commitGroup(group));
  #closing: Promise<void> | undefined;

  /** @param directory made if it is missing, for its owner only. @throws StoreError `unusable` */
  constructor(directory: string) {
    this.directory = resolve(directory);
    this.place = `the store in ${this.directory}`;
    try {
      prepareLmdbFolder(this.directory, STORE_FILES);
      this.#lmdb = openLmdb(this.directory, 'bytes');
      checkLmdbPages(this.directory, this.#lmdb);
    } catch (error) {
      throw new StoreError('unusable', (error as Error).message, { cause: error });
    }
    this.#records = new LmdbRecords(this.#lmdb);
    this.#watch = new LmdbWatch(this.directory, () => this.#read((records) => records.revision()));
  }

  async get(table: Table, key: RecordKey): Promise<EngineRecord | undefined> {
    checkRecordKey(table, key);
    return this.#read((records) => records.get(table, key));
  }

  async getMany(table: Table, keys: readonly RecordKey[]): Promise<(EngineRecord | undefined)[]> {
    for (const key of keys) checkRecordKey(table, key);
    return this.#read((records) => keys.map((key) => records.get(table, key)));
  }

  async list(table: Table, prefix: RecordKey, range: RecordRange = {}): Promise<EngineRecord[]> {
    checkRecordRange(table, prefix, range);
    return this.#read((records) => records.list(table, prefix, range));
  }

  async count(table: Table, prefix: RecordKey): Promise<number> {
    checkRecordRange(table, prefix);
    return this.#read((records) => records.count(table, prefix));
  }

  async *scan(): AsyncIterable<TableRecord> {
    const moment = this.#read((records) => records.moment());
    try {
      for (;;) {
        const batch = this.#reading(() => moment.next());
        if (batch.length === 0) return;
        yield* batch;
      }
    } finally {
      moment.end();
    }
  }

  async commit(changes: readonly RecordChange[]): Promise<Commit> {
    this.#assertOpen();
    checkChangedKeys(changes);
    return this.#commits.commit(changes);
  }

  async changesSince(revision: number): Promise<ChangesSince> {
    return this.#read((records) => records.changesSince(revision));
  }

  watch(listener: (revision: number) => void): () => void {
    return this.#watch.add(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#watch.close();
    await this.#commits.settled();
    await this.#lmdb.close();
  }

  async #commitGroup(group: CommitGroup): Promise<Commit[]> {
    try {
      const commits = await this.#lmdb.childTransaction(() => group.map((changes) => this.#records.apply(changes)));
      await this.#lmdb.flushed;
      if (commits.some(({ committed }) => committed)) this.#watch.committed();
      return commits;
    } catch (error) {
      throw await this.#writeError(error);
    }
  }

  #read<T>(action: (records: LmdbRecords) => T): T {
    return this.#reading(() => {
      this.#lmdb.resetReadTxn();
      return action(this.#records);
    });
  }

  #reading<T>(action: () => T): T {
    this.#assertOpen();
    try {
      return action();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError('storage', `${this.place} could not be read: ${reasonOf(error)}`, { cause: error });
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StoreError('closed', `${this.place} is closed; open it again`);
  }

  /** A failed commit has its reason in a promise of its own. Its rejection must be handled, or Node ends the process. */
  async #writeError(error: unknown): Promise<StoreError> {
    if (error instanceof StoreError) return error;
    const reason = (await (error as { commitError?: Promise<never> }).commitError?.catch(reasonOf)) ?? reasonOf(error);
    // LMDB calls it an input/output error when a part of what it wrote found room.
    const isFull =
      /no space left|ENOSPC|MDB_MAP_FULL|disk quota/i.test(String(reason)) ||
      (/input\/output error/i.test(String(reason)) && hasLittleRoom(this.directory));
    const what = isFull
      ? 'has no room on its disk; nothing was changed; make room there'
      : `could not write: ${reason}; nothing was changed`;
    return new StoreError(isFull ? 'full' : 'storage', `${this.place} ${what}`, { cause: error });
  }
}

function hasLittleRoom(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < LITTLE_ROOM;
}
