import { randomBytes } from 'node:crypto';
import type { Store } from './store.js';

/** Who may use the REST calls, and the device that is used when none is named. */
export interface Account {
  /** `AC` and 32 hex digits */
  accountSid: string;
  /** 32 hex digits */
  authToken: string;
  /** `UV` and 32 hex digits */
  deviceSid: string;
}

/**
 * The account of this store and its default device. The first call makes them; later calls return the same.
 *
 * @param preferred what the first call takes for the account; default at random
 * Rejects with StoreError as an `Engine` does.
 */
export async function ensureAccount(
  store: Store,
  preferred: { accountSid?: string; authToken?: string } = {},
): Promise<Account> {
  const random = () => randomBytes(16).toString('hex');
  const facts = await store.meta.ensure({
    'account-sid': preferred.accountSid ?? `AC${random()}`,
    'auth-token': preferred.authToken ?? random(),
    'device-sid': `UV${random()}`,
  });
  return { accountSid: facts['account-sid'], authToken: facts['auth-token'], deviceSid: facts['device-sid'] };
}
