import { closeSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { restrict, syncFolder } from '../../node/private-files.js';
import { reasonOf, StoreError } from './store-error.js';

/** The names under which LMDB keeps an environment. */
export const STORE_FILES = ['data.mdb', 'lock.mdb'] as const;

/**
 * Makes the store's folder (0700) and its files (0600) before the database opens them, since the database itself
 * would make them readable by others. An existing folder is closed to others too when it holds nothing but the store.
 *
 * @throws StoreError `unusable`
 */
export function prepareFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const others = readdirSync(directory).filter((name) => !(STORE_FILES as readonly string[]).includes(name));
    if (others.length === 0) restrict(directory, 0o700);
    for (const name of STORE_FILES) makePrivateFile(join(directory, name));
    syncFolder(directory);
  } catch (error) {
    const advice = 'name a folder that can be written, or change its permissions';
    throw new StoreError('unusable', `the store folder ${directory} cannot be used: ${reasonOf(error)}; ${advice}`, {
      cause: error,
    });
  }
}

/** An existing file is not opened here: closing it would drop the locks that this process may hold on it. */
function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    restrict(path, 0o600);
  }
}
