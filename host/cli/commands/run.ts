import { Command, Option } from 'commander';
import { checkTopicFilter, checkTopicName, describeResult } from '../../core/index.js';
import { checkPairs, checkTexts } from '../options/credential-options.js';
import { parseDeviceSid, parseDuration, parsePort } from '../options/option-parsers.js';
import { dataOption, forOption, jsonOption } from '../options/shared-options.js';
import { type RunOptions, runDevice } from '../run/run-device.js';
import { jsonReporter, textReporter } from '../run/run-reporter.js';
import { withSignals } from '../signals.js';
import { UsageError } from '../user-error.js';

interface Flags extends RunOptions {
  json?: boolean;
  tls: boolean;
}

const EXAMPLES = `
Examples:
  wasmqtt run                                    cloud, broker and device, all on this machine
  wasmqtt run --for 10s --json                   ten seconds, one JSON object a line
  wasmqtt run --broker-host broker.example.com --root-ca ca.pem --cert device.pem --key device.key
  wasmqtt run --broker-host localhost --broker-port 8884 --root-ca ca.pem --username u --password-file pw.txt

Configuration comes from the options, else from the store of the local cloud (see "wasmqtt cloud"). While the store
names no broker-host, an embedded broker is started and the device is provisioned for it.`;

export function runCommand(): Command {
  return new Command('run')
    .description(
      'run a device: system calls, config and secret stores, managed MQTT client, and a broker if you name none',
    )
    .option('--broker-host <host>', 'MQTT broker; the embedded one stays off')
    .option(
      '--broker-port <port>',
      'its TLS port (default 8883); without --broker-host: of the embedded broker',
      (text) => parsePort(text),
    )
    .option('--root-ca <file>', 'root CA of the broker, PEM or DER (default: the Mozilla roots)')
    .option('--cert <file>', "the device's certificate, PEM or DER")
    .option('--key <file>', 'its private key, PKCS#8, PEM or DER')
    .option('--username <name>', 'user name for the broker')
    .option('--password-file <file>', 'file with the password for the broker')
    .option('--client-id <id>', 'MQTT client id (default: the device SID)')
    .addOption(new Option('--protocol <version>', 'MQTT version (default 5)').choices(['3.1.1', '5']))
    .addOption(
      new Option('--device-sid <sid>', 'UV and 32 hex digits (default: made once, kept in the store)')
        .env('MV_DEVICE_SID')
        .argParser(parseDeviceSid),
    )
    .addOption(
      new Option('--scope <scope>', 'scope of the keys in the stores (default device)').choices(['device', 'account']),
    )
    .option('--publish-topic <topic>', 'topic of the readings (default sensor/device/<client id>)')
    .option('--subscribe-topic <filter>', 'topic of the commands (default command/device/<client id>)')
    .option('--interval <duration>', 'time between readings (default 1s)', parseDuration)
    .option('--guest <file>', 'another guest module instead of the device application')
    .option('--cloud-port <port>', 'port of the local REST API (default 8180, or any free one)', (text) =>
      parsePort(text, true),
    )
    .addOption(forOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addOption(new Option('--no-tls', 'refused: the managed client requires TLS').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  check(flags);
  const { stdout } = process;
  const colour = stdout.isTTY && !process.env.NO_COLOR;
  const report = flags.json ? jsonReporter(stdout) : textReporter(stdout, Boolean(colour));
  await withSignals((stop) => runDevice(flags.brokerHost ? { brokerPort: 8883, ...flags } : flags, report, stop));
}

// biome-ignore format: one line
const TEXTS = ['brokerHost', 'rootCa', 'cert', 'key', 'username', 'passwordFile', 'clientId', 'guest', 'data'] as const;

function check(flags: Flags): void {
  if (!flags.tls) {
    throw new UsageError(
      '--no-tls: the managed MQTT client requires TLS on all connections; give the TLS port of the broker (usually 8883)',
    );
  }
  checkTexts(flags, TEXTS);
  checkPairs(flags);
  checkTopic('--publish-topic', flags.publishTopic, checkTopicName);
  checkTopic('--subscribe-topic', flags.subscribeTopic, checkTopicFilter);
}

function checkTopic(option: string, topic: string | undefined, verdict: (topic: string) => number): void {
  const code = topic === undefined ? 0 : verdict(topic);
  if (code < 0) throw new UsageError(`${option} ${JSON.stringify(topic)}: ${describeResult(code)}`);
}
