import type { Store } from '../../cloud/index.js';
import { accountOf, type LocalStoreOptions, openStore } from './local-store.js';

/** Opens the store of a data folder for an action on behalf of its account, and closes it. @throws UserError, StoreError */
export async function withLocalAccount<T>(
  options: LocalStoreOptions,
  action: (store: Store, accountSid: string) => Promise<T>,
): Promise<T> {
  const store = await openStore(options);
  try {
    const { accountSid } = await accountOf(store, options.data, process.env);
    return await action(store, accountSid);
  } finally {
    await store.close();
  }
}
