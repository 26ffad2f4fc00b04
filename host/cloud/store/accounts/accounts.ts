import { AGAIN, attempts } from '../attempts.js';
import type { Engine, EngineRecord, RecordChange } from '../engine/engine.js';
import { checkFriendlyName } from '../friendly-name.js';
import { readRecord, writeRecord } from '../record-json.js';
import { checkSid, isSid, newSecret, newSid } from '../sids.js';
import { StoreError } from '../store-error.js';
import { noSuchAccount } from './no-such-account.js';
import { removeOwned } from './remove-owned.js';
import { hashSecret, type SecretVerifier } from './secret-hash.js';

/** What may be known of an account. */
export interface AccountInfo {
  /** `AC` and 32 hex digits: the user name of the REST calls */
  accountSid: string;
  friendlyName: string;
  dateCreated: Date;
}

/** User name and password of the REST calls. */
export interface AccountCredentials {
  accountSid: string;
  authToken: string;
}

/** As it is kept. */
interface AccountRecord {
  friendlyName: string;
  tokenHash: string;
  dateCreated: number;
}

/**
 * The accounts of a store: whose values, devices and applications there are. Of a token only the hash is kept, so it is shown once. Every
 * method rejects with StoreError, also as an `Engine` does.
 *
 * @example
 * ```ts
 * import { type AccountCredentials, type AccountInfo, type Accounts, Store } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-accounts');
 * const accounts: Accounts = store.accounts;
 * const { accountSid, authToken }: AccountCredentials = await accounts.create('plant');
 * const found: AccountInfo | undefined = await accounts.verify(accountSid, authToken);
 * found?.friendlyName; // => 'plant'
 * await store.close();
 * ```
 */
export class Accounts {
  readonly #engine: Engine;
  readonly #verifier: SecretVerifier;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, verifier: SecretVerifier, now: () => number) {
    this.#engine = engine;
    this.#verifier = verifier;
    this.#now = now;
  }

  /**
   * Makes an account. Rejects with `already-exists`, `invalid-sid` and `invalid-name`.
   *
   * @param friendlyName 1 to 64 characters, for people
   * @param given SID and token; default at random
   */
  async create(
    friendlyName: string,
    given: Partial<AccountCredentials> = {},
  ): Promise<AccountInfo & AccountCredentials> {
    const { accountSid = newSid('AC'), authToken = newSecret() } = given;
    const change = await this.creation({ accountSid, authToken }, friendlyName);
    if (!(await this.#engine.commit([change])).committed) {
      throw new StoreError('already-exists', `account ${accountSid} is in this store already`);
    }
    return { accountSid, authToken, friendlyName, dateCreated: new Date(this.#now()) };
  }

  /** The step of a commit that makes an account, unless it is there. */
  async creation({ accountSid, authToken }: AccountCredentials, friendlyName: string): Promise<RecordChange> {
    checkSid('AC', accountSid);
    checkFriendlyName(friendlyName);
    const record: AccountRecord = {
      friendlyName,
      tokenHash: await hashSecret(authToken),
      dateCreated: this.#now(),
    };
    return { op: 'put', table: 'account', key: [accountSid], data: writeRecord(record), if: 'absent' };
  }

  /** All of them, by SID. */
  async list(): Promise<AccountInfo[]> {
    return (await this.#engine.list('account', [])).map(toAccount);
  }

  /** Gives an account a new token; the old one opens nothing from then on. Rejects with `not-found`. */
  async renewToken(accountSid: string): Promise<AccountCredentials> {
    checkSid('AC', accountSid);
    const authToken = newSecret();
    const tokenHash = await hashSecret(authToken);
    await attempts(`account ${accountSid}`, async () => {
      const found = await this.#engine.get('account', [accountSid]);
      if (found === undefined) throw noSuchAccount(accountSid);
      const data = writeRecord({ ...readRecord<AccountRecord>(found), tokenHash });
      const put = { op: 'put', table: 'account', key: [accountSid], data, if: found.revision } as const;
      return (await this.#engine.commit([put])).committed ? undefined : AGAIN;
    });
    return { accountSid, authToken };
  }

  /**
   * Removes an account and everything that is its own: first nobody gets in any more, then the records go. When that was cut short,
   * another call goes on with it. Rejects with `not-found`.
   */
  async delete(accountSid: string): Promise<void> {
    checkSid('AC', accountSid);
    const { committed } = await this.#engine.commit([
      { op: 'remove', table: 'account', key: [accountSid], if: 'present' },
    ]);
    const removed = await removeOwned(this.#engine, accountSid);
    if (!committed && removed === 0) throw noSuchAccount(accountSid);
  }

  /** The account with this SID and token, or undefined. */
  async verify(accountSid: string, authToken: string): Promise<AccountInfo | undefined> {
    if (!isSid('AC', accountSid)) return undefined;
    const found = await this.#engine.get('account', [accountSid]);
    const hash = found && readRecord<AccountRecord>(found).tokenHash;
    const right = await this.#verifier.verify(authToken, hash);
    return right && found ? toAccount(found) : undefined;
  }
}

function toAccount(record: EngineRecord): AccountInfo {
  const { friendlyName, dateCreated } = readRecord<AccountRecord>(record);
  return { accountSid: record.key[0], friendlyName, dateCreated: new Date(dateCreated) };
}
