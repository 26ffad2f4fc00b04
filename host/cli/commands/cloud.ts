import { Command } from 'commander';
import { parseDeviceSid, parsePort } from '../options/option-parsers.js';
import { dataOption, forOption, jsonOption } from '../options/shared-options.js';
import { accountOf, openStore, startLocalCloud } from '../services/local-services.js';
import { ended, withSignals } from '../signals.js';
import { UserError } from '../user-error.js';

interface Flags {
  port?: number;
  for?: number;
  data: string;
  json?: boolean;
}

const EXAMPLES = `
Example:
  wasmqtt cloud
  curl --fail -X POST --data-urlencode "Key=broker-host" --data-urlencode "Value=broker.example.com" --silent \\
    http://127.0.0.1:8180/v1/Devices/\${MV_DEVICE_SID}/Configs -u \${TWILIO_ACCOUNT_SID}:\${TWILIO_AUTH_TOKEN}

The account SID and token that it prints hold for this folder; TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of the
environment are taken instead when both are set.`;

export function cloudCommand(): Command {
  return new Command('cloud')
    .description('serve the config and secret stores over the REST API')
    .option('--port <port>', 'port on 127.0.0.1 (default 8180, or any free one)', (text) => parsePort(text, true))
    .addOption(forOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => withSignals((stop) => serve(flags, stop)));
}

async function serve(flags: Flags, stop: AbortSignal): Promise<void> {
  const store = openStore(flags.data);
  try {
    const account = await accountOf(store, process.env);
    const deviceSid = deviceSidOf(process.env) ?? account.deviceSid;
    const cloud = await startLocalCloud(store, account, { option: '--port', port: flags.port });
    const { accountSid, authToken } = account;
    if (flags.json) {
      const event = { event: 'listening', service: 'cloud', url: `${cloud.url}/v1`, accountSid, authToken, deviceSid };
      process.stdout.write(`${JSON.stringify(event)}\n`);
    } else {
      process.stdout.write(
        `cloud ${cloud.url}/v1\n\n  export TWILIO_ACCOUNT_SID=${accountSid}\n  export TWILIO_AUTH_TOKEN=${authToken}\n` +
          `  export MV_DEVICE_SID=${deviceSid}\n\nCtrl-C stops it.\n`,
      );
    }
    await ended(flags.for, stop);
    await cloud.close();
  } finally {
    await store.close();
  }
}

function deviceSidOf({ MV_DEVICE_SID = '' }: NodeJS.ProcessEnv): string | undefined {
  try {
    return parseDeviceSid(MV_DEVICE_SID);
  } catch {
    throw new UserError('MV_DEVICE_SID in the environment is not UV and 32 hex digits; correct or unset it');
  }
}
