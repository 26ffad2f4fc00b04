import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultAccount, isPostgresAddress, MASTER_KEY_FILE, Store } from '../../cloud/index.js';
import { UserError } from '../process/user-error.js';
import { KeptToken } from './kept-token.js';
import { masterKeySource } from './master-key-source.js';

const ACCOUNT_SID = /^AC[0-9a-fA-F]{32}$/;

export const DEFAULT_CLOUD_PORT = 8180;

/** Where `wasmqtt cloud` serves the local store when its port is free. */
export const LOCAL_CLOUD_URL = `http://127.0.0.1:${DEFAULT_CLOUD_PORT}/v1`;

/** Where the stores are, as `Store.open` takes it: a folder, by default within the data folder, or an address with its password. */
export function storePlace({ data, store }: Pick<LocalStoreOptions, 'data' | 'store'>): string {
  return store ?? join(data, 'store');
}

/** Whether there is no folder at this place. Only opening it tells what there is in a database. */
export function isMissing(place: string): boolean {
  return !isPostgresAddress(place) && !existsSync(place);
}

export interface LocalStoreOptions {
  /** the data folder */
  data: string;
  /** another folder of the stores, or an address of PostgreSQL */
  store?: string;
  masterKeyCommand?: string;
}

/** Rejects with StoreError `unusable`, `unavailable`, and UsageError when there are two master keys. */
export async function openStore(options: LocalStoreOptions): Promise<Store> {
  return Store.open(storePlace(options), sealOptions(options, process.env));
}

/** A store of 0.1 becomes the account's that the environment names, whose calls had its values. @throws UsageError, StoreError `unusable` */
export function sealOptions(options: LocalStoreOptions, env: NodeJS.ProcessEnv) {
  const { TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_AUTH_TOKEN: authToken } = env;
  const isNamed = authToken && ACCOUNT_SID.test(accountSid);
  return {
    masterKey: masterKeySource(join(keyFolder(options), MASTER_KEY_FILE), options.masterKeyCommand, env),
    oldAccountSid: isNamed ? accountSid : undefined,
  };
}

/** A master key lies beside its store; that of a database where the store of the data folder would be, so that a copy of it opens. */
function keyFolder({ data, store }: LocalStoreOptions): string {
  return storePlace({ data, store: store !== undefined && isPostgresAddress(store) ? undefined : store });
}

/** The account of a command, and the device that is used when none is named. */
export interface LocalAccount extends DefaultAccount {
  /** whether the environment names it: its token then holds for this process, whatever the store has */
  isOfEnvironment: boolean;
}

/**
 * The account of the local cloud. If TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are both set in the environment, they name it,
 * so that the commands of the documents work unchanged.
 *
 * @param data the data folder, which keeps the token
 * @throws UserError when the account SID is malformed, or the file of the token cannot be used; StoreError
 */
export async function accountOf(store: Store, data: string, env: NodeJS.ProcessEnv): Promise<LocalAccount> {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  const keeper = new KeptToken(data);
  if (!accountSid || !authToken) return { ...(await store.ensureDefaultAccount(keeper)), isOfEnvironment: false };
  if (!ACCOUNT_SID.test(accountSid)) {
    throw new UserError('TWILIO_ACCOUNT_SID in the environment is not AC and 32 hex digits; correct or unset it');
  }
  const { deviceSid } = await store.ensureDefaultAccount(keeper, { accountSid, authToken });
  return { accountSid, authToken, deviceSid, isOfEnvironment: true };
}
