import { DEFAULT_APP_BYTES } from './apps/app-module.js';
import { Apps } from './apps/apps.js';
import { ChangeFeed } from './changes/change-feed.js';
import { checkDeviceKey, DeviceKeys, type KeyOwner } from './devices/device-keys.js';
import { Devices } from './devices/devices.js';
import type { Engine } from './engine/engine.js';
import { LmdbEngine } from './engine/lmdb-engine.js';
import { DeviceLogs } from './logs/device-logs.js';
import { LogLimits, type LogSettings } from './logs/log-lines.js';
import { Meta } from './meta.js';
import { ValueStore } from './values/value-store.js';

export interface StoreOptions {
  /** the clock, in milliseconds since 1970; default `Date.now` */
  now?: () => number;
  /** bytes of an application at most; default 8 MiB */
  appBytes?: number;
  /** what is kept of the log of each device */
  logs?: Partial<LogSettings>;
}

/** Everything that the cloud keeps: one view for each kind of thing, over one engine. */
export class Store {
  readonly meta: Meta;
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
    this.#appBytes = options.appBytes ?? DEFAULT_APP_BYTES;
    this.#logLimits = new LogLimits(options.logs);
  }

  /**
   * Opens the store in a folder, which is made if it is missing (mode 0700, files 0600).
   *
   * Rejects with StoreError `unusable` when the folder or its data file cannot be used.
   */
  static async open(directory: string, options: StoreOptions = {}): Promise<Store> {
    return new Store(new LmdbEngine(directory), options);
  }

  /** Where it is, in words: `the store in /var/lib/wasmqtt`. */
  get place(): string {
    return this.#engine.place;
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

  /** Waits for writes under way, then closes the files. Further calls do nothing. */
  close(): Promise<void> {
    return this.#engine.close();
  }
}
