import { Command } from 'commander';
import type { CloudFlags } from '../cloud/cloud-action.js';
import { parsePort } from '../options/option-parsers.js';
import { dataOption, forOption, jsonOption } from '../options/shared-options.js';
import { cloudDeviceCommand } from './cloud-device.js';

const EXAMPLES = `
Example:
  wasmqtt cloud
  curl --fail -X POST --data-urlencode "Key=broker-host" --data-urlencode "Value=broker.example.com" --silent \\
    http://127.0.0.1:8180/v1/Devices/\${MV_DEVICE_SID}/Configs -u \${TWILIO_ACCOUNT_SID}:\${TWILIO_AUTH_TOKEN}

It prints the account SID and token of this folder. If TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are both set in the
environment, those are used instead.`;

export function cloudCommand(): Command {
  return new Command('cloud')
    .description('serve the config and secret stores over the REST API')
    .enablePositionalOptions()
    .addCommand(cloudDeviceCommand())
    .option('--port <port>', 'port on 127.0.0.1 (default 8180, or any free one)', (text) => parsePort(text, true))
    .addOption(forOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: CloudFlags) => (await import('../cloud/cloud-action.js')).cloudAction(flags));
}
