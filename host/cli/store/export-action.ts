import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exportRecords } from '../../cloud/index.js';
import { syncFolder } from '../../node/private-files.js';
import { reasonOf } from '../../node/reason.js';
import { progress } from '../output/progress.js';
import { UsageError, UserError } from '../process/user-error.js';
import { archiveSecret } from './archive-secret.js';
import { report, type StoreFlags, withOpenedStore } from './opened-store.js';

export interface ExportFlags extends StoreFlags {
  passphraseFile?: string;
}

/** `wasmqtt store export`. Rejects with StoreError, UserError, UsageError. */
export async function exportAction(file: string, flags: ExportFlags): Promise<void> {
  const toOutput = file === '-';
  if (toOutput && process.stdout.isTTY)
    throw new UsageError('an export is bytes; name a file, or lead it on with > or |');
  if (toOutput && flags.json) throw new UsageError('with - the export itself is on standard output; leave --json out');
  await withOpenedStore(flags, async (engine, source) => {
    let records = 0;
    const bytes = exportRecords(engine, await archiveSecret(flags, source), (count) => {
      records = count;
      if (count % 100 === 0) progress(`${count} records`);
    });
    if (toOutput) await pipeline(bytes, process.stdout, { end: false });
    else await writeWhole(file, bytes);
    progress('');
    if (!toOutput)
      report(flags, { event: 'exported', file, records }, `${records} records of ${engine.place} are in ${file}`);
  });
}

/** The file is there when it is whole, and for its owner alone. */
async function writeWhole(file: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    await rm(temporary, { force: true });
    await pipeline(bytes, createWriteStream(temporary, { flags: 'wx', mode: 0o600 }));
    const handle = await open(temporary, 'r');
    await handle.sync().finally(() => handle.close());
    await rename(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UserError(`the export cannot be written to ${file}: ${reasonOf(error)}; name another place`);
  }
}
