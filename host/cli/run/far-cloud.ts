import { readFileSync } from 'node:fs';
import { CloudClientError, HttpCloudService, isInTheClear, ownerOf } from '../../cloud/index.js';
import { reasonOf } from '../../node/reason.js';
import { UsageError, UserError } from '../process/user-error.js';
import type { RunOptions } from './run-options.js';

/** A device that has its cloud behind an address. */
export interface FarDevice {
  deviceSid: string;
  service: HttpCloudService;
}

/** Where a device key is, unless `--device-key` names a file. */
const VARIABLE = 'WASMQTT_DEVICE_KEY';

/**
 * The devices whose keys a run has, with their cloud.
 *
 * @throws UsageError for options that a run without a store of its own does not take; UserError for keys that are none
 */
export function farDevices(options: RunOptions & { cloud: string }, env: NodeJS.ProcessEnv): FarDevice[] {
  refuseNearOptions(options);
  if (inTheClear(options.cloud)) {
    throw new UsageError(
      `--cloud ${options.cloud}: others could read the device key on its way; give an https address`,
    );
  }
  const ca = options.cloudCa === undefined ? undefined : readFile('--cloud-ca', options.cloudCa);
  const devices = keysOf(options, env).map(({ key, place }) => {
    const owner = ownerOf(key);
    if (owner) return { deviceSid: owner.deviceSid, service: new HttpCloudService(options.cloud, key, ca) };
    const advice = 'make one with "wasmqtt cloud device create-key", and store it as it is';
    throw new UserError(`${place}: is not a device key; ${advice}`);
  });
  const sids = devices.map(({ deviceSid }) => deviceSid);
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice !== undefined) throw new UserError(`--device-key: there are two keys of device ${twice}; leave one out`);
  return devices;
}

function inTheClear(cloud: string): boolean {
  try {
    return isInTheClear(cloud);
  } catch (error) {
    if (error instanceof CloudClientError) throw new UsageError(`--cloud: ${error.message}`);
    throw error;
  }
}

function keysOf({ deviceKey }: RunOptions, env: NodeJS.ProcessEnv): { key: string; place: string }[] {
  if (deviceKey !== undefined) {
    const lines = readFile('--device-key', deviceKey).split('\n');
    const keys = lines.map((line, index) => ({
      key: line.trim(),
      place: `--device-key ${deviceKey}, line ${index + 1}`,
    }));
    const given = keys.filter(({ key }) => key !== '');
    if (given.length > 0) return given;
    throw new UserError(`--device-key ${deviceKey}: there is no key in it; store one key in each line`);
  }
  const key = env[VARIABLE]?.trim();
  if (key) return [{ key, place: VARIABLE }];
  throw new UsageError(`--cloud needs the key of a device: name its file with --device-key, or set ${VARIABLE}`);
}

function readFile(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`${option} ${path}: cannot be read: ${reasonOf(error)}; name another file`);
  }
}

function refuseNearOptions(options: RunOptions): void {
  const strays = [
    options.deviceSid && '--device-sid',
    options.devices !== undefined && '--devices',
    options.cloudPort !== undefined && '--cloud-port',
    options.plan && '--broker-conf',
    options.brokerPort !== undefined && options.brokerHost === undefined && '--broker-port',
  ].filter(Boolean);
  if (strays.length === 0) return;
  const why = 'with --cloud the keys say which devices there are, and no cloud or broker is started';
  throw new UsageError(`${strays.join(', ')}: ${why}; leave it out`);
}
