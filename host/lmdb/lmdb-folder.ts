import { accessSync, closeSync, constants, mkdirSync, openSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivate, restrict, syncFolder } from '../node/private-files.js';
import { reasonOf } from '../node/reason.js';

/** The files of an LMDB environment. */
export const LMDB_FILES = ['data.mdb', 'lock.mdb'] as const;

/** Bytes of a new lock file: a little more than LMDB would make it, so that LMDB leaves its size alone. */
const LOCK_FILE = 16_384;

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
    makePrivateFile(join(directory, 'data.mdb'));
    makeLockFile(join(directory, 'lock.mdb'));
    syncFolder(directory);
  } catch (error) {
    const isFull = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    const advice = isFull ? 'make room on its disk' : 'name a folder that can be written, or change its permissions';
    throw new Error(`the store folder ${directory} cannot be used: ${reasonOf(error)}; ${advice}`, { cause: error });
  }
}

/** Does not open a file that exists: closing it would release the locks that this process may hold on it. */
function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    checkExisting(path);
  }
}

/**
 * LMDB maps this file and writes into the mapping. Where a page of it has no place on the disk yet, and the disk is full, that write ends
 * the process with SIGBUS: so the file gets its place before LMDB sees it.
 */
function makeLockFile(path: string): void {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing === undefined && createPrivate(path, new Uint8Array(LOCK_FILE))) return;
  checkExisting(path);
  const { size, blocks } = statSync(path);
  const hasHoles = size === 0 || blocks * 512 < size;
  const { bavail, bsize } = statfsSync(path);
  if (!hasHoles || bavail * bsize >= LOCK_FILE) return;
  throw Object.assign(new Error(`no room for ${path}`), { code: 'ENOSPC' });
}

function checkExisting(path: string): void {
  checkWritable(path);
  restrict(path, 0o600);
}

/** Whoever took away the right to write meant it, also where root could write all the same. */
function checkWritable(path: string): void {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error(`${path} is not a file`);
  if ((stats.mode & 0o200) === 0) throw new Error(`${path} is read-only (mode ${(stats.mode & 0o777).toString(8)})`);
  accessSync(path, constants.R_OK | constants.W_OK);
}
