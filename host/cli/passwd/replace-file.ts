import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { syncFolder } from '../../node/private-files.js';

/** Permissions of a new file, and of one that everybody could read. */
const PRIVATE = 0o600;

/**
 * Writes a file whole or not at all, and so that others cannot read it: a file that everybody could read becomes its owner's alone;
 * one that a group may read stays so. Owner and symbolic links stay. Throws what node:fs throws; the old file is there then.
 */
export function replaceFile(path: string, text: string): void {
  const target = targetOf(path);
  const before = statOf(target);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const handle = openSync(temporary, 'wx', PRIVATE);
  try {
    try {
      if (before) keepOwner(handle, before);
      fchmodSync(handle, modeOf(before));
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

/** Behind symbolic links, also one whose target is not there yet. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    try {
      return resolve(dirname(path), readlinkSync(path));
    } catch {
      return path;
    }
  }
}

function statOf(path: string): Stats | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) {
    throw Object.assign(new Error(`${path} is not a file`), { code: 'ENOTFILE' });
  }
  return stats;
}

function modeOf(before: Stats | undefined): number {
  if (!before || (before.mode & 0o007) !== 0) return PRIVATE;
  return before.mode & 0o660;
}

/** Only root can do this, and only root needs to. */
function keepOwner(handle: number, { uid, gid }: Stats): void {
  if (process.getuid?.() === 0) fchownSync(handle, uid, gid);
}
