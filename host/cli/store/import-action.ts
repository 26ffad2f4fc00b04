import { createReadStream } from 'node:fs';
import { importRecords } from '../../cloud/index.js';
import { reasonOf } from '../../node/reason.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { type ArchiveSecretFlags, archiveSecret } from './archive-secret.js';
import { report, type StoreFlags, withOpenedStore } from './opened-store.js';

export interface ImportFlags extends StoreFlags, ArchiveSecretFlags {
  merge?: boolean;
}

/** `wasmqtt store import`. Rejects with StoreError, UserError, UsageError. */
export async function importAction(file: string, flags: ImportFlags): Promise<void> {
  await withOpenedStore(
    flags,
    async (engine, source) => {
      const bytes = file === '-' ? process.stdin : read(file);
      const records = await importRecords(engine, bytes, await archiveSecret(flags, source), {
        merge: flags.merge,
        progress: (count) => {
          if (count % 100 === 0) progress(`${count} records`);
        },
      });
      progress('');
      report(flags, { event: 'imported', file, records }, `${records} records of ${file} are in ${engine.place}`);
    },
    true,
  );
}

async function* read(file: string): AsyncIterable<Buffer> {
  try {
    yield* createReadStream(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UserError(`the export ${file} cannot be read: ${reasonOf(error)}; check path and permissions`);
  }
}
