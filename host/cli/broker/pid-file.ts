import { rmSync, writeFileSync } from 'node:fs';
import type { PlannedFile } from '../../broker/index.js';
import { reasonOf } from '../../node/reason.js';
import { UserError } from '../process/user-error.js';

/**
 * Writes the number of this process.
 *
 * @returns a function that removes the file
 * @throws UserError when it cannot be written
 */
export function writePidFile({ path, place }: PlannedFile): () => void {
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    const where = `${place.file}:${place.line}`;
    throw new UserError(`${where}: the pid file ${path} cannot be written: ${reasonOf(error)}; check the folder`);
  }
  return () => {
    try {
      rmSync(path, { force: true });
    } catch {
      // The user that the broker became may not change the folder: the next broker writes the file again.
    }
  };
}
