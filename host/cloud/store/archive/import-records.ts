import type { Engine, EngineRecord, RecordChange } from '../engine/engine.js';
import { TABLES, type Table } from '../engine/tables.js';
import { StoreError } from '../store-error.js';
import type { ArchiveSecret } from './archive-key.js';
import { readArchive } from './archive-stream.js';

export interface ImportOptions {
  /**
   * The store may have records: those of the archive take the place of others with the same key, but for what the store notes about
   * itself. Default: the store must be empty.
   */
  merge?: boolean;
  /** gets how many records were read so far */
  progress?: (records: number) => void;
}

type Put = RecordChange & { op: 'put' };

/**
 * Puts all records of an archive into a store in one commit, once the archive is known to be whole. All of them are in memory until then.
 *
 * Rejects with StoreError: `damaged` and `unusable` as {@link readArchive} does, `already-exists` when the store is not empty, or
 * a unique name in it belongs to something else; nothing was written then.
 *
 * @returns how many records were written
 *
 * @example
 * ```ts
 * import { type ArchiveSecret, exportRecords, fixedMasterKey, type ImportOptions, importRecords } from 'wasmqtt/cloud';
 * import { MasterKey, openSealed, Store } from 'wasmqtt/cloud';
 *
 * const key = MasterKey.random();
 * const masterKey = fixedMasterKey(key);
 * const store = await Store.open('store-moved', { masterKey });
 * await store.accounts.create('plant');
 * await store.close();
 * const secret: ArchiveSecret = { kind: 'master', key };
 * const [from, to] = [await openSealed('store-moved', { masterKey }), await openSealed('store-new', { masterKey })];
 * const options: ImportOptions = { merge: true };
 * await importRecords(to, exportRecords(from, secret), secret, options); // => 1
 * for (const engine of [from, to]) await engine.close();
 * ```
 */
export async function importRecords(
  engine: Engine,
  bytes: AsyncIterable<Uint8Array>,
  secret: ArchiveSecret,
  { merge = false, progress }: ImportOptions = {},
): Promise<number> {
  if (!merge) await mustBeEmpty(engine);
  const records: Put[] = [];
  for await (const line of readArchive(bytes, secret)) {
    records.push(readLine(line));
    progress?.(records.length);
  }
  const changes = merge ? await mergeable(engine, records) : records.map((put): Put => ({ ...put, if: 'absent' }));
  if (changes.length === 0) return 0;
  const commit = await engine.commit(changes);
  if (commit.committed) return changes.length;
  throw new StoreError('conflict', `${engine.place} was changed during the import; nothing was written: run it again`);
}

async function mustBeEmpty(engine: Engine): Promise<void> {
  for await (const { table, key } of engine.scan()) {
    throw new StoreError(
      'already-exists',
      `${engine.place} is not empty (${table} ${JSON.stringify(key)}); nothing was written: name another one, or use --merge`,
    );
  }
}

/** What was written by a version that knows more kinds of record cannot be taken in part. */
function readLine(line: string): Put {
  const [table, key, data] = JSON.parse(line) as [Table, string[], string];
  if (TABLES[table]?.length !== key.length) {
    throw new StoreError(
      'unusable',
      `the export has records of a kind (${table}) that this version does not know; use a later one`,
    );
  }
  return { op: 'put', table, key, data: Buffer.from(data, 'base64') };
}

/** What says whose a name is, or which key issues under it: another one must not take its place unseen. */
const OWNED: ReadonlySet<Table> = new Set<Table>(['device_name', 'app_name', 'pki_ca']);

/** What an older archive must not take back: facts of the store, numbers of CRLs, revocations. */
const KEPT: ReadonlySet<Table> = new Set<Table>(['meta', 'pki_crl', 'pki_certificate', 'pki_revoked']);

/** Some records stay as they are if they are there; a name stays with whom it is. */
async function mergeable(engine: Engine, records: readonly Put[]): Promise<Put[]> {
  const changes: Put[] = [];
  for (const put of records) {
    if (KEPT.has(put.table)) {
      if ((await engine.get(put.table, put.key)) === undefined) changes.push({ ...put, if: 'absent' });
    } else if (OWNED.has(put.table)) {
      const present = await engine.get(put.table, put.key);
      if (present !== undefined && !isSame(present, put)) throw taken(engine, put);
      changes.push({ ...put, if: present?.revision ?? 'absent' });
    } else changes.push(put);
  }
  return changes;
}

function isSame(record: EngineRecord, { data }: Put): boolean {
  return Buffer.compare(record.data, data) === 0;
}

function taken(engine: Engine, { key }: Put): StoreError {
  const name = JSON.stringify(key[key.length - 1]);
  return new StoreError(
    'already-exists',
    `the name ${name} belongs to something else in ${engine.place}; nothing was written: rename one of them`,
  );
}
