import { type MasterKeySource, openSealed, type SealedEngine } from '../../cloud/index.js';
import { type LocalStoreOptions, sealOptions, storeFolder } from '../services/local-store.js';

export interface StoreFlags extends LocalStoreOptions {
  json?: boolean;
}

/** Runs an action on the store of the data folder, and closes it. Rejects with StoreError, UsageError. */
export async function withOpenedStore<T>(
  flags: StoreFlags,
  action: (engine: SealedEngine, masterKey: MasterKeySource) => Promise<T>,
): Promise<T> {
  const options = sealOptions(flags, process.env);
  const engine = await openSealed(storeFolder(flags.data), options);
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
