import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { restrict, syncFolder } from '../node/private-files.js';
import { reasonOf } from '../node/reason.js';
import { PkiError } from './pki-error.js';

const OWN_FILES = /^(ca|server|device-UV[0-9a-f]{32})\.(pem|key)$|\.tmp$/;

/**
 * Makes the folder for its owner alone. An existing folder is closed to others too if it holds nothing but this PKI.
 *
 * @returns its absolute path
 * @throws PkiError `unusable`
 */
export function prepareFolder(directory: string): string {
  const path = resolve(directory);
  return guard(path, 'used as a folder', () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (readdirSync(path).every((name) => OWN_FILES.test(name))) restrict(path, 0o700);
    return path;
  });
}

/** The text of a file, or undefined if it does not exist. A file that others could read is closed to them. */
export function readPrivate(path: string): string | undefined {
  return guard(path, 'read', () => {
    try {
      const text = readFileSync(path, 'utf8');
      restrict(path, 0o600);
      return text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  });
}

/**
 * Writes a new file (mode 0600) all at once, unless it exists already.
 *
 * @returns what is in the file afterwards: if several processes write at once, one wins, and all get its text
 */
export function writeOnce(path: string, text: string): string {
  return guard(path, 'written', () => {
    const temporary = writeTemporary(path, text);
    try {
      // Unlike a rename, a link never replaces a file that another process has made meanwhile.
      linkSync(temporary, path);
      return text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return readFileSync(path, 'utf8');
    } finally {
      rmSync(temporary, { force: true });
      syncFolder(join(path, '..'));
    }
  });
}

/** Replaces a file (mode 0600) all at once. */
export function replaceFile(path: string, text: string): void {
  guard(path, 'written', () => {
    const temporary = writeTemporary(path, text);
    renameSync(temporary, path);
    syncFolder(join(path, '..'));
  });
}

function writeTemporary(path: string, text: string): string {
  const temporary = join(path, '..', `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return temporary;
}

function guard<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const advice = 'change its permissions, or name another folder';
    throw new PkiError('unusable', `${path} cannot be ${what}: ${reasonOf(error)}; ${advice}`, path, { cause: error });
  }
}
