import { type Command, Option } from 'commander';
import {
  collect,
  parseAllowedHost,
  parseDevices,
  parseDevicesPerProcess,
  parseDuration,
  parseMebibytes,
  parsePort,
  parseWatchdog,
} from '../options/option-parsers.js';
import { dataOption, deviceSidsOption, forOption, jsonOption, storeOption } from '../options/shared-options.js';
import type { RunFlags } from '../run/run-action.js';

/** Each process has one thread for its devices: so many, publishing once a second, keep half a core busy. */
const DEVICES_PER_PROCESS = 2000;

const EXAMPLES = `
Examples:
  wasmqtt run                                    cloud, broker and device, all on this machine
  wasmqtt run --for 10s --json                   ten seconds, one JSON object a line
  wasmqtt run --broker-conf mosquitto.conf       the embedded broker serves other clients too
  wasmqtt run --guest app.wasm --devices 20      twenty devices with an application of yours
  wasmqtt run --devices 5000 --interval 10s      five thousand devices, in three processes
  wasmqtt run --broker-host broker.example.com --root-ca ca.pem --cert device.pem --key device.key
  wasmqtt run --broker-host localhost --broker-port 8884 --root-ca ca.pem --username u --password-file pw.txt
  wasmqtt run --cloud https://cloud.example.com --device-key pump.key
  wasmqtt run my-application                     builds an application in C or C++, and runs it

The configuration comes from the options, else from the store of the local cloud (see "wasmqtt cloud"). If the store has
no broker-host, an embedded broker is started and the device is provisioned for it.`;

export function runCommand(command: Command): void {
  command
    .option('--broker-host <host>', 'MQTT broker; the embedded one stays off')
    .option(
      '--broker-port <port>',
      'its TLS port (default 8883); without --broker-host: of the embedded broker',
      (text) => parsePort(text),
    )
    .option('--broker-conf <file>', 'mosquitto.conf: the embedded broker also opens its listeners')
    .option('--root-ca <file>', 'root CA of the broker, PEM or DER (default: the Mozilla roots)')
    .option('--cert <file>', "the device's certificate, PEM or DER")
    .option('--key <file>', 'its private key, PKCS#8, PEM or DER')
    .option('--username <name>', 'user name for the broker')
    .option('--password-file <file>', 'file with the password for the broker')
    .option('--client-id <id>', 'MQTT client id (default: the device SID)')
    .addOption(new Option('--protocol <version>', 'MQTT version (default 5)').choices(['3.1.1', '5']))
    .addOption(deviceSidsOption())
    .option('--devices <count>', 'so many devices, each with a SID of its own (default 1)', parseDevices)
    .addOption(
      new Option('--devices-per-process <count>', 'further processes are started for more')
        .argParser(parseDevicesPerProcess)
        .default(DEVICES_PER_PROCESS),
    )
    .addOption(
      new Option('--scope <scope>', 'scope of the keys in the stores (default device)').choices(['device', 'account']),
    )
    .option('--publish-topic <topic>', 'topic of the readings (default sensor/device/<client id>)')
    .option('--subscribe-topic <filter>', 'topic of the commands (default command/device/<client id>)')
    .option('--interval <duration>', 'time between readings (default 1s)', parseDuration)
    .option(
      '--stable-after <duration>',
      'how long a connection must last until attempts are a second apart again (default 10s)',
      parseDuration,
    )
    .option('--guest <file>', 'another guest module instead of the device application')
    .option('--guest-memory <mebibytes>', 'memory that a guest may have (default 16)', parseMebibytes)
    .option('--isolate', 'run devices in a thread of their own (default for --guest)')
    .option('--no-isolate', 'run them in this one, which a guest can halt')
    .option('--watchdog <duration>', 'end a guest that does not come back for so long (default 10s)', parseWatchdog)
    .option('--interrupt-every-call', 'interrupt a guest that waits in calls at every call, which shows races')
    .option(
      '--allow-host <name>',
      'host for HTTP requests of the guest, *.example.com or *; repeatable',
      parseAllowedHost,
    )
    .option('--plain-http', 'also HTTP without TLS, to this machine alone')
    .option(
      '--http-ca <file>',
      'CA for HTTPS requests of the guest beside the Mozilla roots, PEM or DER; repeatable',
      collect,
    )
    .option('--flash <file>', 'external flash of the guest (made with 8 MiB if it is not there)')
    .option('--cloud-port <port>', 'port of the local REST API (default 8180, or any free one)', (text) =>
      parsePort(text, true),
    )
    .option('--cloud <url>', 'the cloud of the devices, instead of a local one; they show their keys')
    .option('--device-key <file>', 'keys of the devices for --cloud, one a line (default: WASMQTT_DEVICE_KEY)')
    .option('--cloud-ca <file>', 'root certificates of the cloud, PEM (default: those of Node)')
    .addOption(forOption())
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .addOption(new Option('--no-tls', 'refused: the managed client requires TLS').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, flags: RunFlags) =>
      (await import('../run/run-action.js')).runAction(folder, flags),
    );
}
