import { createHash } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { prepareLmdbFolder } from '../../lmdb/lmdb-folder.js';
import { openLmdb } from '../../lmdb/open-lmdb.js';
import { reasonOf } from '../../node/reason.js';
import { LONGEST_TIMER } from '../../node/timers.js';
import type { Journal, JournalListener } from '../engine/journal/journal.js';
import { type JournalRecord, keyOf } from '../engine/journal/journal-record.js';
import {
  decodeRecord,
  encodeRecord,
  isReadable,
  OLDEST_FORMAT,
  RECORD_FORMAT,
} from '../engine/journal/record-codec.js';
import { OWNER_FILE, takeFolder } from './folder-owner.js';
import { StorageError } from './storage-error.js';

export interface LmdbStoreOptions {
  /** Made if it is missing, with access for its owner only. */
  directory: string;
  /**
   * `sync`, the default: acknowledgements wait until what they acknowledge is on the disk. `interval`: they do not wait, and a
   * crash loses what came since the last commit.
   */
  persistence?: 'sync' | 'interval';
  /** Milliseconds between two commits with `interval`, 1 to 2,147,483,647. Default 1000. */
  interval?: number;
  /** Milliseconds until a commit that failed is tried again, 1 to 2,147,483,647. Default 1000. */
  retryAfter?: number;
  /** Called after each commit that is on the disk. @param seconds that it took; it must not throw */
  onCommit?: (seconds: number) => void;
}

/** Not the key of a record: those have a slash as their second character. */
const FORMAT_KEY = 'format';

/** Longer keys are hashed: LMDB takes 1978 bytes, and a character has three at most. */
const LONGEST_KEY = 500;

/**
 * Keeps the engine's state in an LMDB folder, which one process has at a time.
 *
 * What the engine writes while one transaction is on its way to the disk goes into the next one: the slower the disk, the larger
 * the groups. A transaction that fails changes nothing; its records stay in memory and are written again with the newer ones.
 *
 * @example
 * ```ts
 * import { createBroker, LmdbStore, type LmdbStoreOptions } from 'wasmqtt/broker';
 *
 * const options: LmdbStoreOptions = { directory: 'broker-state', persistence: 'sync' };
 * const broker = await createBroker({ store: new LmdbStore(options) });
 * broker.keepsState; // => true
 * await broker.close();
 * ```
 */
export class LmdbStore implements Journal {
  readonly directory: string;
  readonly isAwaited: boolean;
  readonly #lmdb: RootDatabase<Uint8Array, string>;
  readonly #release: () => void;
  readonly #delay: number;
  readonly #retryAfter: number;
  readonly #onCommit: ((seconds: number) => void) | undefined;
  #listener: JournalListener | undefined;
  /** The newest change of each key that is not on the disk. */
  #pending = new Map<string, JournalRecord>();
  #writes = 0;
  #committed = 0;
  #running: Promise<Error | undefined> | undefined;
  /** Takes the next commit back, if one is planned. */
  #cancelNext: (() => void) | undefined;
  /** The last commit failed, and the next waits for its time. */
  #isRetrying = false;
  #closing: Promise<void> | undefined;

  /**
   * @throws StorageError `unusable`, `in-use` or `format`; RangeError for options out of range. Nothing is left open then
   */
  constructor(options: LmdbStoreOptions) {
    const { directory, persistence = 'sync', interval = 1000, retryAfter = 1000 } = options;
    checkTime('interval', interval);
    checkTime('retryAfter', retryAfter);
    this.directory = resolve(directory);
    this.isAwaited = persistence === 'sync';
    this.#delay = persistence === 'sync' ? 0 : interval;
    this.#retryAfter = retryAfter;
    this.#onCommit = options.onCommit;
    try {
      prepareLmdbFolder(this.directory, [OWNER_FILE]);
      this.#release = takeFolder(this.directory);
    } catch (error) {
      throw asStorageError(error);
    }
    try {
      this.#lmdb = openLmdb(this.directory, 'bytes');
      this.#checkFormat();
    } catch (error) {
      this.#release();
      throw asStorageError(error);
    }
  }

  /**
   * Everything that the store holds, for `BrokerEngine.restore`; before the first `write`.
   *
   * @throws StorageError `damaged` or `closed`
   */
  *load(): Generator<JournalRecord> {
    this.#assertOpen();
    for (const { key, value } of this.#lmdb.getRange({ snapshot: true })) {
      if (key !== FORMAT_KEY) yield this.#decode(key, value);
    }
  }

  start(listener: JournalListener): void {
    this.#listener = listener;
  }

