import { type AccountCredentials, Accounts } from './accounts/accounts.js';
import { type DefaultAccount, ensureDefaultAccount, type TokenKeeper } from './accounts/default-account.js';
import { SecretVerifier } from './accounts/secret-hash.js';
import { DEFAULT_APP_BYTES } from './apps/app-module.js';
import { Apps } from './apps/apps.js';
import { ChangeFeed } from './changes/change-feed.js';
import { checkDeviceKey, DeviceKeys, type KeyOwner } from './devices/device-keys.js';
import { Devices } from './devices/devices.js';
import type { Engine } from './engine/engine.js';
import { ApiKeys } from './keys/api-keys.js';
import { DeviceLogs } from './logs/device-logs.js';
import { LogLimits, type LogSettings } from './logs/log-lines.js';
import { Meta } from './meta.js';
import { openSealed, type SealOptions } from './open-sealed.js';
import { ValueStore } from './values/value-store.js';

export interface StoreOptions extends SealOptions {
  /** the clock, in milliseconds since 1970; default `Date.now` */
  now?: () => number;
  /** bytes of an application at most; default 8 MiB */
  appBytes?: number;
  /** what is kept of the log of each device */
  logs?: Partial<LogSettings>;
}

/** The things of one account. */
export interface AccountViews {
  accountSid: string;
  values: ValueStore;
  devices: Devices;
  apps: Apps;
  logs: DeviceLogs;
}

/**
 * Everything that the cloud keeps: one view for each kind of thing, over one engine.
 *
 * @example
 * ```ts
 * import { type DefaultAccount, type LogSettings, Store, type StoreOptions } from 'wasmqtt/cloud';
 *
 * const logs: Partial<LogSettings> = { lines: 1000 };
 * const options: StoreOptions = { appBytes: 1024 * 1024, logs };
 * const store = await Store.open('store', options);
 * const account: DefaultAccount = await store.ensureDefaultAccount();
 * (await store.ensureDefaultAccount()).accountSid === account.accountSid; // => true
 * await store.close();
 * ```
 */
export class Store {
  readonly meta: Meta;
  readonly accounts: Accounts;
  readonly keys: ApiKeys;
  /** News of devices. */
  readonly changes: ChangeFeed;
  readonly #engine: Engine;
  readonly #now: () => number;
  readonly #appBytes: number;
  readonly #logLimits: LogLimits;

  constructor(engine: Engine, options: StoreOptions = {}) {
    this.meta = new Meta(engine);
    this.changes = new ChangeFeed(engine);
    this.#engine = engine;
    this.#now = options.now ?? Date.now;
    const verifier = new SecretVerifier();
    this.accounts = new Accounts(engine, verifier, this.#now);
    this.keys = new ApiKeys(engine, verifier, this.#now);
    this.#appBytes = options.appBytes ?? DEFAULT_APP_BYTES;
    this.#logLimits = new LogLimits(options.logs);
  }

  /**
   * Opens the store in a folder, which is made if it is missing (mode 0700, files 0600), or in a PostgreSQL database, whose tables are
   * made if they are missing (docs/postgresql.md). Its records are encrypted.
   *
   * @param place a folder, or `postgres://USER@HOST:PORT/DATABASE`
   * Rejects with StoreError `unusable` when the folder, its data file, the database or the master key cannot be used, `unavailable` while
   * the database cannot be reached.
   */
  static async open(place: string, options: StoreOptions = {}): Promise<Store> {
    return new Store(await openSealed(place, options), options);
  }

  /** Where it is, in words: `the store in /var/lib/wasmqtt`. It holds no password. */
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

  /** The devices of an account. */
  devices(accountSid: string): Devices {
    return new Devices(this.#engine, accountSid, this.apps(accountSid), this.#now);
  }

  /** The keys of the devices of an account. */
  deviceKeys(accountSid: string): DeviceKeys {
    return new DeviceKeys(this.#engine, accountSid, this.#now);
  }

  /** Whose device key this is; undefined when it is nobody's. */
  ownerOfDeviceKey(key: string): Promise<KeyOwner | undefined> {
    return checkDeviceKey(this.#engine, key);
  }

  /** The applications of an account. */
  apps(accountSid: string): Apps {
    return new Apps(this.#engine, accountSid, this.#now, this.#appBytes);
  }

  /** The log lines of the devices of an account. */
  logs(accountSid: string): DeviceLogs {
    return new DeviceLogs(this.#engine, accountSid, this.changes, this.#logLimits, this.#now);
  }

  /** Everything of an account. */
  of(accountSid: string): AccountViews {
    return {
      accountSid,
      values: this.values(accountSid),
      devices: this.devices(accountSid),
      apps: this.apps(accountSid),
      logs: this.logs(accountSid),
    };
  }

  /** Waits for writes under way, then lets go of files and connections. Further calls do nothing. */
  close(): Promise<void> {
    return this.#engine.close();
  }
}
