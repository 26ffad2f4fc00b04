import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { report, type StoreFlags, withOpenedStore } from './opened-store.js';

/** `wasmqtt store check`. Rejects with StoreError, and UserError when records are damaged. */
export async function checkAction(flags: StoreFlags): Promise<void> {
  await withOpenedStore(flags, async (engine) => {
    let records = 0;
    let damaged = 0;
    for await (const problem of engine.check()) {
      records += 1;
      if (records % 100 === 0) progress(`${records} records`);
      if (problem === undefined) continue;
      damaged += 1;
      progress('');
      process.stderr.write(`${problem.message}\n`);
    }
    progress('');
    if (damaged > 0)
      throw new UserError(`${damaged} of ${records} records of ${engine.place} are damaged; restore a backup`);
    report(flags, { event: 'checked', records }, `${records} records of ${engine.place} are what was written`);
  });
}
