import { join } from 'node:path';
import { pemOf } from '../../../core/index.js';
import { readRootFile } from '../../../credentials/index.js';
import type { CredentialValues } from '../../options/credential-values.js';
import { UsageError } from '../../process/user-error.js';
import type { RunOptions } from '../run-options.js';
import type { DeviceHardware } from './device-hardware.js';
import type { GuestOptions } from './guest-options.js';
import type { GuestSettings } from './running-device.js';

/** What the options of a run say of the guest of each device. @throws UsageError for several devices with one flash */
export function guestSettingsOf(
  options: RunOptions,
  { overlay, httpCas, devices }: { overlay: CredentialValues; httpCas: readonly string[]; devices: number },
): GuestSettings {
  return {
    options: guestOptionsOf(options, overlay),
    hardware: hardwareOf(options, httpCas, devices),
    interruptEveryCall: options.interruptEveryCall,
    memoryLimit: options.guestMemory,
  };
}

/** The root certificates that `--http-ca` names, PEM. @throws CredentialFileError for a file that holds no certificates */
export function httpCasOf({ httpCa = [] }: RunOptions): string[] {
  const files = httpCa.flatMap((path) => readRootFile({ option: '--http-ca', path }));
  return files.map((der) => pemOf('CERTIFICATE', der));
}

function guestOptionsOf(options: RunOptions, overlay: CredentialValues): GuestOptions {
  const { protocol, scope, interval, stableAfter, publishTopic, subscribeTopic } = options;
  const required = {
    clientId: overlay['client-id'] !== undefined,
    rootCa: overlay['root-CA'] !== undefined,
    certificate: overlay.cert !== undefined,
    password: overlay.username !== undefined,
  };
  return { protocol, scope, interval, stableAfter, publishTopic, subscribeTopic, required };
}

function hardwareOf(options: RunOptions, httpCas: readonly string[], devices: number): DeviceHardware {
  const { allowHost = [], plainHttp = false, flash, data } = options;
  if (flash !== undefined && devices > 1) {
    throw new UsageError(`--flash: is the flash of one device, and there are ${devices}; run them one by one`);
  }
  const wifiFolder = join(data, 'wifi');
  return {
    allowedHosts: allowHost,
    plainHttp,
    httpCas,
    wifiFolder,
    ...(flash === undefined ? {} : { flashFile: flash }),
  };
}
