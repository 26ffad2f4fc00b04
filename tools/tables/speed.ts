// npm run speed: runs the whole benchmark and writes its rows into docs/speed.md. It takes some minutes. The ratios of the first table
// are of processor time, and those of the others worth something only when nothing else runs on the machine.
import { resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand } from '../command.js';
import { root } from '../root.js';
import {
  measureBridgeSpeed,
  measureBrokerSpeed,
  measureCloudSpeed,
  measureFleetSpeed,
  measureSpeed,
} from './measure-speed.js';

const HELP = `Usage: npm run speed -- [options]

Runs wasmqtt bench and writes its rows into docs/speed.md.

  --broker  the table of the broker instead, by wasmqtt bench --broker
  --fleet   the table of many devices instead, by wasmqtt bench --fleet; it needs what build-guest needs
  --cloud   the table of the cloud instead, by wasmqtt bench --cloud; it needs PostgreSQL
  --bridge  the table of the bridges to Kafka instead, by wasmqtt bench --bridge; it needs Kafka (npm run setup)
  --save FILE, --compare FILE
            of the first table: as with wasmqtt bench
  --help    this text
`;

await runCommand('speed', async () => {
  const flag = { type: 'boolean' } as const;
  const file = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { broker: flag, fleet: flag, cloud: flag, bridge: flag, save: file, compare: file, help: flag },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { save, compare } = values;
  const files = Object.entries({ save, compare }).flatMap(([option, name]) =>
    name ? [`--${option}`, resolve(name)] : [],
  );
  process.chdir(root);
  if (values.broker) measureBrokerSpeed();
  else if (values.fleet) measureFleetSpeed();
  else if (values.bridge) await measureBridgeSpeed();
  else if (values.cloud) await measureCloudSpeed();
  else measureSpeed(files);
  return 0;
});
