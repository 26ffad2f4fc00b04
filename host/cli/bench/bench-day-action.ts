import { measureDay } from '../../bench/index.js';
import { modulePath } from '../../core/index.js';
import { reasonOf } from '../../node/reason.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { usageHeads, usageText } from './usage-table.js';

export interface BenchDayFlags {
  json?: boolean;
  guest?: string;
}

/** `wasmqtt bench --day`. @throws UserError when the module cannot be a guest, or does not last for a day */
export async function benchDayAction({ json, guest = modulePath('app.wasm') }: BenchDayFlags): Promise<void> {
  progress(`day ${guest}`);
  const results = await measureDay(guest).catch((error) => {
    throw new UserError(`bench --day ${guest}: ${reasonOf(error)}`);
  });
  progress('');
  const colours = coloursFor(process.stdout);
  if (!json) process.stdout.write(`${usageHeads}\n`);
  for (const result of results) process.stdout.write(`${json ? JSON.stringify(result) : usageText(result, colours)}\n`);
}
