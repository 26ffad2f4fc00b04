import type { Command } from 'commander';
import type { CloudFlags } from '../cloud/cloud-flags.js';
import { parseConnections, parsePort } from '../options/option-parsers.js';
import { dataOption, forOption, jsonOption, masterKeyCommandOption, storeOption } from '../options/shared-options.js';
import { cloudAccountCommand } from './cloud-account.js';
import { cloudDeviceCommand } from './cloud-device.js';
import { cloudKeyCommand } from './cloud-key.js';

const EXAMPLES = `
On a desk:
  wasmqtt cloud
  curl --fail -X POST --data-urlencode "Key=broker-host" --data-urlencode "Value=broker.example.com" --silent \\
    http://127.0.0.1:8180/v1/Devices/\${MV_DEVICE_SID}/Configs -u \${TWILIO_ACCOUNT_SID}:\${TWILIO_AUTH_TOKEN}

For a team:
  wasmqtt cloud --host 0.0.0.0 --port 8443 --tls-cert cloud.pem --tls-key cloud.key --allow-host-name cloud.example.com \\
    --audit-log audit.ndjson
  wasmqtt cloud --public-url https://cloud.example.com --trust-proxy 127.0.0.1     behind a reverse proxy

It prints the account SID and token of this folder. If TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are both set in the
environment, those are used instead. SIGHUP reads certificate and key again, and opens the audit log again. /healthz says
whether the store can be read, /metrics is for Prometheus, with the account's credentials. More accounts,
and keys for programs: wasmqtt cloud account --help, wasmqtt cloud key --help`;

const again = (text: string, before: readonly string[] = []) => [...before, text];

export function cloudCommand(command: Command): void {
  command
    .enablePositionalOptions()
    .addCommand(cloudAccountCommand())
    .addCommand(cloudKeyCommand())
    .addCommand(cloudDeviceCommand())
    .option('--host <address>', 'address to listen on; beyond this machine only with TLS (default 127.0.0.1)')
    .option('--port <port>', 'port (default 8180, or any free one)', (text) => parsePort(text, true))
    .option('--tls-cert <file>', 'certificate of the server, PEM, its intermediates after it: HTTPS and nothing else')
    .option('--tls-key <file>', 'its private key, PEM; both are read again when they change')
    .option('--beyond-loopback', 'let other machines connect without TLS: tokens and values can be read on the way')
    .option(
      '--public-url <url>',
      'address for clients, such as that of a reverse proxy; addresses in answers begin with it',
    )
    .option(
      '--allow-host-name <name>',
      'name under which clients may ask, besides addresses and localhost; repeatable',
      again,
    )
    .option('--cors-origin <origin>', 'web pages of this origin may call; repeatable (default: none)', again)
    .option('--trust-proxy <address>', 'proxy, or subnet of them, whose X-Forwarded headers hold; repeatable', again)
    .option('--audit-log <file>', 'a line of JSON for each change and each failed log-in, never a value')
    .option('--connections <count>', 'connections at once (default 16384, or what the system allows)', parseConnections)
    .option(
      '--connections-per-address <count>',
      'of these, from one address (default: three quarters)',
      parseConnections,
    )
    .addOption(forOption())
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: CloudFlags) => (await import('../cloud/cloud-action.js')).cloudAction(flags));
}
