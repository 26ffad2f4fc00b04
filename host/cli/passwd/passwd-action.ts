import { readFileSync } from 'node:fs';
import { hashPassword, type PasswordScheme, writePasswordHash } from '../../broker/index.js';
import { reasonOf } from '../../node/reason.js';
import { visible } from '../../node/visible-text.js';
import { jsonLines } from '../output/json-lines.js';
import { askPassword } from '../process/ask-password.js';
import { UsageError, UserError } from '../process/user-error.js';
import { withHashes, withoutUser, withUser } from './edit-passwords.js';
import { replaceFile } from './replace-file.js';

export interface PasswdFlags {
  batch?: boolean;
  create?: boolean;
  delete?: boolean;
  upgrade?: boolean;
  hash: PasswordScheme;
  json?: boolean;
}

/** What was done, as `--json` prints it. */
export interface PasswdEvent {
  event: 'passwd';
  file: string;
  done: 'set' | 'deleted' | 'upgraded';
  users: readonly string[];
}

/** `wasmqtt passwd`. @throws UserError, UsageError */
export async function passwdAction(
  file: string,
  name: string | undefined,
  password: string | undefined,
  flags: PasswdFlags,
): Promise<void> {
  checkUsage(name, password, flags);
  const event = await change(file, name ?? '', password, flags);
  if (flags.json) jsonLines<PasswdEvent>(process.stdout)(event);
}

function checkUsage(name: string | undefined, password: string | undefined, flags: PasswdFlags): void {
  const { batch, create, delete: remove, upgrade } = flags;
  if (upgrade) {
    if (batch || create || remove) throw new UsageError('-U goes alone: it changes all users of the file');
    if (name !== undefined) throw new UsageError('-U takes the file alone: it changes all users of the file');
    return;
  }
  if (create && remove) throw new UsageError('-c and -D exclude each other: a new file has no user to delete');
  if (batch && remove) throw new UsageError('-b and -D exclude each other: deleting a user needs no password');
  if (name === undefined) throw new UsageError('the user name is missing; give it behind the file');
  if (batch && password === undefined) throw new UsageError('-b needs the password behind the user name');
  if (!batch && password !== undefined) {
    throw new UsageError('a password on the command line needs -b: others can see it in the list of processes');
  }
  checkName(name);
  if (password === '') throw new UsageError('the password is empty; give another one');
}

function checkName(name: string): void {
  const problem =
    (name === '' && 'is empty') ||
    (name.includes(':') && 'has a colon, which ends the name in the file') ||
    (name.startsWith('#') && 'begins with #, which makes its line a comment') ||
    (/[\r\n\0]/.test(name) && 'has a line end') ||
    (/^[ \t]|[ \t]$/.test(name) && 'begins or ends with a space') ||
    (Buffer.byteLength(name) > 65_535 && 'has more than 65,535 bytes, the most that MQTT can send');
  if (problem) throw new UsageError(`the user name ${visible(JSON.stringify(name))} ${problem}; choose another one`);
}

async function change(
  file: string,
  name: string,
  given: string | undefined,
  { create, delete: remove, upgrade, hash }: PasswdFlags,
): Promise<PasswdEvent> {
  const before = create ? '' : read(file);
  if (upgrade) return upgradeFile(file, before, hash);
  if (remove) {
    const text = withoutUser(before, name);
    if (text === undefined) throw new UserError(`${file}: there is no user ${name}; nothing was written`);
    write(file, text);
    return { event: 'passwd', file, done: 'deleted', users: [name] };
  }
  const password = given ?? (await askPassword('type one, or give it with -b'));
  write(file, withUser(before, name, writePasswordHash(await hashPassword(password, hash))));
  return { event: 'passwd', file, done: 'set', users: [name] };
}

async function upgradeFile(file: string, before: string, hash: PasswordScheme): Promise<PasswdEvent> {
  const upgrade = await withHashes(before, hash);
  if (typeof upgrade === 'number') {
    throw new UserError(
      `${file}:${upgrade}: the password is missing; nothing was written: complete or remove the line`,
    );
  }
  if (upgrade.kept.length > 0) {
    process.stderr.write(
      `${file}: hashed already, and kept as they are: ${upgrade.kept.map((name) => visible(name)).join(', ')}\n`,
    );
  }
  write(file, upgrade.text);
  return { event: 'passwd', file, done: 'upgraded', users: upgrade.users };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const advice =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'make a new file with -c' : 'check path and rights';
    throw new UserError(`the password file ${file} cannot be read: ${reasonOf(error)}; ${advice}`);
  }
}

function write(file: string, text: string): void {
  try {
    replaceFile(file, text);
  } catch (error) {
    throw new UserError(`the password file ${file} cannot be written: ${reasonOf(error)}; it is as it was`);
  }
}
