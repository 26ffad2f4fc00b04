import { type AccountCredentials, Accounts } from './accounts/accounts.js';
import { type DefaultAccount, ensureDefaultAccount, type TokenKeeper } from './accounts/default-account.js';
import { SecretVerifier } from './accounts/secret-hash.js';
import type { Engine } from './engine/engine.js';
import { ApiKeys } from './keys/api-keys.js';
import { Meta } from './meta.js';
import { openSealed, type SealOptions } from './open-sealed.js';
import { ValueStore } from './values/value-store.js';

export interface StoreOptions extends SealOptions {
  /** the clock, in milliseconds since 1970; default `Date.now` */
  now?: () => number;
}

/** Everything that the cloud keeps: one view for each kind of thing, over one engine. */
export class Store {
  readonly meta: Meta;
  readonly accounts: Accounts;
  readonly keys: ApiKeys;
  readonly #engine: Engine;
  readonly #now: () => number;

  constructor(engine: Engine, options: StoreOptions = {}) {
    this.meta = new Meta(engine);
    this.#engine = engine;
    this.#now = options.now ?? Date.now;
    const verifier = new SecretVerifier();
    this.accounts = new Accounts(engine, verifier, this.#now);
    this.keys = new ApiKeys(engine, verifier, this.#now);
  }

  /**
   * Opens the store in a folder, which is made if it is missing (mode 0700, files 0600). Its records are encrypted.
   *
   * Rejects with StoreError `unusable` when the folder, its data file or the master key cannot be used.
   */
  static async open(directory: string, options: StoreOptions = {}): Promise<Store> {
    return new Store(await openSealed(directory, options), options);
  }

  /** Where it is, in words: `the store in /var/lib/wasmqtt`. */
  get place(): string {
    return this.#engine.place;
  }

  /** See {@link ensureDefaultAccount}. */
  ensureDefaultAccount(keeper?: TokenKeeper, preferred: Partial<AccountCredentials> = {}): Promise<DefaultAccount> {
    return ensureDefaultAccount(this.#engine, this.accounts, keeper, preferred);
  }

  /** The configs and secrets of an account. */
  values(accountSid: string): ValueStore {
    return new ValueStore(this.#engine, accountSid, this.#now);
  }

  /** Waits for writes under way, then closes the files. Further calls do nothing. */
  close(): Promise<void> {
    return this.#engine.close();
  }
}
