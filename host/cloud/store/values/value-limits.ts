import { StoreError } from '../store-error.js';

/**
 * The longest key, in characters.
 *
 * @example
 * ```ts
 * import { MAX_KEY_LENGTH } from 'wasmqtt/cloud';
 *
 * 'broker-host'.length <= MAX_KEY_LENGTH; // => true
 * ```
 */
export const MAX_KEY_LENGTH = 100;
/**
 * The longest value, in characters (Unicode code points).
 *
 * @example
 * ```ts
 * import { MAX_VALUE_LENGTH } from 'wasmqtt/cloud';
 *
 * [...'a certificate, for example'].length <= MAX_VALUE_LENGTH; // => true
 * ```
 */
export const MAX_VALUE_LENGTH = 4096;

/** Keys that may be stored. */
export const KEY_PATTERN = /^[\x20-\x7e]{1,100}$/;
/** The same without `/`, `?`, `#` and `%`: keys that may be stored from now on, but for `.` and `..`. */
export const NEW_KEY_PATTERN = /^[\x20-\x22\x24\x26-\x2e\x30-\x3e\x40-\x7e]{1,100}$/;
const DEVICE_SID = /^UV[0-9a-fA-F]{32}$/;
const UNPAIRED_SURROGATE = /\p{Surrogate}/u;

/**
 * Refuses a key that no device could ask for.
 *
 * @param key 1 to 100 printable ASCII characters (0x20 to 0x7e)
 * @throws StoreError `invalid-key`
 */
export function checkKey(key: string): void {
  if (typeof key === 'string' && KEY_PATTERN.test(key)) return;
  throw new StoreError(
    'invalid-key',
    `${describeKeyFault(key)}; use 1 to ${MAX_KEY_LENGTH} printable ASCII characters`,
  );
}

/**
 * Refuses a key that could not be named again in an address: clients of the REST calls put keys there as they are. Stores may hold such keys
 * from earlier; they can be read, changed and deleted.
 *
 * @param key as in {@link checkKey}, without `/`, `?`, `#` and `%`, and neither `.` nor `..`
 * @throws StoreError `invalid-key`
 */
export function checkNewKey(key: string): void {
  checkKey(key);
  if (NEW_KEY_PATTERN.test(key) && key !== '.' && key !== '..') return;
  const at = key.search(/[/?#%]/);
  const fault = at < 0 ? 'is tidied away by clients' : `has ${quote(key[at])} at position ${at + 1}`;
  const advice = 'no client can name it again in an address; use a key without / ? # % that is neither . nor ..';
  throw new StoreError('invalid-key', `the key ${quote(key)} ${fault}: ${advice}`);
}

function describeKeyFault(key: unknown): string {
  if (typeof key !== 'string') return 'the key is not text';
  if (key === '') return 'the key is empty';
  if (key.length > MAX_KEY_LENGTH) return `the key ${quote(key)} has ${key.length} characters`;
  const at = key.search(/[^\x20-\x7e]/);
  return `the key ${quote(key)} has a character that is not printable ASCII at position ${at + 1}`;
}

/**
 * Refuses a value that is too long or is not well-formed text. An empty value is allowed.
 *
 * @param key the key it belongs to, for the message
 * @param value up to 4096 characters
 * @throws StoreError `invalid-value`; the message holds the key and the length, never the value
 */
export function checkValue(key: string, value: string): void {
  if (typeof value !== 'string') throw new StoreError('invalid-value', `the value of ${quote(key)} is not text`);
  const length = codePoints(value);
  if (length > MAX_VALUE_LENGTH) {
    const advice = 'shorten it, or split it over several keys';
    const counts = `${length} characters, and at most ${MAX_VALUE_LENGTH} can be stored`;
    throw new StoreError('invalid-value', `the value of ${quote(key)} has ${counts}; ${advice}`);
  }
  if (UNPAIRED_SURROGATE.test(value)) {
    throw new StoreError(
      'invalid-value',
      `the value of ${quote(key)} is not well-formed Unicode text; store bytes as hex`,
    );
  }
}

/** Whether a text has the form of a device SID. */
export function isDeviceSid(text: string): boolean {
  return typeof text === 'string' && DEVICE_SID.test(text);
}

/**
 * The one spelling under which a device's values are stored: `UV` and 32 lower-case hex digits.
 *
 * @param sid `^UV[0-9a-fA-F]{32}$`
 * @throws StoreError `invalid-device-sid`
 *
 * @example
 * ```ts
 * import { normalizeDeviceSid } from 'wasmqtt/cloud';
 *
 * normalizeDeviceSid(`UV${'A'.repeat(32)}`); // => 'UVaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
 * ```
 */
export function normalizeDeviceSid(sid: string): string {
  if (!isDeviceSid(sid)) {
    const shown = typeof sid === 'string' ? quote(sid) : 'the given value';
    throw new StoreError('invalid-device-sid', `${shown} is not a device SID; a device SID is "UV" and 32 hex digits`);
  }
  return `UV${sid.slice(2).toLowerCase()}`;
}

/** A key or SID as messages show it: quoted, control characters escaped, cut after 100 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_KEY_LENGTH ? `${text.slice(0, MAX_KEY_LENGTH)}...` : text);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
