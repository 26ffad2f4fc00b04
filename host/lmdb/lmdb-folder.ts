import { accessSync, closeSync, constants, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { restrict, syncFolder } from '../node/private-files.js';
import { reasonOf } from '../node/reason.js';

/** The files of an LMDB environment. */
export const LMDB_FILES = ['data.mdb', 'lock.mdb'] as const;

/**
 * Makes an LMDB folder (0700) and its files (0600) before the database opens them, because the database would make
 * them readable by others. An existing folder is closed to others too if it holds nothing but the database.
 *
 * @param ours further files that belong to it
 * @throws Error that says what to do
 */
export function prepareLmdbFolder(directory: string, ours: readonly string[] = []): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const known: readonly string[] = [...LMDB_FILES, ...ours];
    const others = readdirSync(directory).filter((name) => !known.includes(name));
    if (others.length === 0) restrict(directory, 0o700);
    for (const name of LMDB_FILES) makePrivateFile(join(directory, name));
    syncFolder(directory);
  } catch (error) {
    const advice = 'name a folder that can be written, or change its permissions';
    throw new Error(`the store folder ${directory} cannot be used: ${reasonOf(error)}; ${advice}`, { cause: error });
  }
}

/** Does not open a file that exists: closing it would release the locks that this process may hold on it. */
function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    checkWritable(path);
    restrict(path, 0o600);
  }
}

/** Whoever took away the right to write meant it, also where root could write all the same. */
function checkWritable(path: string): void {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error(`${path} is not a file`);
  if ((stats.mode & 0o200) === 0) throw new Error(`${path} is read-only (mode ${(stats.mode & 0o777).toString(8)})`);
  accessSync(path, constants.R_OK | constants.W_OK);
}
