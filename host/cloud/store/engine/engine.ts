import type { Table } from './tables.js';

/** Parts of a key, as many as its table has; see `TABLES`. */
export type RecordKey = readonly string[];

/** A record as an engine keeps it. What `data` means is the business of whoever wrote it. */
export interface EngineRecord {
  key: RecordKey;
  data: Uint8Array;
  /** The revision of the store at which it was written, 1 or more; see {@link Commit}. */
  revision: number;
}

/** A record among those of other tables. */
export interface TableRecord extends EngineRecord {
  table: Table;
}

/** What must hold of a record when a commit comes: that there is none, that there is one, or that it has this revision. */
export type Condition = 'absent' | 'present' | number;

/** A step of a commit. `remove` does nothing when there is no record; `check` changes nothing. */
export type RecordChange =
  | { op: 'put'; table: Table; key: RecordKey; data: Uint8Array; if?: Condition }
  | { op: 'remove'; table: Table; key: RecordKey; if?: Condition }
  | { op: 'check'; table: Table; key: RecordKey; if: Condition };

/**
 * How a commit ended. Each one that changes something takes the next revision of the store: commits are numbered in the order in which they
 * became visible, so that who has read everything up to a revision misses nothing by asking for what came after it.
 *
 * One that changes nothing has the revision that the store has already.
 * `failed` is the index of the first change whose condition did not hold; nothing was changed then.
 */
export type Commit = { committed: true; revision: number } | { committed: false; failed: number };

/** How many commits {@link Engine.changesSince} looks back. */
export const KEPT_COMMITS = 10_000;

/** A part of a range: last parts of keys strictly between `after` and `before`. */
export interface RecordRange {
  after?: string;
  before?: string;
  /** how many records to skip, 0 or more */
  offset?: number;
  /** how many records at most, 1 or more; default all */
  limit?: number;
  /** from the end: `offset` and `limit` count from there, and so does the order */
  reverse?: boolean;
}

/** Which record a commit wrote or removed. */
export interface ChangedRecord {
  table: Table;
  key: RecordKey;
  revision: number;
}

/**
 * What came after a revision, oldest first, a record at most once with its last revision. `complete` is false when the engine does
 * not know all that came after it, since it was too long ago, or the store has not come to it (a backup was put back): then whoever
 * asks must read everything again.
 */
export interface ChangesSince {
  revision: number;
  complete: boolean;
  changes: ChangedRecord[];
}

/** No store ever comes so far: `changesSince` this says the present revision and nothing else. */
export const NO_REVISION = Number.MAX_SAFE_INTEGER - 1;

/**
 * Where a store keeps its records: LMDB or PostgreSQL. Both give the same answers; `tests/host/cloud/contract` holds them to it.
 *
 * A commit whose promise is fulfilled is on disk, and whoever reads after that, in any process, sees it. A commit that is rejected has
 * changed nothing. Keys sort by the bytes of their parts.
 *
 * Every method rejects with StoreError: `invalid-key` for keys that do not fit their table, `storage` when the database refuses, `full`
 * when there is no room, `unavailable` while it
 * cannot be reached, `closed` after {@link close}.
 */
export interface Engine {
  /** The store in words, for messages: `the store in /var/lib/wasmqtt`. */
  readonly place: string;

  get(table: Table, key: RecordKey): Promise<EngineRecord | undefined>;

  /** Several records of one moment, in the order of their keys; undefined for those that are not there. */
  getMany(table: Table, keys: readonly RecordKey[]): Promise<(EngineRecord | undefined)[]>;

  /** The records whose keys have `prefix` and one part more, in the order of that part. */
  list(table: Table, prefix: RecordKey, range?: RecordRange): Promise<EngineRecord[]>;

  /** How many records `list` would have without a range. Their data is not read: 100,000 take a few milliseconds. */
  count(table: Table, prefix: RecordKey): Promise<number>;

  /**
   * Every record of one moment, by table in the order of `TABLES`, then by key. Commits go on meanwhile. Who stops before the end
   * leaves the loop, so that the engine can let go of that moment.
   */
  scan(): AsyncIterable<TableRecord>;

  /** All of the changes in this order, or none of them. */
  commit(changes: readonly RecordChange[]): Promise<Commit>;

  /** What was changed after `revision`, by any process. */
  changesSince(revision: number): Promise<ChangesSince>;

  /**
   * Calls `listener` with the revision of the store soon after it has grown, by this process or another. Calls may be merged. What
   * came while the connection to the database was lost is told when it is found again.
   *
   * @returns a function that ends it
   */
  watch(listener: (revision: number) => void): () => void;

  /** Waits for commits under way, then lets go of the database; more calls do nothing. */
  close(): Promise<void>;
}