  write(records: readonly JournalRecord[]): void {
    this.#writes++;
    for (const record of records) this.#pending.set(keyOf(record), record);
    if (!this.#running && !this.#cancelNext && this.#closing === undefined) this.#commitLater();
  }

  /** Commits now what would be committed at the end of the interval. */
  hurry(): void {
    const isPlanned = this.#delay > 0 && this.#cancelNext !== undefined && !this.#isRetrying;
    if (isPlanned && this.#closing === undefined) this.#commit();
  }

  /**
   * Brings everything that was written onto the disk, whatever the interval says.
   *
   * @throws Error with the reason when that fails; it is tried again after `retryAfter`
   */
  async save(): Promise<void> {
    this.#assertOpen();
    await this.#saveAll();
  }

  /**
   * Saves and closes; more calls return the same promise.
   *
   * @throws Error when the last changes could not be saved; the store is closed all the same, as it was after the last commit
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#saveAll();
    } finally {
      this.#cancelNext?.();
      await this.#lmdb.close();
      this.#release();
    }
  }

  async #saveAll(): Promise<void> {
    while (this.#committed < this.#writes) {
      const error = await (this.#running ?? this.#commit());
      if (error) throw error;
    }
  }

  #commitLater(): void {
    // In the check phase: all that the sockets brought in this turn of the event loop goes into one transaction.
    if (this.#delay > 0) this.#commitAfter(this.#delay);
    else {
      const immediate = setImmediate(() => this.#commit());
      this.#cancelNext = () => clearImmediate(immediate);
    }
  }

  #commitAfter(delay: number): void {
    const timer = setTimeout(() => this.#commit(), delay).unref();
    this.#cancelNext = () => clearTimeout(timer);
  }

  /** Commits what is pending. Resolves with the reason when it failed. */
  #commit(): Promise<Error | undefined> {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    const running = this.#transact().then((error) => {
      this.#running = undefined;
      this.#afterCommit(error);
      return error;
    });
    this.#running = running;
    return running;
  }

  async #transact(): Promise<Error | undefined> {
    let batch = new Map<string, JournalRecord>();
    let writes = this.#committed;
    const begin = performance.now();
    try {
      await this.#lmdb.childTransaction(() => {
        // Only now: what came while the transaction before this one was under way is in it.
        batch = this.#pending;
        writes = this.#writes;
        this.#pending = new Map();
        for (const [key, record] of batch) this.#apply(key, record);
      });
      await this.#lmdb.flushed;
      this.#committed = writes;
      this.#onCommit?.((performance.now() - begin) / 1000);
      return undefined;
    } catch (error) {
      for (const [key, record] of batch) if (!this.#pending.has(key)) this.#pending.set(key, record);
      return this.#commitError(error);
    }
  }

  #apply(key: string, record: JournalRecord): void {
    if (record.value === undefined) this.#lmdb.removeSync(storedKey(key));
    else this.#lmdb.putSync(storedKey(key), encodeRecord(record));
  }

  #afterCommit(error: Error | undefined): void {
    const isLast = this.#committed === this.#writes;
    this.#isRetrying = error !== undefined;
    if (this.#closing === undefined) {
      if (error) this.#commitAfter(this.#retryAfter);
      else if (!isLast) this.#commitLater();
    }
    if (error) this.#listener?.failed(error.message);
    else this.#listener?.committed(this.#committed);
  }

  /** A failed commit has its reason in a promise of its own. Its rejection must be handled, or Node ends the process. */
  async #commitError(error: unknown): Promise<Error> {
    const reason = await (error as { commitError?: Promise<never> }).commitError?.catch(reasonOf);
    const text = `${reason ?? reasonOf(error)}${freeSpace(this.directory)}; make room on the disk`;
    return new Error(`the store in ${this.directory} cannot be written: ${text}`, { cause: error });
  }

  #decode(key: string, value: Uint8Array): JournalRecord {
    try {
      return decodeRecord(value);
    } catch (error) {
      throw new StorageError(
        'damaged',
        `the store in ${this.directory}, key ${JSON.stringify(key)}: ${reasonOf(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  #checkFormat(): void {
    const found = this.#lmdb.get(FORMAT_KEY);
    if (found && !isReadable(found[0])) {
      const advice = 'use the version of wasmqtt that wrote it, or name another folder';
      const here = `${OLDEST_FORMAT} to ${RECORD_FORMAT}`;
      throw new StorageError(
        'format',
        `the store in ${this.directory} has format ${found[0]}, and this version reads ${here}; ${advice}`,
      );
    }
    // What is written from now on an earlier version would not understand.
    if (found?.[0] !== RECORD_FORMAT) this.#lmdb.putSync(FORMAT_KEY, Uint8Array.of(RECORD_FORMAT));
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StorageError('closed', `the store in ${this.directory} is closed; open it again`);
  }
}

/** No other key is stored under the same: no topic and no client id has U+0000 (1.5.4-2). */
function storedKey(key: string): string {
  if (key.length <= LONGEST_KEY) return key;
  return `${key.slice(0, 2)}\0${createHash('sha256').update(key).digest('hex')}`;
}

function freeSpace(directory: string): string {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return ` (${bavail * bsize} bytes are free)`;
  } catch {
    return '';
  }
}

function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError('unusable', reasonOf(error), { cause: error });
}

function checkTime(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= LONGEST_TIMER) return;
  throw new RangeError(`${name} is ${value}; use a whole number of milliseconds from 1 to ${LONGEST_TIMER}`);
}
