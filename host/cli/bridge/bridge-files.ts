import { readFileSync } from 'node:fs';
import { UserError } from '../process/user-error.js';

/** The content of a file. @throws UserError that names the option or variable */
export function fileOf(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`${what} cannot be read: ${(error as Error).message}`);
  }
}

/** The first line of a file. @throws UserError */
export function passwordOf(path: string, what: string): string {
  return fileOf(path, what).toString('utf8').split(/\r?\n/, 1)[0];
}
