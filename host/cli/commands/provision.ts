import { type Command, Option } from 'commander';
import { parseDays, parsePort } from '../options/option-parsers.js';
import {
  connectProtocolOption,
  dataOption,
  deviceSidOption,
  jsonOption,
  storeOption,
  timeoutOption,
} from '../options/shared-options.js';
import type { ProvisionFlags } from '../provision/provision-action.js';

const EXAMPLES = `
Examples:
  wasmqtt provision --broker-host broker.example.com --root-ca ca.pem --cert device.pem --key device.key
  wasmqtt provision --broker-host broker.example.com --username u --password-file pw.txt
  wasmqtt provision --cert new.pem --key new.key --cloud https://microvisor.example.com
  wasmqtt provision --broker-host broker.example.com --dry-run

First everything is checked and converted: to the hex of DER, the key to PKCS#8. Then all values are written, or none. An
error in the values ends the command before anything is written, unless --force is given; a warning does not. Keys that
are not named stay as they are. --cloud takes TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the environment. The commands
of --dry-run read secrets from your files, so they show none.`;

export function provisionCommand(command: Command): void {
  command
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
    .addOption(deviceSidOption('that of the local store'))
    .option('--cloud <url>', 'REST API to write to (default: the local store)')
    .option('--dry-run', 'write nothing, print the curl commands that would do the same')
    .option('--show-secrets', 'with --dry-run: print secrets in the commands')
    .option('--warn-days <days>', 'warn of certificates that end within this many days', parseDays, 30)
    .option('--connect', 'also connect to the broker with the values, and write only if it lets the device in')
    .addOption(timeoutOption())
    .addOption(connectProtocolOption())
    .option('--force', 'write although there are errors')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ProvisionFlags) => (await import('../provision/provision-action.js')).provisionAction(flags));
}
