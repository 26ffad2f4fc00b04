import { Command, Option } from 'commander';
import type { DojotBridgeFlags } from '../../bridge/dojot-bridge-action.js';
import { statusOption } from '../../options/bridge-options.js';
import { forOption, jsonOption } from '../../options/shared-options.js';

const load = () => import('../../bridge/dojot-bridge-action.js');

const V2K = `
Example, on one machine without TLS:
  V2K_MQTT_HOST=localhost V2K_MQTT_PORT=1883 V2K_MQTT_SECURE=false KAFKA_BROKER_LIST=localhost:9092 wasmqtt dojot v2k
  mosquitto_pub -t admin:a1998e/attrs -m '{"attr_example": 10}' -u admin:a1998e

The settings are dojot's environment variables of that generation, with their defaults: docs/kafka-bridges.md lists them. A message is acknowledged
when all in-sync replicas have its record. Several instances share the messages; each has a client id of its own.`;

const K2V = `
Example, on one machine without TLS:
  K2V_MQTT_HOST=localhost K2V_MQTT_PORT=1883 K2V_MQTT_SECURE=false KAFKA_BROKER_LIST=localhost:9092 wasmqtt dojot k2v
  mosquitto_sub -t admin:a1998e/config -u admin:a1998e

The settings are dojot's environment variables of that generation, with their defaults: docs/kafka-bridges.md lists them. Events other than
"configure" are not for devices. An offset is committed when the broker has acknowledged the message.`;

export function v2kCommand(): Command {
  return withOptions(new Command('v2k'), 'v2k')
    .description('carry what devices publish on attrs to Kafka, as dojot does')
    .addHelpText('after', V2K)
    .action(async (flags: DojotBridgeFlags) => (await load()).dojotBridgeAction('v2k', flags));
}

export function k2vCommand(): Command {
  return withOptions(new Command('k2v'), 'k2v')
    .description('carry configurations for devices from Kafka to config, as dojot does')
    .addHelpText('after', K2V)
    .action(async (flags: DojotBridgeFlags) => (await load()).dojotBridgeAction('k2v', flags));
}

function withOptions(command: Command, name: string): Command {
  return command
    .addOption(new Option('--generation <number>', 'of dojot').choices(['1', '2', '3']).default('1'))
    .option(
      '--dead-letters <topic>',
      'Kafka topic that keeps what cannot go on, with the reason',
      `${name}.dead-letters`,
    )
    .option('--no-dead-letters', 'report what cannot go on, and drop it')
    .addOption(statusOption().default({ host: '127.0.0.1', port: 9000 }, '9000'))
    .option('--no-status', 'serve no status')
    .addOption(forOption())
    .addOption(jsonOption());
}
