import { join } from 'node:path';
import { type Account, ensureAccount, MASTER_KEY_FILE, Store } from '../../cloud/index.js';
import { UserError } from '../process/user-error.js';
import { masterKeySource } from './master-key-source.js';

const ACCOUNT_SID = /^AC[0-9a-fA-F]{32}$/;

export const DEFAULT_CLOUD_PORT = 8180;

/** Where `wasmqtt cloud` serves the local store when its port is free. */
export const LOCAL_CLOUD_URL = `http://127.0.0.1:${DEFAULT_CLOUD_PORT}/v1`;

/** The folder of the stores within the data folder. */
export function storeFolder(data: string): string {
  return join(data, 'store');
}

export interface LocalStoreOptions {
  /** the data folder */
  data: string;
  masterKeyCommand?: string;
}

/** Rejects with StoreError `unusable`, and UsageError when there are two master keys. */
export async function openStore(data: string, options: { masterKeyCommand?: string } = {}): Promise<Store> {
  return Store.open(storeFolder(data), sealOptions({ data, ...options }, process.env));
}

/** A store of 0.1 becomes the account's that the environment names, whose calls had its values. @throws UsageError, StoreError `unusable` */
export function sealOptions({ data, masterKeyCommand }: LocalStoreOptions, env: NodeJS.ProcessEnv) {
  const { TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_AUTH_TOKEN: authToken } = env;
  const isNamed = authToken && ACCOUNT_SID.test(accountSid);
  return {
    masterKey: masterKeySource(join(storeFolder(data), MASTER_KEY_FILE), masterKeyCommand, env),
    oldAccountSid: isNamed ? accountSid : undefined,
  };
}

/**
 * The account of the local cloud. If TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are both set in the environment, they name it,
 * so that the commands of the documents work unchanged.
 *
 * @throws UserError when the account SID is malformed; StoreError
 */
export async function accountOf(store: Store, env: NodeJS.ProcessEnv): Promise<Account> {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  if (!accountSid || !authToken) return ensureAccount(store);
  if (!ACCOUNT_SID.test(accountSid)) {
    throw new UserError('TWILIO_ACCOUNT_SID in the environment is not AC and 32 hex digits; correct or unset it');
  }
  const { deviceSid } = await ensureAccount(store, { accountSid, authToken });
  return { accountSid, authToken, deviceSid };
}
