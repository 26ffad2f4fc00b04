import { join } from 'node:path';
import { type Key, open, type RootDatabase } from 'lmdb';
import { reasonOf } from '../node/reason.js';
import { checkLmdbFile } from './lmdb-file.js';

/**
 * Opens an LMDB folder that `prepareLmdbFolder` has prepared. A transaction that has returned is on the disk, and one that failed
 * has changed nothing.
 *
 * @param encoding of the values
 * @throws Error that names the folder or its file and says what to do
 */
export function openLmdb<Value, K extends Key>(directory: string, encoding: 'binary' | 'json'): RootDatabase<Value, K> {
  checkLmdbFile(join(directory, 'data.mdb'));
  try {
    return open<Value, K>({
      path: directory,
      noSubdir: false,
      encoding,
      // A commit is synced before it is visible, so all that a reader sees is durable.
      overlappingSync: false,
      // With it, a failed commit rejects a promise that nobody has, which ends the process (lmdb 3.5.6).
      eventTurnBatching: false,
    });
  } catch (error) {
    const advice = 'move its files away to begin with an empty store';
    throw new Error(`the store in ${directory} does not open: ${reasonOf(error)}; ${advice}`, { cause: error });
  }
}
