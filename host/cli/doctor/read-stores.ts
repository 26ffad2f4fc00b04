import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isInTheClear, type Scope, type StoreName } from '../../cloud/index.js';
import type { StoredValues } from '../../credentials/index.js';
import { LOCAL_CLOUD_URL, openStore, remoteCloud } from '../services/local-services.js';
import { type Remedies, remediesFor, type StoresOptions } from '../services/remedies.js';
import { UserError } from '../user-error.js';

/** What a device reads, and where it was read. */
export interface Stores extends Remedies {
  values: StoredValues;
  deviceSid: string;
  /** In words. */
  place: string;
}

interface Place {
  /** In words. */
  where: string;
  /** Of the REST calls. */
  url: string;
  /** The device that is meant when none is named. */
  usual?: string;
}

/** All pairs of one collection; a secret of the REST calls has no value. */
type List = (scope: Scope, store: StoreName) => Promise<{ key: string; value?: string }[]>;

/**
 * The values of a device in the local store, or behind an address.
 *
 * @throws UserError, StoreError, CloudClientError
 */
export async function readStores(options: StoresOptions): Promise<Stores> {
  return options.cloud === undefined ? readLocal(options) : readRemote(options, options.cloud);
}

async function readLocal(options: StoresOptions): Promise<Stores> {
  const folder = join(options.data, 'store');
  if (!existsSync(folder)) {
    throw new UserError(`there is no store in ${options.data}; name its folder with --data, or a cloud with --cloud`);
  }
  const store = openStore(options.data);
  try {
    const usual = store.meta('device-sid');
    const deviceSid = options.deviceSid || usual;
    if (deviceSid === undefined) throw new UserError('no device is known here; name it with --device-sid');
    const list: List = async (scope, name) => store.list(scope, name);
    return await collect(options, deviceSid, list, { where: folder, url: LOCAL_CLOUD_URL, usual });
  } finally {
    await store.close();
  }
}

async function readRemote(options: StoresOptions, url: string): Promise<Stores> {
  if (isInTheClear(url)) {
    throw new UserError(
      `--cloud ${url} is plain HTTP to another machine: everybody on the way reads the token; give an address that begins with https://`,
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
): Promise<Stores> {
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
