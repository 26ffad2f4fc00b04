import { createHash, pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** PBKDF2-HMAC-SHA512 as `$7$`, or SHA-512 of password and salt as `$6$`. */
export type PasswordScheme = 'sha512-pbkdf2' | 'sha512';

export interface PasswordHash {
  readonly scheme: PasswordScheme;
  /** Of PBKDF2; 1 for `sha512`. */
  readonly iterations: number;
  readonly salt: Buffer;
  /** 64 bytes. */
  readonly hash: Buffer;
}

/** mosquitto_passwd writes as many. */
export const USUAL_ITERATIONS = 101;

const MOST_ITERATIONS = 100_000_000;
const SALT_BYTES = 12;
const HASH_BYTES = 64;
/** As long as PBKDF2 is quick, the event loop is held for less time than a thread takes to answer. */
const QUICK_ITERATIONS = 1000;

const derive = promisify(pbkdf2);

/**
 * Reads the second field of a line of a password file.
 *
 * @returns the reason in words when it is not a hash
 */
export function readPasswordHash(text: string): PasswordHash | string {
  const [before, kind, ...fields] = text.split('$');
  if (before !== '' || kind === undefined) return 'the password is not hashed';
  if (kind !== '6' && kind !== '7') return `the hash $${kind}$ is not known; $7$ and $6$ are`;
  if (fields.length !== (kind === '7' ? 3 : 2)) return `a hash $${kind}$ has another number of fields`;
  const iterations = kind === '7' ? readIterations(fields[0]) : 1;
  if (iterations === undefined) return `the number of iterations is not from 1 to ${MOST_ITERATIONS}`;
  const [salt, hash] = fields.slice(-2).map(readBase64);
  if (!salt || salt.length === 0) return 'the salt is not base64';
  if (!hash || hash.length !== HASH_BYTES) return `the hash is not the base64 of ${HASH_BYTES} bytes`;
  return { scheme: kind === '7' ? 'sha512-pbkdf2' : 'sha512', iterations, salt, hash };
}

function readIterations(text: string): number | undefined {
  const iterations = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return iterations >= 1 && iterations <= MOST_ITERATIONS ? iterations : undefined;
}

function readBase64(text: string): Buffer | undefined {
  return /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text)
    ? Buffer.from(text, 'base64')
    : undefined;
}

export function writePasswordHash({ scheme, iterations, salt, hash }: PasswordHash): string {
  const fields = [salt, hash].map((bytes) => bytes.toString('base64'));
  return scheme === 'sha512' ? `$6$${fields.join('$')}` : `$7$${iterations}$${fields.join('$')}`;
}

/**
 * @param iterations of PBKDF2, 1 to 100,000,000
 *
 * @example
 * ```ts
 * import { hashPassword, type PasswordHash, type PasswordScheme } from 'wasmqtt/broker';
 * import { readPasswordHash, writePasswordHash } from 'wasmqtt/broker';
 *
 * const scheme: PasswordScheme = 'sha512-pbkdf2';
 * const hash: PasswordHash = await hashPassword('s3cret', scheme, 101);
 * const text = writePasswordHash(hash);
 * text.startsWith('$7$101$'); // => true
 * const read: PasswordHash | string = readPasswordHash(text);
 * typeof read === 'string' ? read : read.iterations; // => 101
 * ```
 */
export async function hashPassword(
  password: string | Uint8Array,
  scheme: PasswordScheme = 'sha512-pbkdf2',
  iterations = USUAL_ITERATIONS,
): Promise<PasswordHash> {
  const made = { scheme, iterations: scheme === 'sha512' ? 1 : iterations, salt: randomBytes(SALT_BYTES) };
  return { ...made, hash: await digest(password, made) };
}

/** Answers at once when that is quick; else in another thread, and later. */
export function checkPassword(expected: PasswordHash, password: Uint8Array): boolean | Promise<boolean> {
  const actual = digest(password, expected);
  const compare = (bytes: Buffer) => timingSafeEqual(bytes, expected.hash);
  return actual instanceof Promise ? actual.then(compare) : compare(actual);
}

function digest(
  password: string | Uint8Array,
  { scheme, iterations, salt }: Omit<PasswordHash, 'hash'>,
): Buffer | Promise<Buffer> {
  if (scheme === 'sha512') return createHash('sha512').update(password).update(salt).digest();
  if (iterations <= QUICK_ITERATIONS) return pbkdf2Sync(password, salt, iterations, HASH_BYTES, 'sha512');
  return derive(password, salt, iterations, HASH_BYTES, 'sha512');
}
