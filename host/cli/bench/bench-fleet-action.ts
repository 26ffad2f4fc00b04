import { existsSync } from 'node:fs';
import { measureFleet } from '../../bench/index.js';
import { reasonOf } from '../../node/reason.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { usageHeads, usageText } from './usage-table.js';

export interface BenchFleetFlags {
  json?: boolean;
  guest?: string;
}

/** `wasmqtt bench --fleet`. @throws UserError when the devices cannot be run, or nothing can be measured here */
export async function benchFleetAction({ json, guest }: BenchFleetFlags): Promise<void> {
  if (guest !== undefined && !existsSync(guest)) {
    throw new UserError(`${guest}: there is no such file; give a .wasm file with --guest`);
  }
  const results = await measureFleet(process.argv[1], guest, progress).catch((error) => {
    throw new UserError(`bench --fleet: ${reasonOf(error)}`);
  });
  progress('');
  const colours = coloursFor(process.stdout);
  if (!json) process.stdout.write(`${usageHeads}\n`);
  for (const result of results) process.stdout.write(`${json ? JSON.stringify(result) : usageText(result, colours)}\n`);
}
