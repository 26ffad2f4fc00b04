import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { prepareLmdbFolder } from '../../../lmdb/lmdb-folder.js';
import { checkLmdbPages, openLmdb } from '../../../lmdb/open-lmdb.js';
import { replacePrivate, syncFolder } from '../../../node/private-files.js';
import { reasonOf } from '../../../node/reason.js';
import { LmdbRecords } from '../engine/lmdb-records.js';
import { firstDataKey } from '../seal/data-keys.js';
import type { MasterKey, MasterKeySource } from '../seal/master-key.js';
import { sealChange } from '../seal/sealed-record.js';
import { StoreError } from '../store-error.js';
import { FORMAT_FILE, STORE_FILES, TAKE_OVER_FOLDER } from '../store-files.js';
import { fromOldRecords, type OldEntry } from './old-records.js';

const FORMAT = '2\n';

type Lmdb = RootDatabase<Uint8Array, (string | number)[]>;

/**
 * Makes of a store of wasmqtt 0.1, whose records lie in the clear, a sealed one of today. It does nothing when the folder has none.
 *
 * The sealed file is written beside, synced, and renamed in place; the old one is gone then. A kill at any point leaves one or the other
 * whole. One process does it while others that start wait for it. Its bytes may stay on the medium where the old file was.
 *
 * @param accountSid whose the values are; default the account of the store
 * Rejects with StoreError `unusable`.
 */
export async function takeOver(directory: string, source: MasterKeySource, accountSid?: string): Promise<void> {
  const folder = new OldFolder(directory, accountSid);
  if (folder.isOfToday()) return;
  try {
    prepareLmdbFolder(directory, STORE_FILES);
    if (folder.isEmpty()) return folder.note();
    if (!(await folder.alone((open) => folder.isOld(open)))) return;
    const master = (await source.read()) ?? (await source.create?.());
    if (master === undefined) throw new Error(`${source.place} is missing`);
    await folder.alone((open) => folder.convert(open, master));
  } catch (error) {
    // Another process was done meanwhile, and has removed what this one was about to open.
    if (folder.isOfToday()) return;
    if (error instanceof StoreError) throw error;
    throw new StoreError('unusable', `the store in ${directory} could not be taken over: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

class OldFolder {
  readonly #directory: string;
  readonly #accountSid: string | undefined;

  constructor(directory: string, accountSid: string | undefined) {
    this.#directory = directory;
    this.#accountSid = accountSid;
  }

  isOfToday(): boolean {
    return existsSync(join(this.#directory, FORMAT_FILE));
  }

  isEmpty(): boolean {
    return statSync(join(this.#directory, 'data.mdb')).size === 0;
  }

  note(): void {
    replacePrivate(join(this.#directory, FORMAT_FILE), FORMAT);
  }

  /**
   * Runs an action while no other process runs one in this folder. The lock is LMDB's, which a killed process lets go of; it lies in a database
   * of its own, since the one in the folder is exchanged.
   *
   * @param action gets a function that opens a database, which is closed at the end
   */
  async alone<T>(action: (open: (directory: string) => Lmdb) => T): Promise<T> {
    const opened: Lmdb[] = [];
    const open = (directory: string) => {
      const lmdb: Lmdb = openLmdb(directory, 'bytes');
      opened.push(lmdb);
      return lmdb;
    };
    const beside = join(this.#directory, TAKE_OVER_FOLDER);
    try {
      prepareLmdbFolder(beside, ['next']);
      return open(beside).transactionSync(() => action(open));
    } finally {
      for (const lmdb of opened.reverse()) await lmdb.close();
      if (this.isOfToday()) rmSync(beside, { recursive: true, force: true });
    }
  }

  /** Whether the folder has a store of 0.1 (any more). */
  isOld(open: (directory: string) => Lmdb): boolean {
    if (this.isOfToday()) return false;
    const lmdb = open(this.#directory);
    return lmdb.transactionSync(() => this.#entries(lmdb) !== undefined);
  }

  convert(open: (directory: string) => Lmdb, master: MasterKey): void {
    if (this.isOfToday()) return;
    const lmdb = open(this.#directory);
    // In a write transaction, so that no process of 0.1 writes meanwhile.
    lmdb.transactionSync(() => {
      const entries = this.#entries(lmdb);
      if (entries === undefined) return;
      const next = join(this.#directory, TAKE_OVER_FOLDER, 'next');
      this.#write(open, next, entries, master);
      // Each data file with its lock file, which holds the number of its last transaction; other processes never find one missing.
      for (const name of ['lock.mdb', 'data.mdb']) renameSync(join(next, name), join(this.#directory, name));
      syncFolder(this.#directory);
      this.note();
    });
  }

  /** What 0.1 has stored; undefined when the store is one of today already, which is noted then. Within a write transaction. */
  #entries(lmdb: Lmdb): OldEntry[] | undefined {
    checkLmdbPages(this.#directory);
    const others = otherReaders(lmdb);
    if (others.length > 0) {
      throw new Error(`process ${others.join(' and ')} of an earlier wasmqtt uses it; end it, and start again`);
    }
    const entries = Array.from(lmdb.getRange({}), ({ key, value }) => ({
      key: [key].flat(),
      value: Buffer.from(value),
    }));
    if (entries.length > 0 && !new LmdbRecords(lmdb).isBegun()) return entries;
    // Only the data file of today was copied into the folder, or a takeover was killed at its very end.
    this.note();
    return undefined;
  }

  #write(open: (directory: string) => Lmdb, next: string, entries: readonly OldEntry[], master: MasterKey): void {
    rmSync(next, { recursive: true, force: true });
    prepareLmdbFolder(next);
    const lmdb = open(next);
    const { change, dataKey } = firstDataKey(master);
    const sealed = fromOldRecords(entries, this.#accountSid).map((record) => sealChange(dataKey, record));
    const records = new LmdbRecords(lmdb);
    lmdb.transactionSync(() => [[change], sealed].map((changes) => records.apply(changes)));
    syncFolder(next);
  }
}

/** Processes that read in this database. Ours writes, and takes no place among the readers. */
function otherReaders(lmdb: Lmdb): string[] {
  lmdb.readerCheck();
  const pids = String(lmdb.readerList()).match(/^\s*\d+(?=\s)/gm) ?? [];
  return [...new Set(pids.map((pid) => pid.trim()))].filter((pid) => pid !== String(process.pid));
}
