/**
 * What a {@link StorageError} is about:
 * - `unusable`: the folder or its data file cannot be opened
 * - `in-use`: another process has the folder
 * - `format`: another version of the program wrote it
 * - `damaged`: a record cannot be read
 * - `closed`: the store was closed before the call
 */
export type StorageErrorCode = 'unusable' | 'in-use' | 'format' | 'damaged' | 'closed';

/**
 * An error of the broker's store. The message says what, where and what to do.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { LmdbStore, StorageError, type StorageErrorCode } from 'wasmqtt/broker';
 *
 * writeFileSync('no-folder', '');
 * const codes: StorageErrorCode[] = [];
 * try {
 *   new LmdbStore({ directory: 'no-folder' });
 * } catch (error) {
 *   if (!(error instanceof StorageError)) throw error;
 *   codes.push(error.code);
 * }
 * codes; // => [ 'unusable' ]
 * ```
 */
export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
  }
}
