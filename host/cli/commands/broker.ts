import { type Command, Option } from 'commander';
import type { BrokerFlags } from '../broker/broker-flags.js';
import { PROFILES, profileOptions } from '../broker/profile/profiles.js';
import { bridgesOption } from '../options/bridge-options.js';
import { parsePort } from '../options/option-parsers.js';
import { forOption, jsonOption } from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt broker                                 port 1883, for this machine only
  wasmqtt broker -v -p 1884                      another port, and a line for each packet
  wasmqtt broker -c mosquitto.conf --check       what a configuration means, and what is wrong with it
  wasmqtt broker -c mosquitto.conf               run it
  wasmqtt broker -c mosquitto.conf -d            in the background
  wasmqtt broker -v --pcap mqtt.pcapng --status 8080
                                                 packets for Wireshark; http://127.0.0.1:8080/v1/clients, /metrics
  wasmqtt passwd -c passwords ann                the password file of a configuration
  KAFKA_BROKER_LIST=localhost:9092 wasmqtt broker --profile dojot --state state --bridges v2k,k2v
                                                 with dojot's bridges to Kafka in the same process
${PROFILES.flatMap(({ examples }) => examples.map((line) => `  ${line}`)).join('\n')}

The configuration is that of mosquitto 2.0 (mosquitto.conf(5)). A mistake in it is reported with file, line and column, together with
all others, and nothing is started: exit code 2. SIGHUP reloads passwords, ACLs, certificates, CRLs and the log, SIGINT and SIGTERM end
the broker. SIGUSR1 saves.
With "persistence true", sessions, messages and retained messages outlive the broker: with sync nothing is acknowledged before it is on the
disk, with interval it gets there every autosave_interval seconds. The first line of --json is {"event":"listening","listeners":[{"protocol","host","port"}]}.`;

export function brokerCommand(command: Command): void {
  command
    .option('-c, --config-file <file>', 'mosquitto.conf to read (default: none; port 1883, this machine only)')
    .option(
      '-p, --port <port>',
      'port on this machine instead of 1883; several times for several; without effect if the file has listeners',
      (text, before: number[] = []) => [...before, parsePort(text, true)],
    )
    .option('-v, --verbose', 'log everything, each packet too, whatever the file says')
    .option('-d, --daemon', 'go on in the background once all listeners are open')
    .addOption(
      new Option('--persistence <when>', 'when state comes onto the disk, if the file has "persistence true"')
        .choices(['sync', 'interval', 'off'])
        .default('sync'),
    )
    .option(
      '--pcap <file>',
      'write all packets into this file, for Wireshark (pcapng; passwords and payloads are in it)',
    )
    .option(
      '--status <port>',
      'serve clients, sessions, subscriptions, retained topics (JSON) and /metrics (Prometheus) on 127.0.0.1',
      (text) => parsePort(text, true),
    )
    .addOption(bridgesOption())
    .option('--check', 'read the configuration, say what it means, and end')
    .addOption(forOption())
    .addOption(jsonOption())
    .addOption(
      new Option('--profile <name>', 'do as another broker does, with its options in place of a file').choices(
        PROFILES.map(({ name }) => name),
      ),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: BrokerFlags) => (await import('../broker/broker-action.js')).brokerAction(flags));
  for (const option of profileOptions()) command.addOption(option);
}
