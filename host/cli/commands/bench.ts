import { type Command, Option } from 'commander';
import type { BenchFlags } from '../bench/bench-action.js';
import type { BenchBridgeFlags } from '../bench/bench-bridge-action.js';
import type { BenchGuestFlags } from '../bench/bench-guest-action.js';
import { jsonOption } from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt bench --filter decode.cursor
  wasmqtt bench --save before.json               and after a change: wasmqtt bench --compare before.json
  wasmqtt bench --broker --filter broker.fanout
  wasmqtt bench --guest app.wasm
  wasmqtt bench --fleet
  wasmqtt bench --day
  wasmqtt bench --cloud
  wasmqtt bench --bridge --kafka 127.0.0.1:9092

Both sides of a row run by turns, in four processes for each row; times are processor time for one packet, or one text. "+/-" is how far
the ratios of the four lie apart; a row says so when the two halves of the run disagree. With --compare a row has changed when its ratios
are further apart than both spreads. Look at the ratios: the nanoseconds depend on the machine. It takes eight minutes.

Peers are packages that must be installed; "control" is a tight decoder in plain JavaScript that checks next to nothing, "buffer.isUtf8"
is Node's own check, "limit" is what a unit may take. Rows named ".polluted" had 60,000 odd packets before, on both sides.

With --broker: this broker, mosquitto and aedes serve the same load by turns, each in a process of its own; less is better. It
needs a clone of the project, a C compiler, the headers of OpenSSL, mosquitto and the package aedes, and takes some minutes.

With --guest: what each of 200 guests of a module takes of memory when it has run until it waits, beside an instance of the module
whose imports do nothing; the limit is for an application with two tasks. It needs Linux.

With --fleet: what 1,000 devices in one process take, which publish once a second over mutual TLS to the embedded broker: processors, memory
of each, and how many memories of WebAssembly a process takes. With --guest 200 devices with that module. It needs Linux, and two minutes.

With --day: the processor time of a virtual day of the device application, which publishes once a second to a broker in the process; with
--guest of another module, for whose limit it is an application in C that wakes 110 times a second.

With --cloud: wasmqtt cloud with 100,000 configs on LMDB, 16 clients that read and write over HTTP keep-alive, pages of the list, and 10,000
devices that wait for changes; the server is a process of its own. It needs Linux, 10,100 open files for a process, and two minutes. With --store rows\ncloud.postgres.* are measured by turns with those of LMDB; what was written stays in the database.

With --bridge: dojot's V2K between this broker, or mosquitto, and the Kafka of --kafka, three nodes of it; devices publish messages of 200 bytes
with QoS 1. It makes the topic admin.device-data, needs Linux and mosquitto, and takes a minute.`;

export function benchCommand(command: Command): void {
  command
    .option('--broker', 'measure the broker against mosquitto and aedes instead')
    .option('--guest <file>', 'measure the memory of guests of this module instead')
    .option('--fleet', 'measure wasmqtt run with many devices instead')
    .option('--day', 'measure a virtual day of a device instead')
    .option('--cloud', 'measure wasmqtt cloud with many clients and devices instead')
    .option('--bridge', 'measure the bridge from MQTT to Kafka instead')
    .option('--kafka <addresses>', 'with --bridge: host:port,... of Kafka')
    .addOption(new Option('--kafka-pids <pids>').hideHelp())
    .option('--store <place>', 'with --cloud: the empty database, postgres://..., that is measured beside LMDB')
    .addOption(new Option('--memory-of <what>').choices(['guests', 'instances']).hideHelp())
    .addOption(new Option('--cache <folder>').hideHelp())
    .option('--filter <text>', 'only rows whose name contains this text')
    .option('--save <file>', 'also keep the results of this run (JSON)')
    .option('--compare <file>', 'also say what has changed since the run that --save has kept there')
    .addOption(new Option('--row <row>').hideHelp())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(
      async (
        flags: BenchFlags &
          Partial<BenchGuestFlags> & {
            fleet?: boolean;
            day?: boolean;
            cloud?: boolean;
            store?: string;
            bridge?: boolean;
          } & BenchBridgeFlags,
      ) => {
        const { guest } = flags;
        if (flags.fleet) await (await import('../bench/bench-fleet-action.js')).benchFleetAction(flags);
        else if (flags.day) await (await import('../bench/bench-day-action.js')).benchDayAction(flags);
        else if (flags.cloud) await (await import('../bench/bench-cloud-action.js')).benchCloudAction(flags);
        else if (flags.bridge) await (await import('../bench/bench-bridge-action.js')).benchBridgeAction(flags);
        else if (guest !== undefined) {
          await (await import('../bench/bench-guest-action.js')).benchGuestAction({ ...flags, guest });
        } else if (flags.broker) await (await import('../bench/bench-broker-action.js')).benchBrokerAction(flags);
        else await (await import('../bench/bench-action.js')).benchAction(flags);
      },
    );
}
