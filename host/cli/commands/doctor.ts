import { type Command, Option } from 'commander';
import type { DoctorFlags } from '../doctor/doctor-action.js';
import { parseDays } from '../options/option-parsers.js';
import {
  connectProtocolOption,
  dataOption,
  deviceSidOption,
  jsonOption,
  storeOption,
  timeoutOption,
} from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt doctor                                 what is stored for the device of this folder
  wasmqtt doctor --connect                       and whether the broker lets it in
  wasmqtt doctor --cloud https://microvisor.twilio.com --device-sid UV...
  wasmqtt doctor --json --warn-days 60 | jq 'select(.event == "finding")'

Over REST the values of secrets cannot be read, so only their names are checked. --connect uses the client id of the
device: if the device is online, the broker ends its connection and forgets its session.
Exit code 1 when there is an error; warnings alone give 0.`;

export function doctorCommand(command: Command): void {
  command
    .addOption(dataOption())
    .addOption(storeOption())
    .option('--cloud <url>', 'read the stores over REST (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN)')
    .addOption(deviceSidOption('that of the folder'))
    .addOption(
      new Option('--scope <scope>', 'scope in which the application asks for keys')
        .choices(['device', 'account'])
        .default('device'),
    )
    .addOption(
      new Option('--authentication <kind>', 'what the application is made for (default: what is stored)').choices([
        'certificate',
        'password',
      ]),
    )
    .option('--warn-days <days>', 'warn of certificates that end within this many days', parseDays, 30)
    .option('--connect', 'also connect to the broker: name, TCP, TLS, MQTT')
    .addOption(timeoutOption())
    .addOption(connectProtocolOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: DoctorFlags) => (await import('../doctor/doctor-action.js')).doctorAction(flags));
}
