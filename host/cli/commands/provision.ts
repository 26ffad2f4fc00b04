import { Command, Option } from 'commander';
import { createColors } from 'picocolors';
import { checkPairs, checkTexts } from '../options/credential-options.js';
import { parseDays, parseDeviceSid, parsePort } from '../options/option-parsers.js';
import { connectProtocolOption, dataOption, jsonOption, timeoutOption } from '../options/shared-options.js';
import { jsonReport, textReport } from '../provision/provision-reporter.js';
import { type ProvisionOptions, provision } from '../provision/run-provision.js';
import { withSignals } from '../signals.js';
import { UsageError } from '../user-error.js';

interface Flags extends ProvisionOptions {
  json?: boolean;
}

const EXAMPLES = `
Examples:
  wasmqtt provision --broker-host broker.example.com --root-ca ca.pem --cert device.pem --key device.key
  wasmqtt provision --broker-host broker.example.com --username u --password-file pw.txt
  wasmqtt provision --cert new.pem --key new.key --cloud https://microvisor.example.com
  wasmqtt provision --broker-host broker.example.com --dry-run

Everything is checked and converted first: hex of DER, the key PKCS#8. Then all values are written, or none. Errors in the
values end it before anything is written, unless --force is given; warnings do not. What is not named stays as it is.
--cloud takes TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the environment. The commands of --dry-run read secrets from
your files, so they show none.`;

export function provisionCommand(): Command {
  return new Command('provision')
    .description('check certificates, keys and passwords, and store them for a device, all or none')
    .option('--broker-host <host>', 'MQTT broker')
    .option('--broker-port <port>', 'its TLS port (default 8883 with --broker-host)', (text) => parsePort(text))
    .option('--client-id <id>', 'MQTT client id, when it is not the device SID')
    .option('--root-ca <file>', 'root CA of the broker, PEM or DER; a file of several is a chain')
    .option('--cert <file>', "the device's certificate, PEM or DER, with those of its issuers if the broker wants them")
    .option('--key <file>', 'its private key, PEM or DER: PKCS#8, PKCS#1 or SEC1, encrypted or not')
    .option('--key-passphrase-file <file>', 'pass-phrase of the key (default: asked for on the terminal)')
    .option('--username <name>', 'user name for the broker')
    .option('--password-file <file>', 'file with the password for the broker')
    .addOption(
      new Option('--scope <scope>', 'scope of the keys in the stores (default device)').choices(['device', 'account']),
    )
    .addOption(
      new Option('--device-sid <sid>', 'UV and 32 hex digits (default: that of the local store)')
        .env('MV_DEVICE_SID')
        .argParser(parseDeviceSid),
    )
    .option('--cloud <url>', 'REST API to write to (default: the local store)')
    .option('--dry-run', 'write nothing, print the curl commands that would do the same')
    .option('--show-secrets', 'with --dry-run: print secrets in the commands')
    .option('--warn-days <days>', 'tell certificates that end within so many days', parseDays, 30)
    .option('--connect', 'also connect to the broker with the values, and write only if it lets the device in')
    .addOption(timeoutOption())
    .addOption(connectProtocolOption())
    .option('--force', 'write although there are errors')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => run(flags));
}

const VALUES = ['brokerHost', 'brokerPort', 'clientId', 'rootCa', 'cert', 'key', 'username', 'passwordFile'] as const;
const TEXTS = [...VALUES, 'keyPassphraseFile', 'cloud', 'data'] as const;

async function run(flags: Flags): Promise<void> {
  check(flags);
  const { stdout, stderr, env } = process;
  const colours = (stream: NodeJS.WriteStream) => createColors(Boolean(stream.isTTY) && !env.NO_COLOR);
  const report = flags.json ? jsonReport(stdout) : textReport(stdout, stderr, colours(stdout), colours(stderr));
  const options = flags.brokerHost ? { brokerPort: 8883, ...flags } : flags;
  await withSignals((stop) => provision(options, report, stop));
}

function check(flags: Flags): void {
  checkTexts(flags, TEXTS);
  checkPairs(flags);
  if (VALUES.every((name) => flags[name] === undefined)) {
    throw new UsageError('there is nothing to store; give --broker-host, --root-ca, --cert with --key, or others');
  }
  if (flags.keyPassphraseFile !== undefined && flags.key === undefined) {
    throw new UsageError('--key-passphrase-file: is for the key that --key names');
  }
  if (flags.showSecrets && !flags.dryRun) throw new UsageError('--show-secrets: is for --dry-run');
}
