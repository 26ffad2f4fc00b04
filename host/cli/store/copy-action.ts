import { resolve } from 'node:path';
import { copyStore, isPostgresAddress, shownPlace } from '../../cloud/index.js';
import { progress } from '../output/progress.js';
import { withSignals } from '../process/signals.js';
import { UsageError, UserError } from '../process/user-error.js';
import { isMissing } from '../services/local-store.js';

export interface CopyFlags {
  from: string;
  to: string;
  merge?: boolean;
  json?: boolean;
}

/** `wasmqtt store copy`. @throws UsageError, UserError, StoreError */
export async function copyAction({ from, to, merge, json }: CopyFlags): Promise<void> {
  if (samePlace(from) === samePlace(to)) throw new UsageError('--from and --to name the same store');
  if (isMissing(from)) throw new UserError(`--from ${from}: there is no store; name the folder that has its data.mdb`);
  const [source, target] = [shownPlace(from), shownPlace(to)];
  await withSignals(async (signal) => {
    let records = 0;
    const options = {
      merge,
      signal,
      progress: (count: number) => {
        records = count;
        progress(`${count} records`);
      },
    };
    const tables = await copyStore(from, to, options).catch((error: Error) => {
      progress('');
      throw records === 0 ? error : new UserError(`${error.message}; ${brokenOff(target, records)}`);
    });
    progress('');
    if (signal.aborted) throw new UserError(`the copy was ended; ${brokenOff(target, records)}`);
    if (json) {
      const event = { event: 'copied', from: source, to: target, records, tables: Object.fromEntries(tables) };
      process.stdout.write(`${JSON.stringify(event)}\n`);
      return;
    }
    const lines = Array.from(tables, ([table, count]) => `  ${table} ${count}\n`);
    process.stdout.write(`copied ${records} records\n  from ${source}\n  to ${target}\n${lines.join('')}`);
  });
}

function samePlace(place: string): string {
  return isPostgresAddress(place) ? shownPlace(place) : resolve(place);
}

function brokenOff(target: string, records: number): string {
  return `${target} holds ${records} records of it: copy again with --merge to have them all`;
}
