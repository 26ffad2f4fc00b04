import { join } from 'node:path';
import { Store, type ValueStore } from '../../../host/cloud/index.js';

/** Uses the values that `wasmqtt` keeps in a data folder, for the account of the store there, and closes the store. */
export function withLocalValues<T>(data: string, use: (values: ValueStore) => Promise<T>): Promise<T> {
  return withLocalStore(data, (store, accountSid) => use(store.values(accountSid)));
}

/** Uses the store that `wasmqtt` has in a data folder, with its account, and closes it. */
export async function withLocalStore<T>(
  data: string,
  use: (store: Store, accountSid: string) => Promise<T>,
): Promise<T> {
  const store = await Store.open(join(data, 'store'));
  try {
    const { accountSid } = await store.ensureDefaultAccount();
    return await use(store, accountSid);
  } finally {
    await store.close();
  }
}
