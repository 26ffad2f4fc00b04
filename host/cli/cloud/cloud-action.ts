import { parseDeviceSid } from '../options/option-parsers.js';
import { closeAll, ended, withSignals } from '../process/signals.js';
import { UserError } from '../process/user-error.js';
import { startLocalCloud } from '../services/local-servers.js';
import { accountOf, openStore } from '../services/local-store.js';
import { exportLines } from './export-lines.js';

export interface CloudFlags {
  port?: number;
  for?: number;
  data: string;
  masterKeyCommand?: string;
  json?: boolean;
}

/** `wasmqtt cloud`. @throws UserError, StoreError, CloudStartError */
export function cloudAction(flags: CloudFlags): Promise<void> {
  return withSignals((stop) => serve(flags, stop));
}

async function serve(flags: CloudFlags, stop: AbortSignal): Promise<void> {
  const store = await openStore(flags.data, flags);
  const closers = [() => store.close()];
  try {
    const account = await accountOf(store, flags.data, process.env);
    const deviceSid = deviceSidOf(process.env) ?? account.deviceSid;
    const cloud = await startLocalCloud(store, account, { option: '--port', port: flags.port });
    closers.push(() => cloud.close());
    const { accountSid, authToken } = account;
    if (flags.json) {
      const event = { event: 'listening', service: 'cloud', url: `${cloud.url}/v1`, accountSid, authToken, deviceSid };
      process.stdout.write(`${JSON.stringify(event)}\n`);
    } else {
      process.stdout.write(`cloud ${cloud.url}/v1\n\n${exportLines(accountSid, authToken)}`);
      process.stdout.write(`  export MV_DEVICE_SID=${deviceSid}\n\nCtrl-C stops it.\n`);
    }
    await ended(flags.for, stop);
  } finally {
    await closeAll(closers);
  }
}

function deviceSidOf({ MV_DEVICE_SID = '' }: NodeJS.ProcessEnv): string | undefined {
  try {
    return parseDeviceSid(MV_DEVICE_SID);
  } catch {
    throw new UserError('MV_DEVICE_SID in the environment is not UV and 32 hex digits; correct or unset it');
  }
}
