import {
  asChanges,
  type CloudClient,
  type PresentValues,
  readPresent,
  type Scope,
  type SecretDates,
  type Store,
  type StoreName,
  shownPlace,
  type ValueStore,
  type WritePlan,
  writeAll,
} from '../../cloud/index.js';
import type { ConfigKey } from '../../credentials/index.js';
import type { StoresOptions } from '../options/stores-options.js';
import { UserError } from '../process/user-error.js';
import { EmbeddedValues } from '../services/embedded-values.js';
import {
  accountOf,
  isMissing,
  LOCAL_CLOUD_URL,
  type LocalAccount,
  openStore,
  storePlace,
} from '../services/local-store.js';
import { remoteCloud } from '../services/remote-cloud.js';

export interface TargetOptions extends StoresOptions {
  dryRun?: boolean;
}

/** A value that is to be removed. */
export interface Removal {
  store: StoreName;
  key: ConfigKey;
}

/** The stores of one scope, wherever they are. */
export interface Target {
  /** in words, for people */
  readonly name: string;
  /** undefined for a device that is not known yet: the shell's `MV_DEVICE_SID` */
  readonly scope: Scope | undefined;
  /** the device that is used when none is named */
  readonly usualDevice?: string;
  /** base address of the REST API, ends in `/v1` */
  readonly url: string;
  read(): Promise<PresentValues>;
  /** keys that `wasmqtt run` wrote for the embedded broker; they are removed when another broker is named */
  embedded(): Promise<ConfigKey[]>;
  /** writes all or nothing; @throws what the stores throw */
  write(plan: WritePlan, removals: readonly Removal[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** @throws UserError, StoreError, CloudClientError `invalid-address` */
export async function openTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Promise<Target> {
  if (options.cloud !== undefined) return new CloudTarget(options.cloud, cloudScope(options), env);
  if (options.dryRun && isMissing(storePlace(options))) return new NoStoreYet(options);
  const store = await openStore(options);
  try {
    const account = await accountOf(store, options.data, env);
    const scope = scopeOf(options) ?? { kind: 'device', deviceSid: account.deviceSid };
    return new LocalTarget(shownPlace(storePlace(options)), store, account, scope);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The scope that the options name; undefined leaves the choice of the device to the store. */
function scopeOf({ scope, deviceSid }: TargetOptions): Scope | undefined {
  if (scope === 'account') return { kind: 'account' };
  return deviceSid ? { kind: 'device', deviceSid } : undefined;
}

function cloudScope(options: TargetOptions): Scope {
  const scope = scopeOf(options);
  if (scope) return scope;
  throw new UserError(
    '--cloud needs the device: name it with --device-sid, or export MV_DEVICE_SID; or give --scope account',
  );
}

class LocalTarget implements Target {
  readonly name: string;
  readonly url = LOCAL_CLOUD_URL;
  readonly scope: Scope;
  readonly usualDevice: string;
  readonly #store: Store;
  readonly #values: ValueStore;
  readonly #embedded: EmbeddedValues;

  constructor(place: string, store: Store, { accountSid, deviceSid }: LocalAccount, scope: Scope) {
    this.name = `the local store ${place}`;
    this.scope = scope;
    this.usualDevice = deviceSid;
    this.#store = store;
    this.#values = store.values(accountSid);
    this.#embedded = new EmbeddedValues(store, accountSid, scope);
  }

  async read(): Promise<PresentValues> {
    const values = async (name: StoreName) =>
      new Map((await this.#values.list(this.scope, name)).map(({ key, value }) => [key, value] as const));
    return { configs: await values('configs'), secrets: await values('secrets') };
  }

  async embedded(): Promise<ConfigKey[]> {
    return [...(await this.#embedded.ownKeys())];
  }

  async write({ writes }: WritePlan, removals: readonly Removal[]): Promise<void> {
    const deletions = removals.map((removal) => ({ op: 'delete', scope: this.scope, ...removal }) as const);
    await this.#values.write([...deletions, ...asChanges(this.scope, writes)]);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** The local store of a dry run that does not exist, and is not made. */
class NoStoreYet implements Target {
  readonly name: string;
  readonly url = LOCAL_CLOUD_URL;
  readonly scope: Scope | undefined;

  constructor(options: TargetOptions) {
    this.name = `the local store ${storePlace(options)}, which is not there yet`;
    this.scope = scopeOf(options);
  }

  async read(): Promise<PresentValues> {
    return { configs: new Map(), secrets: new Map() };
  }

  async embedded(): Promise<ConfigKey[]> {
    return [];
  }

  async write(): Promise<void> {
    throw new Error('a dry run writes nothing');
  }

  async close(): Promise<void> {}
}

class CloudTarget implements Target {
  readonly name: string;
  readonly url: string;
  readonly scope: Scope;
  readonly #client: CloudClient;
  #dates: SecretDates = new Map();

  constructor(address: string, scope: Scope, env: NodeJS.ProcessEnv) {
    this.scope = scope;
    this.#client = remoteCloud(address, env);
    this.url = this.#client.url;
    this.name = this.url;
  }

  async read(): Promise<PresentValues> {
    const present = await readPresent(this.#client, this.scope);
    this.#dates = present.dates;
    return present;
  }

  async embedded(): Promise<ConfigKey[]> {
    return [];
  }

  async write({ writes }: WritePlan, _removals: readonly Removal[], signal: AbortSignal): Promise<void> {
    await writeAll(this.#client, this.scope, writes, this.#dates, { signal });
  }

  async close(): Promise<void> {}
}
