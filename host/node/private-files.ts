import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Takes away from a file or folder the permissions that `mode` does not have. Throws what node:fs throws. */
export function restrict(path: string, mode: number): void {
  const before = statSync(path).mode & 0o777;
  if ((before & ~mode) !== 0) chmodSync(path, before & mode);
}

/** New names in a folder survive a power failure only after the folder itself was synced. Throws what node:fs throws. */
export function syncFolder(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * The text of a file, or undefined if it does not exist. A file that others could read is closed to them. Throws what node:fs throws.
 */
export function readPrivate(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    restrict(path, 0o600);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes a new file (mode 0600) all at once, unless it exists already. Throws what node:fs throws.
 *
 * @returns what is in the file afterwards: if several processes write at once, one wins, and all get its text
 */
export function writePrivateOnce(path: string, text: string): string {
  return createPrivate(path, text) ? text : readFileSync(path, 'utf8');
}

/**
 * Makes a new file (mode 0600) all at once, and does not touch one that exists. Throws what node:fs throws.
 *
 * @returns whether the file was made
 */
export function createPrivate(path: string, content: string | Uint8Array): boolean {
  const temporary = writeTemporary(path, content);
  try {
    // Unlike a rename, a link never replaces a file that another process has made meanwhile.
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
    syncFolder(dirname(path));
  }
}

/** Replaces a file (mode 0600) all at once. Throws what node:fs throws. */
export function replacePrivate(path: string, text: string): void {
  const temporary = writeTemporary(path, text);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function writeTemporary(path: string, content: string | Uint8Array): string {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    // Unlike writeSync it goes on after a part found room, until all is written or it throws.
    writeFileSync(handle, content);
    fsyncSync(handle);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  return temporary;
}
