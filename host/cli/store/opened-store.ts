import { type MasterKeySource, openSealed, type SealedEngine } from '../../cloud/index.js';
import { UserError } from '../process/user-error.js';
import { isMissing, type LocalStoreOptions, sealOptions, storePlace } from '../services/local-store.js';

export interface StoreFlags extends LocalStoreOptions {
  json?: boolean;
}

/**
 * Runs an action on the store of the data folder, and closes it. Rejects with StoreError, UsageError, and UserError when there is none.
 *
 * @param isMade whether a store that is not there is made
 */
export async function withOpenedStore<T>(
  flags: StoreFlags,
  action: (engine: SealedEngine, masterKey: MasterKeySource) => Promise<T>,
  isMade = false,
): Promise<T> {
  const place = storePlace(flags);
  if (!isMade && isMissing(place)) {
    throw new UserError(`there is no store in ${place}; name its data folder with --data`);
  }
  const options = sealOptions(flags, process.env);
  const engine = await openSealed(place, options);
  try {
    return await action(engine, options.masterKey);
  } finally {
    await engine.close();
  }
}

/** What was done: one line for people, or one object. */
export function report({ json }: StoreFlags, event: { event: string; [fact: string]: unknown }, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(event)}\n` : `${text}\n`);
}
