import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  asChanges,
  type CloudClient,
  type PresentValues,
  readPresent,
  type Scope,
  type SecretDates,
  type Store,
  type StoreName,
  type WritePlan,
  writeAll,
} from '../../cloud/index.js';
import type { ConfigKey } from '../../credentials/index.js';
import { Provisioning } from '../services/embedded-values.js';
import { accountOf, LOCAL_CLOUD_URL, openStore, remoteCloud } from '../services/local-services.js';
import type { StoresOptions } from '../services/remedies.js';
import { UserError } from '../user-error.js';

export interface TargetOptions extends StoresOptions {
  dryRun?: boolean;
}

/** A value that is to go. */
export interface Removal {
  store: StoreName;
  key: ConfigKey;
}

/** The stores of one scope, wherever they are. */
export interface Target {
  /** in words, for people */
  readonly name: string;
  /** undefined for a device that is not known yet: `MV_DEVICE_SID` of the shell */
  readonly scope: Scope | undefined;
  /** the device that is meant when none is named */
  readonly usualDevice?: string;
  /** base address of the REST API, ends in `/v1` */
  readonly url: string;
  read(): Promise<PresentValues>;
  /** keys that `wasmqtt run` filled for the embedded broker: they go when another broker is named */
  embedded(): ConfigKey[];
  /** writes all or nothing, see the errors of the stores */
  write(plan: WritePlan, removals: readonly Removal[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** @throws UserError, StoreError, CloudClientError `invalid-address` */
export async function openTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Promise<Target> {
  if (options.cloud !== undefined) return new CloudTarget(options.cloud, cloudScope(options), env);
  if (options.dryRun && !existsSync(join(options.data, 'store'))) return new NoStoreYet(options);
  const store = openStore(options.data);
  try {
    const { deviceSid } = await accountOf(store, env);
    return new LocalTarget(store, scopeOf(options) ?? { kind: 'device', deviceSid }, deviceSid);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The scope that the options name; a device may be left to the store. */
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
  readonly #embedded: Provisioning;

  constructor(
    private readonly store: Store,
    readonly scope: Scope,
    readonly usualDevice: string,
  ) {
    this.name = `the local store ${store.directory}`;
    this.#embedded = new Provisioning(store, scope);
  }

  async read(): Promise<PresentValues> {
    const values = (name: StoreName) =>
      new Map(this.store.list(this.scope, name).map(({ key, value }) => [key, value] as const));
    return { configs: values('configs'), secrets: values('secrets') };
  }

  embedded(): ConfigKey[] {
    return [...this.#embedded.ownKeys()];
  }

  async write({ writes }: WritePlan, removals: readonly Removal[]): Promise<void> {
    const deletions = removals.map((removal) => ({ op: 'delete', scope: this.scope, ...removal }) as const);
    await this.store.write([...deletions, ...asChanges(this.scope, writes)]);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** A dry run makes no store. */
class NoStoreYet implements Target {
  readonly name: string;
  readonly url = LOCAL_CLOUD_URL;
  readonly scope: Scope | undefined;

  constructor(options: TargetOptions) {
    this.name = `the local store ${join(options.data, 'store')}, which is not there yet`;
    this.scope = scopeOf(options);
  }

  async read(): Promise<PresentValues> {
    return { configs: new Map(), secrets: new Map() };
  }

  embedded(): ConfigKey[] {
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
  readonly #client: CloudClient;
  #dates: SecretDates = new Map();

  constructor(
    address: string,
    readonly scope: Scope,
    env: NodeJS.ProcessEnv,
  ) {
    this.#client = remoteCloud(address, env);
    this.url = this.#client.url;
    this.name = this.url;
  }

  async read(): Promise<PresentValues> {
    const present = await readPresent(this.#client, this.scope);
    this.#dates = present.dates;
    return present;
  }

  embedded(): ConfigKey[] {
    return [];
  }

  async write({ writes }: WritePlan, _removals: readonly Removal[], signal: AbortSignal): Promise<void> {
    await writeAll(this.#client, this.scope, writes, this.#dates, { signal });
  }

  async close(): Promise<void> {}
}
