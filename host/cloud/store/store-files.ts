/** What lies in the folder of a store beside the files of LMDB. */

/**
 * The master key, unless it comes from elsewhere.
 *
 * @example
 * ```ts
 * import { existsSync } from 'node:fs';
 * import { MASTER_KEY_FILE, Store } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * existsSync(`store/${MASTER_KEY_FILE}`); // => true
 * await store.close();
 * ```
 */
export const MASTER_KEY_FILE = 'master.key';
/** The one that a rotation brings, until it takes the place of the other. */
export const NEXT_MASTER_KEY_FILE = 'master.key.next';
/** Says that the data file is a store of today, not of 0.1. */
export const FORMAT_FILE = 'format';
/** Is there while a store of 0.1 is taken over. */
export const TAKE_OVER_FOLDER = 'take-over';

export const STORE_FILES: readonly string[] = [MASTER_KEY_FILE, NEXT_MASTER_KEY_FILE, FORMAT_FILE, TAKE_OVER_FOLDER];
