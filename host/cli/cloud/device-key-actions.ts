import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import type { DeviceKeys } from '../../cloud/index.js';
import { reasonOf } from '../../node/reason.js';
import { UserError } from '../process/user-error.js';
import { withLocalAccount } from '../services/local-account.js';

export interface DeviceKeyFlags {
  data: string;
  store?: string;
  masterKeyCommand?: string;
  json?: boolean;
}

/**
 * `wasmqtt cloud device create-key`. The key goes to standard output, or to a new file that only its owner can read.
 *
 * @throws UserError, StoreError
 */
export async function createDeviceKey(device: string, flags: DeviceKeyFlags & { out?: string }): Promise<void> {
  const file = flags.out === undefined ? undefined : newFile(flags.out);
  try {
    const { id, deviceSid, key } = await withKeys(flags, device, (keys, sid) => keys.create(sid));
    if (file === undefined) {
      print(flags, { event: 'created', id, deviceSid, key }, `${key}\n`);
      return;
    }
    writeFileSync(file, `${key}\n`);
    fsyncSync(file);
    const text = `device key ${id} of ${deviceSid} is in ${flags.out}; the store has only its hash\n`;
    print(flags, { event: 'created', id, deviceSid, file: flags.out }, text);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** `wasmqtt cloud device list-keys`. @throws UserError, StoreError */
export async function listDeviceKeys(device: string, flags: DeviceKeyFlags): Promise<void> {
  for (const key of await withKeys(flags, device, (keys, sid) => keys.list(sid))) {
    print(flags, key, `${key.id}  ${key.dateCreated.toISOString().slice(0, 10)}\n`);
  }
}

/** `wasmqtt cloud device delete-key`. @throws UserError, StoreError */
export async function deleteDeviceKey(device: string, id: string, flags: DeviceKeyFlags): Promise<void> {
  await withKeys(flags, device, (keys, sid) => keys.delete(sid, id));
  print(flags, { event: 'deleted', id }, `device key ${id} is deleted, and opens nothing any more\n`);
}

function withKeys<T>(
  flags: DeviceKeyFlags,
  device: string,
  action: (keys: DeviceKeys, deviceSid: string) => Promise<T>,
): Promise<T> {
  return withLocalAccount(flags, async (store, accountSid) => {
    return action(store.deviceKeys(accountSid), await store.devices(accountSid).resolve(device));
  });
}

/** Before the key is made: one that cannot be written down would be of no use to anybody. */
function newFile(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new UserError(`--out ${path}: cannot be made: ${reasonOf(error)}; name a file that does not exist yet`);
  }
}

function print({ json }: DeviceKeyFlags, object: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : text);
}
