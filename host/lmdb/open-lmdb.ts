import { join } from 'node:path';
import { type Key, open, type RootDatabase } from 'lmdb';
import { reasonOf } from '../node/reason.js';
import { CAN_CHECK, checkLmdbFile, damagedFile } from './lmdb-file.js';
import { findLmdbFault } from './lmdb-tree.js';

/** Values as views of LMDB's own memory, which the next read overwrites: a copy for each of a million values costs a second. */
const BORROWED = {
  encode: (bytes: Uint8Array): Uint8Array => bytes,
  decode: (bytes: Uint8Array, length: number): Uint8Array => bytes.subarray(0, length),
};

/**
 * Opens an LMDB folder that `prepareLmdbFolder` has prepared. A transaction that has returned is on the disk, and one that failed
 * has changed nothing.
 *
 * @param encoding of the values; with `bytes`, what is read holds until the next read
 * @throws Error that names the folder or its file and says what to do
 */
export function openLmdb<Value, K extends Key>(directory: string, encoding: 'bytes' | 'json'): RootDatabase<Value, K> {
  checkLmdbFile(join(directory, 'data.mdb'));
  try {
    return open<Value, K>({
      path: directory,
      noSubdir: false,
      ...(encoding === 'json' ? { encoding } : { encoder: BORROWED }),
      // A commit is synced before it is visible, so all that a reader sees is durable.
      overlappingSync: false,
      // With it, a failed commit rejects a promise that nobody has, which ends the process (lmdb 3.5.6).
      eventTurnBatching: false,
    });
  } catch (error) {
    const reason = reasonOf(error);
    const advice = /MDB_(INVALID|VERSION|CORRUPTED|PAGE)/.test(reason)
      ? 'move its files away to begin with an empty store, or put copies of them back'
      : 'check the permissions of its files and the room on its disk';
    throw new Error(`the store in ${directory} does not open: ${reason}; ${advice}`, { cause: error });
  }
}

/**
 * Checks every page of a store; see {@link findLmdbFault}.
 *
 * @param lmdb the store; without it the caller writes to it, and no other process can
 * @throws Error that names the file and says what to do
 */
export function checkLmdbPages(directory: string, lmdb?: RootDatabase<Uint8Array, (string | number)[]>): void {
  if (!CAN_CHECK) return;
  const path = join(directory, 'data.mdb');
  // While it is held, pages that can be reached are not written over.
  const transaction = lmdb?.useReadTransaction();
  const fault = findLmdbFault(path);
  transaction?.done();
  if (fault !== undefined) throw damagedFile(path, fault);
}
