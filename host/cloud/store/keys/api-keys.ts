import { noSuchAccount } from '../accounts/no-such-account.js';
import { hashSecret, type SecretVerifier } from '../accounts/secret-hash.js';
import type { Engine, EngineRecord } from '../engine/engine.js';
import { checkFriendlyName } from '../friendly-name.js';
import { readRecord, writeRecord } from '../record-json.js';
import { checkSid, isSid, newSecret, newSid } from '../sids.js';
import { StoreError } from '../store-error.js';
import { quote } from '../values/value-limits.js';

/** What may be known of an API key. */
export interface ApiKey {
  /** `SK` and 32 hex digits: the user name of the REST calls */
  keySid: string;
  /** whose values it opens */
  accountSid: string;
  friendlyName: string;
  /** whether it may only read */
  readOnly: boolean;
  dateCreated: Date;
}

/** A key that was just made. Only its hash is kept: the secret is not to be had again. */
export interface NewApiKey extends ApiKey {
  /** 32 hex digits: the password of the REST calls */
  secret: string;
}

/** As it is kept. */
interface KeyRecord {
  accountSid: string;
  friendlyName: string;
  readOnly: boolean;
  secretHash: string;
  dateCreated: number;
}

/**
 * The API keys of all accounts. Every method rejects with StoreError, also as an `Engine` does.
 *
 * @example
 * ```ts
 * import { type ApiKey, type ApiKeys, type Caller, type NewApiKey, Store } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const { accountSid } = await store.ensureDefaultAccount();
 * const keys: ApiKeys = store.keys;
 * const made: NewApiKey = await keys.create(accountSid, 'dashboard', { readOnly: true });
 * const key: ApiKey | undefined = await keys.verify(made.keySid, made.secret);
 * const caller: Caller | undefined = key;
 * [key?.friendlyName, caller?.readOnly]; // => [ 'dashboard', true ]
 * await keys.delete(accountSid, made.keySid);
 * await store.close();
 * ```
 */
export class ApiKeys {
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
   * Makes a key for an account of this store. Rejects with `not-found` when there is no such account, and `invalid-name`.
   *
   * @param friendlyName 1 to 64 characters, for people
   */
  async create(accountSid: string, friendlyName: string, { readOnly = false } = {}): Promise<NewApiKey> {
    checkSid('AC', accountSid);
    checkFriendlyName(friendlyName);
    const [keySid, secret] = [newSid('SK'), newSecret()];
    const record: KeyRecord = {
      accountSid,
      friendlyName,
      readOnly,
      secretHash: await hashSecret(secret),
      dateCreated: this.#now(),
    };
    const { committed } = await this.#engine.commit([
      { op: 'check', table: 'account', key: [accountSid], if: 'present' },
      { op: 'put', table: 'api_key', key: [keySid], data: writeRecord(record), if: 'absent' },
    ]);
    if (committed) return { ...toApiKey(keySid, record), secret };
    throw noSuchAccount(accountSid);
  }

  /** The keys of an account, by SID. */
  async list(accountSid: string): Promise<ApiKey[]> {
    const all = await this.#engine.list('api_key', []);
    return all.map(fromRecord).filter((key) => key.accountSid === accountSid);
  }

  /** Removes a key of an account; it opens nothing from then on. Rejects with `not-found`. */
  async delete(accountSid: string, keySid: string): Promise<void> {
    checkSid('SK', keySid);
    const found = await this.#engine.get('api_key', [keySid]);
    const isTheirs = found !== undefined && fromRecord(found).accountSid === accountSid;
    // A key never goes to another account, so what was read holds.
    const { committed } = isTheirs
      ? await this.#engine.commit([{ op: 'remove', table: 'api_key', key: [keySid], if: 'present' }])
      : { committed: false };
    if (!committed) {
      throw new StoreError('not-found', `${quote(keySid)} is not among the API keys of account ${accountSid}`);
    }
  }

  /** The key with this SID and secret, or undefined. */
  async verify(keySid: string, secret: string): Promise<ApiKey | undefined> {
    if (!isSid('SK', keySid)) return undefined;
    const found = await this.#engine.get('api_key', [keySid]);
    const record = found && readRecord<KeyRecord>(found);
    const right = await this.#verifier.verify(secret, record?.secretHash);
    if (!right || record === undefined) return undefined;
    // While an account is being deleted, its keys may still be there.
    const account = await this.#engine.get('account', [record.accountSid]);
    return account && toApiKey(keySid, record);
  }
}

function fromRecord(record: EngineRecord): ApiKey {
  return toApiKey(record.key[0], readRecord<KeyRecord>(record));
}

function toApiKey(keySid: string, { accountSid, friendlyName, readOnly, dateCreated }: KeyRecord): ApiKey {
  return { keySid, accountSid, friendlyName, readOnly, dateCreated: new Date(dateCreated) };
}
