import { join } from 'node:path';
import { openEngine } from './engine/open-engine.js';
import { isPostgresAddress, shownPlace } from './engine/postgres/postgres-address.js';
import type { MasterKeySource } from './seal/master-key.js';
import { MasterKeyFile } from './seal/master-key-file.js';
import { SealedEngine } from './seal/sealed-engine.js';
import { StoreError } from './store-error.js';
import { MASTER_KEY_FILE } from './store-files.js';
import { takeOver } from './takeover/take-over.js';

export interface SealOptions {
  /** where the master key comes from; default the file `master.key` in the folder, made with a new store; a database has no default */
  masterKey?: MasterKeySource;
  /** whose the values of a store of 0.1 are, which had one account: `AC` and 32 hex digits; default the account of the store */
  oldAccountSid?: string;
}

/**
 * Opens the records of a store in a folder, which is made if it is missing, or in PostgreSQL. A store of 0.1 in a folder is taken over.
 *
 * @param place as `Store.open` takes it
 * Rejects with StoreError `unusable` when the place or the master key cannot be used, `unavailable` while a database cannot be reached.
 *
 * @example
 * ```ts
 * import { MasterKeyFile, openSealed, type Rotation, type SealedEngine, type SealOptions } from 'wasmqtt/cloud';
 *
 * const source = new MasterKeyFile('keys/master.key');
 * const options: SealOptions = { masterKey: source };
 * const engine: SealedEngine = await openSealed('store-sealed', options);
 * const rotation: Omit<Rotation, 'source'> = { next: () => source.next(), advance: (ids) => source.advance(ids) };
 * await engine.rotate(rotation); // => 0
 * await engine.close();
 * ```
 */
export async function openSealed(place: string, options: SealOptions = {}): Promise<SealedEngine> {
  if (isPostgresAddress(place)) {
    const { masterKey } = options;
    if (masterKey !== undefined) return SealedEngine.open(await openEngine(place), masterKey);
    const advice = 'name one: the option masterKey';
    throw new StoreError('unusable', `the store in ${shownPlace(place)} has no folder for its master key; ${advice}`);
  }
  const source = options.masterKey ?? new MasterKeyFile(join(place, MASTER_KEY_FILE));
  await takeOver(place, source, options.oldAccountSid);
  return SealedEngine.open(await openEngine(place), source);
}
