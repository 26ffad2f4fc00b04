import { parseDeviceSid } from '../options/option-parsers.js';
import { closeServer, ended, withSignals } from '../process/signals.js';
import { usageOfStart } from '../process/usage-of-start.js';
import { UserError } from '../process/user-error.js';
import { startLocalCloud } from '../services/local-servers.js';
import { accountOf, openStore } from '../services/local-store.js';
import { type CloudFlags, servingOf } from './cloud-flags.js';
import { exportLines } from './export-lines.js';

/** `wasmqtt cloud`. @throws UserError, StoreError, CloudStartError */
export function cloudAction(flags: CloudFlags): Promise<void> {
  return withSignals((stop) => serve(flags, stop));
}

async function serve(flags: CloudFlags, stop: AbortSignal): Promise<void> {
  const serving = servingOf(flags);
  const store = await openStore(flags);
  const closers = [() => store.close()];
  try {
    const account = await accountOf(store, flags.data, process.env);
    const deviceSid = deviceSidOf(process.env) ?? account.deviceSid;
    const choice = { option: '--port', port: flags.port, host: flags.host };
    const cloud = await startLocalCloud(store, account, choice, serving).catch(usageOfStart);
    closers.push(() => cloud.close());
    process.on('SIGHUP', cloud.reload);
    closers.push(async () => {
      process.off('SIGHUP', cloud.reload);
    });
    const { accountSid, authToken } = account;
    if (flags.json) {
      const event = { event: 'listening', service: 'cloud', url: cloud.url, accountSid, authToken, deviceSid };
      process.stdout.write(`${JSON.stringify(event)}\n`);
    } else {
      process.stdout.write(`cloud ${cloud.url}\n\n${exportLines(accountSid, authToken)}`);
      process.stdout.write(
        `  export MV_DEVICE_SID=${deviceSid}\n\nThe same address shows a page in a browser. Ctrl-C stops it.\n`,
      );
    }
    await ended(flags.for, stop);
  } finally {
    await closeServer(closers);
  }
}

function deviceSidOf({ MV_DEVICE_SID = '' }: NodeJS.ProcessEnv): string | undefined {
  try {
    return parseDeviceSid(MV_DEVICE_SID);
  } catch {
    throw new UserError('MV_DEVICE_SID in the environment is not UV and 32 hex digits; correct or unset it');
  }
}
