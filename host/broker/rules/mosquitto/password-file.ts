import { type PasswordHash, readPasswordHash } from './password-hash.js';

/** User names with the hashes of their passwords. */
export type PasswordTable = ReadonlyMap<string, PasswordHash>;

/** A line that cannot be used: counted from 1, what is wrong and what to do. */
export interface FileMistake {
  readonly line: number;
  readonly message: string;
}

const LONGEST_NAME = 65_535;

/**
 * Reads a password file. As in mosquitto, a line that cannot be used leaves out its user and no other: who is left out cannot
 * come in. Lines without a colon, and those that begin with `#`, do not count. The first of two lines of a user counts.
 */
export function readPasswordFile(text: string): { table: PasswordTable; mistakes: readonly FileMistake[] } {
  const table = new Map<string, PasswordHash>();
  const mistakes: FileMistake[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const report = (message: string) => mistakes.push({ line: at + 1, message });
    const [name, ...rest] = trimBlanks(raw).split(':');
    if (raw.startsWith('#') || rest.length === 0) continue;
    if (name === '' || Buffer.byteLength(name) > LONGEST_NAME) {
      report(`a user name has 1 to ${LONGEST_NAME} bytes; remove the line`);
      continue;
    }
    if (table.has(name)) {
      report(`the user ${JSON.stringify(name)} has a line already, which counts; remove this one`);
      continue;
    }
    const hash = readPasswordHash(rest.join(':'));
    if (typeof hash !== 'string') table.set(name, hash);
    else report(`${JSON.stringify(name)} cannot come in: ${hash}; ${advice(rest.join(':'))}`);
  }
  return { table, mistakes };
}

/** Without the blanks of ASCII at both ends: those of Unicode belong to names and topics. */
export function trimBlanks(text: string): string {
  return text.replace(/^[ \t\r\v\f]+|[ \t\r\v\f]+$/g, '');
}

function advice(password: string): string {
  return password.startsWith('$')
    ? 'set the password again with "wasmqtt passwd FILE NAME"'
    : 'hash the passwords of the file with "wasmqtt passwd -U FILE"';
}
