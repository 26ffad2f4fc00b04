import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { collectionPath, restPath, type Scope, type StoreName } from '../../cloud/index.js';
import type { StoredValues } from '../../credentials/finding.js';
import { UserError } from '../errors.js';
import { removeCommand } from '../provision/curl.js';
import { LOCAL_CLOUD_URL, openStore, remoteCloud } from '../services.js';
import { DEFAULT_DATA } from '../shared.js';
import { shellWord } from '../shell.js';

export interface StoresOptions {
  data: string;
  /** Address of the REST calls; without it the folder. */
  cloud?: string;
  deviceSid?: string;
  scope: 'device' | 'account';
}

/** What a device reads, and where it was read. */
export interface Stores {
  values: StoredValues;
  deviceSid: string;
  /** In words. */
  place: string;
  /** The command that writes there. */
  provision: string;
  /** The command that deletes a key there. */
  remove: (store: 'config' | 'secret', key: string) => string;
}

interface Place {
  /** In words. */
  where: string;
  /** Of the REST calls. */
  url: string;
  /** Options that lead there. */
  way: string[];
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
    const deviceSid = options.deviceSid ?? usual;
    if (deviceSid === undefined) throw new UserError('no device is known here; name it with --device-sid');
    const list: List = async (scope, name) => store.list(scope, name);
    const way = [
      ...(options.data === DEFAULT_DATA ? [] : [`--data ${shellWord(options.data)}`]),
      ...(deviceSid === usual ? [] : [`--device-sid ${deviceSid}`]),
    ];
    return await collect(options, deviceSid, list, { where: folder, url: LOCAL_CLOUD_URL, way });
  } finally {
    await store.close();
  }
}

async function readRemote(options: StoresOptions, url: string): Promise<Stores> {
  const client = remoteCloud(url, process.env);
  if (!options.deviceSid) {
    throw new UserError('--cloud needs the device: name it with --device-sid, or export MV_DEVICE_SID');
  }
  const list: List = (scope, name) => client.list(scope, name);
  return collect(options, options.deviceSid, list, {
    where: client.url,
    url: client.url,
    way: [`--cloud ${shellWord(url)}`, `--device-sid ${options.deviceSid}`],
  });
}

async function collect(
  options: StoresOptions,
  deviceSid: string,
  list: List,
  { where, url, way }: Place,
): Promise<Stores> {
  const device: Scope = { kind: 'device', deviceSid };
  const account: Scope = { kind: 'account' };
  const [own, other] = options.scope === 'device' ? [device, account] : [account, device];
  const [configs, secrets] = [await list(own, 'configs'), await list(own, 'secrets')];
  const names = async (name: StoreName) => new Set((await list(other, name)).map(({ key }) => key));
  const values: StoredValues = {
    configs: readable(configs),
    secrets: readable(secrets),
    hiddenSecrets: new Set(secrets.filter(({ value }) => value === undefined).map(({ key }) => key)),
    otherScope: { name: other.kind, configs: await names('configs'), secrets: await names('secrets') },
  };
  const whose = options.scope === 'device' ? `device ${deviceSid}` : 'the account';
  const scope = options.scope === 'device' ? [] : ['--scope account'];
  const provision = ['wasmqtt provision', ...way, ...scope].join(' ');
  const remove: Stores['remove'] = (name, key) => {
    const collection = shellWord(url + restPath(collectionPath(own, `${name}s`)));
    const command = removeCommand(key, collection).replace(/ \\\n\s*/g, ' ');
    return options.cloud === undefined ? `${command} (while wasmqtt cloud runs)` : command;
  };
  return { values, deviceSid, place: `${whose} in ${where}`, provision, remove };
}

function readable(pairs: { key: string; value?: string }[]): Map<string, string> {
  return new Map(pairs.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])));
}
