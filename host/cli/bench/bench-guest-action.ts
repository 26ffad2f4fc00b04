import { existsSync } from 'node:fs';
import { type MemoryOf, measureGuestMemory, memoryOf } from '../../bench/index.js';
import { reasonOf } from '../../node/reason.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { usageHeads, usageText } from './usage-table.js';

export interface BenchGuestFlags {
  json?: boolean;
  guest: string;
  /** For the processes that it starts: what this one is to measure in itself, and the folder with the module. */
  memoryOf?: MemoryOf;
  cache?: string;
}

/** `wasmqtt bench --guest`. @throws UserError when the module cannot be a guest, or memory cannot be measured here */
export async function benchGuestAction({ json, guest, memoryOf: of, cache }: BenchGuestFlags): Promise<void> {
  if (!existsSync(guest)) throw new UserError(`${guest}: there is no such file; give a .wasm file with --guest`);
  try {
    if (of && cache) {
      process.stdout.write(JSON.stringify(await memoryOf(of, guest, cache)));
      return;
    }
    progress(`guest.memory ${guest}`);
    const results = await measureGuestMemory(guest, process.argv[1]);
    progress('');
    const colours = coloursFor(process.stdout);
    if (!json) process.stdout.write(`${usageHeads}\n`);
    for (const result of results)
      process.stdout.write(`${json ? JSON.stringify(result) : usageText(result, colours)}\n`);
  } catch (error) {
    throw new UserError(`${guest}: ${reasonOf(error)}`);
  }
}
