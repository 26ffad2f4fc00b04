import { bridgeRows, measureBridge } from '../../bench/index.js';
import { reasonOf } from '../../node/reason.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { usageHeads, usageText } from './usage-table.js';

export interface BenchBridgeFlags {
  json?: boolean;
  filter?: string;
  /** addresses of Kafka */
  kafka?: string;
  /** processes of Kafka that stand still for a while */
  kafkaPids?: string;
}

/** `wasmqtt bench --bridge`. @throws UserError when no row is left, or nothing can be measured here */
export async function benchBridgeAction(flags: BenchBridgeFlags): Promise<void> {
  const { json, filter = '', kafka, kafkaPids = '' } = flags;
  if (kafka === undefined) throw new UserError('--bridge: needs Kafka; give its addresses with --kafka host:port,...');
  if (!bridgeRows.some((name) => name.includes(filter))) {
    throw new UserError(`--filter ${filter}: no row has this in its name; there are ${bridgeRows.join(', ')}`);
  }
  const pids = kafkaPids.split(',').filter(Boolean).map(Number);
  const places = { cli: process.argv[1], kafka: kafka.split(','), kafkaPids: pids };
  const results = await measureBridge({ ...places, filter, progress }).catch((error) => {
    throw new UserError(`bench --bridge: ${reasonOf(error)}`);
  });
  progress('');
  const colours = coloursFor(process.stdout);
  if (!json) process.stdout.write(`${usageHeads}\n`);
  for (const result of results) process.stdout.write(`${json ? JSON.stringify(result) : usageText(result, colours)}\n`);
}
