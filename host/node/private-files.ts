import { chmodSync, closeSync, fsyncSync, openSync, statSync } from 'node:fs';

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
