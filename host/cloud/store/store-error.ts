/**
 * What a {@link StoreError} is about:
 * - `invalid-key`, `invalid-value`, `invalid-device-sid`, `invalid-sid`, `invalid-name`, `invalid-app`: the argument cannot be
 *   stored; nothing was written
 * - `already-exists`, `not-found`, `in-use`: the store's state does not fit the call; nothing was written
 * - `unusable`: the folder or its data file cannot be opened
 * - `storage`: the database refused a read or a write; nothing was written
 * - `full`: there is no room on the disk; nothing was written, and reads go on
 * - `unavailable`: the database cannot be reached just now; whether a write under way was made is not known
 * - `damaged`: a record is not what was written; its value is not given out
 * - `conflict`: another change came between reading and writing, again and again; nothing was written
 * - `closed`: the store was closed before the call
 */
export type StoreErrorCode =
  | 'invalid-key'
  | 'invalid-value'
  | 'invalid-device-sid'
  | 'invalid-sid'
  | 'invalid-name'
  | 'invalid-app'
  | 'already-exists'
  | 'not-found'
  | 'in-use'
  | 'unusable'
  | 'storage'
  | 'full'
  | 'unavailable'
  | 'damaged'
  | 'conflict'
  | 'closed';

/**
 * An error of the stores. The message says what, where and what to do; it never holds a value.
 *
 * @example
 * ```ts
 * import { Store, StoreError, type StoreErrorCode } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const codes: StoreErrorCode[] = [];
 * try {
 *   await store.values(`AC${'1'.repeat(32)}`).fetch({ kind: 'account' }, 'configs', 'missing');
 * } catch (error) {
 *   if (!(error instanceof StoreError)) throw error;
 *   codes.push(error.code);
 * }
 * codes; // => [ 'not-found' ]
 * await store.close();
 * ```
 */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
