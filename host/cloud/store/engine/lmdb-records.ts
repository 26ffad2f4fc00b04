import { crc32 } from 'node:zlib';
import type { RootDatabase } from 'lmdb';
import { StoreError } from '../store-error.js';
import { changesSince, type NotedCommit } from './changes-since.js';
import {
  type ChangesSince,
  type Commit,
  type EngineRecord,
  KEPT_COMMITS,
  type RecordChange,
  type RecordKey,
  type RecordRange,
} from './engine.js';
import { firstFailed } from './first-failed.js';
import { LmdbMoment } from './lmdb-moment.js';
import type { Table } from './tables.js';

/** Keys that are no table's: the revision of the store, and what each commit changed. */
const REVISION = ['~revision'];
const CHANGES = '~changes';

/** Sorts after every part of a key: those are printable ASCII. */
const BEYOND = '\x7f';

/** Bytes before the data of a record: a CRC-32 of its revision, and the revision, big-endian. */
const SUM = 4;
const HEADER = SUM + 8;

/**
 * Records, revisions and the memory of changes as keys and values of LMDB. Reads are of one moment until the caller resets it; `apply`
 * is called in a transaction.
 */
export class LmdbRecords {
  readonly #lmdb: RootDatabase<Uint8Array, (string | number)[]>;

  constructor(lmdb: RootDatabase<Uint8Array, (string | number)[]>) {
    this.#lmdb = lmdb;
  }

  /** Whether a commit was ever made. */
  isBegun(): boolean {
    return this.#lmdb.doesExist(REVISION);
  }

  revision(): number {
    const bytes = this.#lmdb.get(REVISION);
    return bytes === undefined ? 0 : readRevision(REVISION, bytes);
  }

  get(table: Table, key: RecordKey): EngineRecord | undefined {
    const bytes = this.#lmdb.get([table, ...key]);
    return bytes && toRecord(key, bytes);
  }

  list(
    table: Table,
    prefix: RecordKey,
    { after, before, offset, limit, reverse = false }: RecordRange,
  ): EngineRecord[] {
    const whole = [table, ...prefix];
    const low = after === undefined ? whole : [...whole, after];
    const high = [...whole, before ?? BEYOND];
    const [start, end] = reverse ? [high, low] : [low, high];
    const found = this.#lmdb.getRange({ start, end, exclusiveStart: true, offset, limit, reverse });
    return Array.from(found, ({ key, value }) => toRecord(key.slice(1) as string[], value));
  }

  count(table: Table, prefix: RecordKey): number {
    const whole = [table, ...prefix];
    return this.#lmdb.getKeysCount({ start: whole, end: [...whole, BEYOND], exclusiveStart: true });
  }

  /** All records as they are now; `end` it. */
  moment(): LmdbMoment {
    return new LmdbMoment(this.#lmdb, toRecord);
  }

  changesSince(revision: number): ChangesSince {
    const range = { start: [CHANGES, revision + 1], end: [CHANGES, Number.MAX_SAFE_INTEGER] };
    const noted = this.#lmdb.getRange(range).map(
      ({ key, value }): NotedCommit => ({
        revision: Number(key[1]),
        changed: JSON.parse(withoutSum(key, value).toString()),
      }),
    );
    return changesSince(revision, this.revision(), noted);
  }

  /** One commit, in a transaction with others. It looks at all conditions before it changes anything. */
  apply(changes: readonly RecordChange[]): Commit {
    const failed = firstFailed(changes, {
      has: (table, key) => this.#lmdb.doesExist([table, ...key]),
      revision: (table, key) => this.get(table, key)?.revision,
    });
    if (failed >= 0) return { committed: false, failed };
    const before = this.revision();
    const revision = before + 1;
    const changed = changes.filter((change) => this.#make(change, revision));
    if (changed.length === 0) return { committed: true, revision: before };
    this.#lmdb.putSync(REVISION, writeRevision(revision));
    const names = Buffer.from(JSON.stringify(changed.map(({ table, key }) => [table, ...key])));
    this.#lmdb.putSync([CHANGES, revision], withSum(names));
    this.#lmdb.removeSync([CHANGES, revision - KEPT_COMMITS]);
    return { committed: true, revision };
  }

  /** @returns whether it changed something */
  #make(change: RecordChange, revision: number): boolean {
    const key = [change.table, ...change.key];
    if (change.op === 'check') return false;
    if (change.op === 'remove') return this.#lmdb.removeSync(key);
    this.#lmdb.putSync(key, Buffer.concat([writeRevision(revision), change.data]));
    return true;
  }
}

/** @throws StoreError `damaged` */
function toRecord(key: RecordKey, bytes: Uint8Array): EngineRecord {
  const revision = readRevision(key, bytes);
  // A copy, which slice() of a Buffer would not make: what LMDB lends is overwritten by the next read.
  return { key, data: new Uint8Array(bytes.subarray(HEADER)), revision };
}

function writeRevision(revision: number): Buffer {
  const bytes = Buffer.alloc(HEADER - SUM);
  bytes.writeBigUInt64BE(BigInt(revision));
  return withSum(bytes);
}

/** @throws StoreError `damaged` */
function readRevision(key: RecordKey, bytes: Uint8Array): number {
  return Number(withoutSum(key, bytes.subarray(0, HEADER)).readBigUInt64BE());
}

/** What seals the data of records knows nothing of the rest, which has a CRC-32. */
function withSum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(SUM);
  sum.writeUInt32BE(crc32(bytes));
  return Buffer.concat([sum, bytes]);
}

/** @throws StoreError `damaged` */
function withoutSum(key: readonly unknown[], summed: Uint8Array): Buffer {
  const bytes = Buffer.from(summed);
  const rest = bytes.subarray(SUM);
  if (bytes.length >= SUM && bytes.readUInt32BE() === crc32(rest)) return rest;
  throw new StoreError('damaged', `the record ${JSON.stringify(key)} is not what was written; restore a backup`);
}
