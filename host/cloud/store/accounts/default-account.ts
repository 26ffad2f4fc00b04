import type { Engine, RecordChange } from '../engine/engine.js';
import { factOf, setting } from '../meta.js';
import { newSecret, newSid } from '../sids.js';
import type { AccountCredentials, Accounts } from './accounts.js';

/** The account that is used when none is named, and the device. */
export interface DefaultAccount {
  /** `AC` and 32 hex digits */
  accountSid: string;
  /** 32 hex digits; undefined when whoever knows it is not the keeper that was asked */
  authToken: string | undefined;
  /** `UV` and 32 hex digits */
  deviceSid: string;
}

/**
 * Where a token is kept for those who may use the store without asking; the store has its hash alone.
 *
 * @example
 * ```ts
 * import { type AccountCredentials, Store, type TokenKeeper } from 'wasmqtt/cloud';
 *
 * let kept: AccountCredentials | undefined;
 * const keeper: TokenKeeper = {
 *   read: () => kept,
 *   keepFirst: (credentials) => (kept ??= credentials),
 *   replace: (credentials) => {
 *     kept = credentials;
 *   },
 * };
 * const store = await Store.open('store-keeper');
 * const { authToken } = await store.ensureDefaultAccount(keeper);
 * (await store.ensureDefaultAccount(keeper)).authToken === authToken; // => true
 * await store.close();
 * ```
 */
export interface TokenKeeper {
  read(): AccountCredentials | undefined;
  /** Keeps the credentials unless others are kept. @returns what is kept afterwards */
  keepFirst(credentials: AccountCredentials): AccountCredentials;
  replace(credentials: AccountCredentials): void;
}

/**
 * The name in `meta` under which the SID of the default account is.
 *
 * @example
 * ```ts
 * import { DEFAULT_ACCOUNT, Store } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const { accountSid } = await store.ensureDefaultAccount();
 * (await store.meta.get(DEFAULT_ACCOUNT)) === accountSid; // => true
 * await store.close();
 * ```
 */
export const DEFAULT_ACCOUNT = 'account-sid';
const DEVICE = 'device-sid';
/** Stores of 0.1 have the token there, in the clear. */
const CLEAR_TOKEN = 'auth-token';

/**
 * The default account of a store and its default device. The first call makes them; later ones, also of other processes, return
 * the same. Rejects with StoreError as an `Engine` does, and with what the keeper throws.
 *
 * @param keeper without one, the token is known to the call that made the account, and to no later one
 * @param preferred what the first call takes; default at random
 */
export async function ensureDefaultAccount(
  engine: Engine,
  accounts: Accounts,
  keeper: TokenKeeper | undefined,
  preferred: Partial<AccountCredentials>,
): Promise<DefaultAccount> {
  for (;;) {
    const [accountSid, deviceSid, clearToken] = await facts(engine);
    if (accountSid !== undefined && deviceSid !== undefined) {
      if (clearToken === undefined) return { accountSid, deviceSid, authToken: tokenOf(accountSid, keeper) };
      const credentials = { accountSid, authToken: clearToken };
      keeper?.replace(credentials);
      await engine.commit([
        await creation(engine, accounts, credentials),
        { op: 'remove', table: 'meta', key: [CLEAR_TOKEN], if: 'present' },
      ]);
      if (keeper === undefined) return { deviceSid, ...credentials };
      continue;
    }
    const wanted = { accountSid: preferred.accountSid ?? newSid('AC'), authToken: preferred.authToken ?? newSecret() };
    const credentials = keeper?.keepFirst(wanted) ?? wanted;
    const made = { deviceSid: `UV${newSecret()}`, ...credentials };
    const { committed } = await engine.commit([
      await creation(engine, accounts, credentials),
      { ...setting(DEFAULT_ACCOUNT, made.accountSid), if: 'absent' },
      { ...setting(DEVICE, made.deviceSid), if: 'absent' },
    ]);
    // When another process was first, its account holds.
    if (committed) return made;
  }
}

/** The step of a commit after which there is this account. */
async function creation(engine: Engine, accounts: Accounts, credentials: AccountCredentials): Promise<RecordChange> {
  const key = [credentials.accountSid];
  const isThere = (await engine.get('account', key)) !== undefined;
  return isThere ? { op: 'check', table: 'account', key, if: 'present' } : accounts.creation(credentials, 'default');
}

function tokenOf(accountSid: string, keeper: TokenKeeper | undefined): string | undefined {
  const kept = keeper?.read();
  return kept?.accountSid === accountSid ? kept.authToken : undefined;
}

async function facts(engine: Engine): Promise<(string | undefined)[]> {
  const found = await engine.getMany('meta', [[DEFAULT_ACCOUNT], [DEVICE], [CLEAR_TOKEN]]);
  return found.map((record) => record && factOf(record));
}
