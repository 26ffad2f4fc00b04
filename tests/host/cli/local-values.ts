import { join } from 'node:path';
import { Store, type ValueStore } from '../../../host/cloud/index.js';

/** Uses the values that `wasmqtt` keeps in a data folder, for the account of the store there, and closes the store. */
export async function withLocalValues<T>(data: string, use: (values: ValueStore) => Promise<T>): Promise<T> {
  const store = await Store.open(join(data, 'store'));
  try {
    const { accountSid } = await store.ensureDefaultAccount();
    return await use(store.values(accountSid));
  } finally {
    await store.close();
  }
}
