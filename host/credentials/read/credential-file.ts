import { readFileSync } from 'node:fs';
import { reasonOf } from '../../node/reason.js';
import { utf16 } from './text-shapes.js';

/** A file that an option names. */
export interface FilePlace {
  /** for example `--cert` */
  option: string;
  path: string;
}

/** A file that cannot be read, or does not hold what it should. The message names option, file and what to do. */
export class CredentialFileError extends Error {
  constructor({ option, path }: FilePlace, reason: string) {
    super(`${option} ${path}: ${reason}`);
    this.name = 'CredentialFileError';
  }
}

const UNREADABLE: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
};

/** The content of a file. @throws CredentialFileError when the file cannot be read or is empty */
export function readBytes(place: FilePlace): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(place.path);
  } catch (error) {
    const reason = UNREADABLE[(error as NodeJS.ErrnoException).code ?? ''] ?? reasonOf(error);
    throw new CredentialFileError(place, `cannot be read: ${reason}; give the path of a file that you may read`);
  }
  if (bytes.length === 0) throw new CredentialFileError(place, 'is empty; give the file with its content');
  return bytes;
}

/**
 * The password or pass-phrase that is the only line of a file. The line end does not belong to it.
 *
 * @throws CredentialFileError also when the file is not UTF-8, is empty or has more lines
 */
export function readSecretLine(place: FilePlace, what: 'password' | 'pass-phrase'): string {
  let secret: string;
  try {
    const bytes = readBytes(place);
    const wide = utf16(bytes);
    if (wide) {
      const command = wide.command.replace('FILE.pem', 'FILE.txt');
      throw new CredentialFileError(place, `holds ${wide.name}; write the ${what} into it as UTF-8: ${command}`);
    }
    secret = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof CredentialFileError) throw error;
    throw new CredentialFileError(place, `is not UTF-8 text; write the ${what} into it as UTF-8`);
  }
  secret = secret.replace(/\r?\n$/, '');
  if (secret === '') throw new CredentialFileError(place, `is empty; write the ${what} into its first line`);
  if (/[\r\n]/.test(secret)) {
    throw new CredentialFileError(place, `has more than one line; it must hold the ${what} alone`);
  }
  return secret;
}
