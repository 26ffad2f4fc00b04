import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from './storage-error.js';

/** The file in a broker's folder that names the process which has it. */
export const OWNER_FILE = 'owner';

interface Owner {
  pid: number;
  /** When the process started, where the system tells: a number of a process may be given again. */
  started?: string;
}

/**
 * Takes a folder for this process: two brokers on one folder would overwrite each other's state.
 *
 * @returns a function that gives it back
 * @throws StorageError `in-use` while another process, or another store of this one, has it
 */
export function takeFolder(directory: string): () => void {
  const path = join(directory, OWNER_FILE);
  const own: Owner = { pid: process.pid, started: startOf('self') };
  const text = JSON.stringify(own);
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = readOwner(path);
    if (other && isAlive(other)) {
      const advice = 'stop it, or name another folder';
      throw new StorageError('in-use', `the store in ${directory} is in use by process ${other.pid}; ${advice}`);
    }
    // Its owner has ended without giving it back.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, text, { mode: 0o600 });
    renameSync(fresh, path);
  }
  return () => {
    if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}

function readOwner(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    return Number.isInteger(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return started === undefined || now === undefined || started === now;
}

/** Field 22 of Linux's `stat`; the name of the program before it may hold blanks. */
function startOf(pid: number | 'self'): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
