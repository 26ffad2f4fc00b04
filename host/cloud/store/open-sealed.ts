import { join } from 'node:path';
import { LmdbEngine } from './engine/lmdb-engine.js';
import type { MasterKeySource } from './seal/master-key.js';
import { MasterKeyFile } from './seal/master-key-file.js';
import { SealedEngine } from './seal/sealed-engine.js';
import { MASTER_KEY_FILE } from './store-files.js';
import { takeOver } from './takeover/take-over.js';

export interface SealOptions {
  /** where the master key comes from; default the file `master.key` in the folder, made with a new store */
  masterKey?: MasterKeySource;
  /** whose the values of a store of 0.1 are, which had one account: `AC` and 32 hex digits; default the account of the store */
  oldAccountSid?: string;
}

/**
 * Opens the records of a store in a folder, which is made if it is missing. A store of 0.1 is taken over.
 *
 * Rejects with StoreError `unusable` when the folder, its data file or the master key cannot be used.
 */
export async function openSealed(directory: string, options: SealOptions = {}): Promise<SealedEngine> {
  const source = options.masterKey ?? new MasterKeyFile(join(directory, MASTER_KEY_FILE));
  await takeOver(directory, source, options.oldAccountSid);
  return SealedEngine.open(new LmdbEngine(directory), source);
}
