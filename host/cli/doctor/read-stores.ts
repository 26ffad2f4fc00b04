import process from 'node:process';
import { isInTheClear, type Scope, type StoreName, shownPlace } from '../../cloud/index.js';
import type { StoredValues } from '../../credentials/index.js';
import type { StoresOptions } from '../options/stores-options.js';
import { UserError } from '../process/user-error.js';
import { accountOf, isMissing, LOCAL_CLOUD_URL, openStore, storePlace } from '../services/local-store.js';
import { type Remedies, remediesFor } from '../services/remedies.js';
import { remoteCloud } from '../services/remote-cloud.js';

/** What a device reads, and where it was read from. */
export interface DeviceStores extends Remedies {
  values: StoredValues;
  deviceSid: string;
  /** Where, in words. */
  place: string;
}

interface Place {
  /** In words. */
  where: string;
  /** The address of the REST calls. */
  url: string;
  /** The device that is used when none is named. */
  usual?: string;
}

/** Lists the pairs of a collection. Over REST, secrets have no value. */
type List = (scope: Scope, store: StoreName) => Promise<{ key: string; value?: string }[]>;

/**
 * The values of a device in the local store, or behind an address.
 *
 * @throws UserError, StoreError, CloudClientError
 */
export async function readStores(options: StoresOptions): Promise<DeviceStores> {
  return options.cloud === undefined ? readLocal(options) : readRemote(options, options.cloud);
}

async function readLocal(options: StoresOptions): Promise<DeviceStores> {
  const place = storePlace(options);
  const where = shownPlace(place);
  if (isMissing(place)) {
    const asked = options.store === undefined ? options.data : where;
    throw new UserError(`there is no store in ${asked}; name its folder with --data, or a cloud with --cloud`);
  }
  const store = await openStore(options);
  try {
    const usual = await store.meta.get('device-sid');
    const deviceSid = options.deviceSid || usual;
    if (deviceSid === undefined) throw new UserError(`${store.place} has no device yet; name it with --device-sid`);
    const { accountSid } = await accountOf(store, options.data, process.env);
    const values = store.values(accountSid);
    const list: List = (scope, name) => values.list(scope, name);
    return await collect(options, deviceSid, list, { where, url: LOCAL_CLOUD_URL, usual });
  } finally {
    await store.close();
  }
}

async function readRemote(options: StoresOptions, url: string): Promise<DeviceStores> {
  if (isInTheClear(url)) {
    throw new UserError(
      `--cloud ${url} is plain HTTP to another machine: anyone on the way can read the token; give an address that begins with https://`,
    );
  }
  const client = remoteCloud(url, process.env);
  if (!options.deviceSid) {
    throw new UserError('--cloud needs the device: name it with --device-sid, or export MV_DEVICE_SID');
  }
  const list: List = (scope, name) => client.list(scope, name);
  return collect(options, options.deviceSid, list, { where: client.url, url: client.url });
}

async function collect(
  options: StoresOptions,
  deviceSid: string,
  list: List,
  { where, url, usual }: Place,
): Promise<DeviceStores> {
  const device: Scope = { kind: 'device', deviceSid };
  const account: Scope = { kind: 'account' };
  const [own, other] = options.scope === 'account' ? [account, device] : [device, account];
  const [configs, secrets] = [await list(own, 'configs'), await list(own, 'secrets')];
  const names = async (name: StoreName) => new Set((await list(other, name)).map(({ key }) => key));
  const values: StoredValues = {
    configs: readable(configs),
    secrets: readable(secrets),
    hiddenSecrets: new Set(secrets.filter(({ value }) => value === undefined).map(({ key }) => key)),
    otherScope: { name: other.kind, configs: await names('configs'), secrets: await names('secrets') },
  };
  const whose = own.kind === 'device' ? `device ${deviceSid}` : 'the account';
  return { values, deviceSid, place: `${whose} in ${where}`, ...remediesFor(options, own, url, usual) };
}

function readable(pairs: { key: string; value?: string }[]): Map<string, string> {
  return new Map(pairs.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])));
}
