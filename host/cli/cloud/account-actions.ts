import { type AccountInfo, DEFAULT_ACCOUNT, type Store } from '../../cloud/index.js';
import { visible } from '../../node/visible-text.js';
import { UserError } from '../process/user-error.js';
import { KeptToken } from '../services/kept-token.js';
import { openStore } from '../services/local-store.js';
import { exportLines } from './export-lines.js';

export interface AccountFlags {
  data: string;
  store?: string;
  masterKeyCommand?: string;
  json?: boolean;
}

/** `wasmqtt cloud account create`. @throws UserError, StoreError */
export async function createAccount(flags: AccountFlags & { name: string }): Promise<void> {
  const account = await withStore(flags, (store) => store.accounts.create(flags.name));
  const { accountSid, authToken } = account;
  print(
    flags,
    account,
    `account ${accountSid}, ${visible(flags.name)}\n\n${exportLines(accountSid, authToken)}${ONCE}`,
  );
}

/** `wasmqtt cloud account list`. @throws UserError, StoreError */
export async function listAccounts(flags: AccountFlags): Promise<void> {
  const accounts = await withStore(flags, (store) => store.accounts.list());
  for (const account of accounts) print(flags, account, line(account));
}

/** `wasmqtt cloud account delete`. @throws UserError, StoreError */
export async function deleteAccount(accountSid: string, flags: AccountFlags): Promise<void> {
  await withStore(flags, async (store) => {
    if ((await store.meta.get(DEFAULT_ACCOUNT)) === accountSid) {
      throw new UserError(`${accountSid} is the account that commands on this store use; it stays`);
    }
    await store.accounts.delete(accountSid);
  });
  print(
    flags,
    { event: 'deleted', accountSid },
    `account ${accountSid} is deleted, with everything that was its own\n`,
  );
}

/** `wasmqtt cloud account token`. @throws UserError, StoreError */
export async function renewToken(accountSid: string, flags: AccountFlags): Promise<void> {
  const credentials = await withStore(flags, async (store) => {
    const renewed = await store.accounts.renewToken(accountSid);
    if ((await store.meta.get(DEFAULT_ACCOUNT)) === accountSid) new KeptToken(flags.data).replace(renewed);
    return renewed;
  });
  print(
    flags,
    credentials,
    `the old token opens nothing any more\n\n${exportLines(accountSid, credentials.authToken)}${ONCE}`,
  );
}

const ONCE = '\nThe token is shown once: the store has only its hash.\n';

function line({ accountSid, friendlyName, dateCreated }: AccountInfo): string {
  return `${accountSid}  ${dateCreated.toISOString().slice(0, 10)}  ${visible(friendlyName)}\n`;
}

function print({ json }: AccountFlags, object: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : text);
}

async function withStore<T>(flags: AccountFlags, action: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(flags);
  try {
    return await action(store);
  } finally {
    await store.close();
  }
}
