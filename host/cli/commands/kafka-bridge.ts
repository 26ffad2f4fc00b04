import { Command, Option } from 'commander';
import type { KafkaBridgeFlags } from '../bridge/kafka-bridge-action.js';
import { deadLettersOption, statusOption } from '../options/bridge-options.js';
import { collect } from '../options/option-parsers.js';
import { forOption, jsonOption } from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt bridge kafka --from 'sensor/#' --topic readings
  wasmqtt bridge kafka --from '+/+/state' --topic '{1}.state' --key '{2}' --value json
  wasmqtt bridge kafka --from 'sensor/#' --share workers --client-id worker-2 --topic readings
                                                 one of several instances, each with a client id of its own
  wasmqtt bridge kafka --from-topic commands --to 'device/{key}/command'
  wasmqtt bridge kafka --from-topic '/.+[.]commands/' --to '{1}/command' --mqtt mqtts://broker.example.com --ca ca.crt

In templates, {topic} is the topic, {1} its first level, {2+} all from the second on, {payload.a.b} a field of a JSON payload; from Kafka, {1} is what
stands before the first ".", {key} the key, {value.a.b} a field of a JSON value. {{ and }} are braces.

A message is acknowledged when all in-sync replicas have its record; an offset is committed when the broker has acknowledged the message.
What cannot go on is a dead letter. Without --dead-letters it is reported and dropped.`;

export function bridgeCommand(command: Command): void {
  const kafka = new Command('kafka')
    .description('between any MQTT broker and Kafka: nothing that was acknowledged is lost')
    .option('--from <filter>', 'to Kafka: topic filter to subscribe to; repeatable', collect)
    .option('--topic <template>', 'to Kafka: topic of the records')
    .option('--key <template>', 'to Kafka: key of the records, "" for none (default: {topic})')
    .addOption(
      new Option('--value <shape>', 'the payload as it is, or in JSON with where it comes from')
        .choices(['raw', 'json'])
        .default('raw'),
    )
    .option('--share <group>', 'to Kafka: subscribe as one of several that share the messages')
    .option('--from-topic <name>', 'from Kafka: topic, or a /pattern/ of whole names; repeatable', collect)
    .option('--to <template>', 'from Kafka: topic of the messages')
    .option('--group <id>', 'from Kafka: consumer group', 'wasmqtt-bridge')
    .option('--retain', 'from Kafka: publish retained messages')
    .addOption(new Option('--qos <qos>', 'of the subscription or the messages').choices(['0', '1', '2']).default('1'))
    .option('--mqtt <url>', 'broker: mqtt://HOST:PORT, or mqtts:// with TLS', 'mqtt://127.0.0.1:1883')
    .addOption(new Option('--protocol <version>', 'of MQTT').choices(['3.1.1', '5']).default('5'))
    .option('--client-id <id>', 'under which the broker keeps the session', 'wasmqtt-bridge')
    .option('--username <name>', 'at the broker')
    .option('--password-file <file>', 'its first line is the password at the broker')
    .option('--ca <file>', 'PEM: whom the broker is trusted by (default: whom Node trusts)')
    .option('--cert <file>', 'PEM: certificate for the broker')
    .option('--private-key <file>', 'PEM: its private key')
    .option('--kafka <addresses>', 'HOST:PORT of brokers of the cluster, with commas between', '127.0.0.1:9092')
    .option('--kafka-tls', 'TLS with Kafka')
    .option('--kafka-ca <file>', 'PEM: whom Kafka is trusted by; says --kafka-tls')
    .option('--kafka-cert <file>', 'PEM: certificate for Kafka')
    .option('--kafka-private-key <file>', 'PEM: its private key')
    .addOption(
      new Option('--kafka-sasl <mechanism>', 'how to log in').choices(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
    )
    .option('--kafka-username <name>', 'at Kafka')
    .option('--kafka-password-file <file>', 'its first line is the password at Kafka')
    .addOption(
      new Option('--compression <codec>', 'of records').choices(['none', 'gzip', 'snappy', 'lz4']).default('none'),
    )
    .option('--create-topics', 'make topics that are missing, with the defaults of the cluster')
    .addOption(deadLettersOption())
    .addOption(statusOption())
    .addOption(forOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: KafkaBridgeFlags) =>
      (await import('../bridge/kafka-bridge-action.js')).kafkaBridgeAction(flags),
    );
  command
    .enablePositionalOptions()
    .addCommand(kafka)
    .addHelpText('after', "\nExample:\n  wasmqtt bridge kafka --from 'sensor/#' --topic readings");
}
