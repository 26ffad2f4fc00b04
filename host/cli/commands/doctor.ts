import { Command, Option } from 'commander';
import { createColors } from 'picocolors';
import { CONFIG_KEYS, examine, ruleOf } from '../../credentials/index.js';
import type { Report } from '../doctor/doctor-events.js';
import { jsonReporter, textReporter } from '../doctor/doctor-reporter.js';
import { readStores, type Stores } from '../doctor/read-stores.js';
import { type ConnectOptions, connect } from '../doctor/try-connection.js';
import { checkTexts } from '../options/credential-options.js';
import { parseDays, parseDeviceSid } from '../options/option-parsers.js';
import { connectProtocolOption, dataOption, jsonOption, timeoutOption } from '../options/shared-options.js';
import type { StoresOptions } from '../services/remedies.js';
import { UserError } from '../user-error.js';

interface Flags extends StoresOptions, Omit<ConnectOptions, 'now'> {
  connect?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  wasmqtt doctor                                 what is stored for the device of this folder
  wasmqtt doctor --connect                       and whether the broker lets it in
  wasmqtt doctor --cloud https://microvisor.twilio.com --device-sid UV...
  wasmqtt doctor --json --warn-days 60 | jq 'select(.event == "finding")'

Over REST the values of secrets cannot be read, so only their names are checked. --connect takes the client id of the
device: a broker ends the connection of a device that is online with it, and forgets the session that it kept for it.
Exit code 1 when there is an error; warnings alone give 0.`;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check what is stored for a device, and say what is wrong, where, why and how to mend it')
    .addOption(dataOption())
    .option('--cloud <url>', 'read the stores over REST (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN)')
    .addOption(
      new Option('--device-sid <sid>', 'UV and 32 hex digits (default: that of the folder)')
        .env('MV_DEVICE_SID')
        .argParser(parseDeviceSid),
    )
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
    .option('--warn-days <days>', 'warn of certificates that end within so many days', parseDays, 30)
    .option('--connect', 'also connect to the broker: name, TCP, TLS, MQTT')
    .addOption(timeoutOption())
    .addOption(connectProtocolOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => doctor(flags));
}

async function doctor(flags: Flags): Promise<void> {
  checkTexts(flags, ['cloud', 'data']);
  const { stdout, env } = process;
  const colours = createColors(Boolean(stdout.isTTY) && !env.NO_COLOR);
  const report = flags.json ? jsonReporter(stdout) : textReporter(stdout, colours);
  const stores = await readStores(flags);
  const counts = { error: 0, warning: 0 };
  const counted: Report = (event) => {
    if (event.event === 'finding') counts[event.severity]++;
    report(event);
  };
  const now = new Date();
  const { warnDays, authentication } = flags;
  const { values, provision, remove } = stores;
  for (const finding of examine(values, { now, warnDays, authentication, provision, remove })) {
    counted({ event: 'finding', ...finding });
  }
  const undone = flags.connect
    ? await connect(stores, { ...flags, now }, counted)
    : ['the connection to the broker (--connect)'];
  report({
    event: 'summary',
    stores: stores.place,
    errors: counts.error,
    warnings: counts.warning,
    checked: checkedOf(stores, flags, flags.connect === true && undone.length === 0),
    notChecked: [...hiddenOf(stores), ...undone],
  });
  if (counts.error > 0) {
    throw new UserError(`${counts.error === 1 ? 'one error' : `${counts.error} errors`}; mend what is told above`);
  }
}

function checkedOf({ values }: Stores, { warnDays }: Flags, connected: boolean): string[] {
  const names = CONFIG_KEYS.filter((key) =>
    (ruleOf(key).store === 'config' ? values.configs : values.secrets).has(key),
  );
  return [
    'names and stores of the keys',
    ...(names.length > 0
      ? [
          `the values of ${names.join(', ')}: hex, DER, kind of key, dates (${warnDays} days ahead), key and certificate, chain, host, port, limits`,
        ]
      : []),
    ...(connected ? ['the connection to the broker'] : []),
  ];
}

function hiddenOf({ values }: Stores): string[] {
  const hidden = CONFIG_KEYS.filter((key) => values.hiddenSecrets?.has(key));
  return hidden.length > 0 ? [`the values of ${hidden.join(', ')}: only the device can read secrets`] : [];
}
