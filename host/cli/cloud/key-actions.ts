import type { ApiKey, Store } from '../../cloud/index.js';
import { visible } from '../../node/visible-text.js';
import { accountOf, openStore } from '../services/local-store.js';

export interface KeyFlags {
  data: string;
  store?: string;
  masterKeyCommand?: string;
  /** default that of the local store, or of the environment */
  account?: string;
  json?: boolean;
}

/** `wasmqtt cloud key create`. @throws UserError, StoreError */
export async function createKey(flags: KeyFlags & { name: string; readOnly?: boolean }): Promise<void> {
  const { name, readOnly } = flags;
  const key = await withAccount(flags, (store, accountSid) => store.keys.create(accountSid, name, { readOnly }));
  print(
    flags,
    key,
    `${describe(key)}\n  user name  ${key.keySid}\n  password   ${key.secret}\n\nThe secret is shown once: the store has only its hash.\n`,
  );
}

/** `wasmqtt cloud key list`. @throws UserError, StoreError */
export async function listKeys(flags: KeyFlags): Promise<void> {
  const keys = await withAccount(flags, (store, accountSid) => store.keys.list(accountSid));
  for (const key of keys) print(flags, key, describe(key));
}

/** `wasmqtt cloud key delete`. @throws UserError, StoreError */
export async function deleteKey(keySid: string, flags: KeyFlags): Promise<void> {
  await withAccount(flags, (store, accountSid) => store.keys.delete(accountSid, keySid));
  print(flags, { event: 'deleted', keySid }, `API key ${keySid} is deleted, and opens nothing any more\n`);
}

function describe({ keySid, dateCreated, readOnly, friendlyName }: ApiKey): string {
  const date = dateCreated.toISOString().slice(0, 10);
  return `${keySid}  ${date}  ${readOnly ? 'reads only' : 'all calls '}  ${visible(friendlyName)}\n`;
}

function print({ json }: KeyFlags, object: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : text);
}

async function withAccount<T>(flags: KeyFlags, action: (store: Store, accountSid: string) => Promise<T>): Promise<T> {
  const store = await openStore(flags);
  try {
    return await action(store, flags.account ?? (await accountOf(store, flags.data, process.env)).accountSid);
  } finally {
    await store.close();
  }
}
