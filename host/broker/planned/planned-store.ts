import { chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PersistencePlan } from '../conf/plan.js';
import { BrokerError } from '../listeners/listener.js';
import { LmdbStore } from '../store/lmdb-store.js';
import { StorageError } from '../store/storage-error.js';

/** When a broker of a plan brings its state onto the disk. `off`: never, whatever the plan says. */
export type PersistenceMode = 'sync' | 'interval' | 'off';

/**
 * Opens the store of a plan; undefined when nothing is to be kept. It is a folder beside the file that mosquitto would write.
 *
 * @throws BrokerError when the folder cannot be used. The message names the line
 */
export function openStore(
  plan: PersistencePlan | undefined,
  mode: PersistenceMode,
  onCommit?: (seconds: number) => void,
): LmdbStore | undefined {
  if (!plan || mode === 'off') return undefined;
  const { folder, file, interval, place } = plan;
  // 0 saves at the end only, and a number of changes is no time: then the longest time that a crash may cost is mosquitto's default.
  const seconds = plan.onChanges || interval === 0 ? 1800 : interval;
  try {
    return new LmdbStore({
      directory: join(folder, `${file}.lmdb`),
      persistence: mode,
      interval: seconds * 1000,
      onCommit,
    });
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new BrokerError('options', `${place.file}:${place.line}: ${error.message}`, { cause: error });
  }
}

/** Gives the folder to the user that the process becomes. @throws what node:fs throws */
export function handOver({ directory }: LmdbStore, { uid, gid }: { uid: number; gid: number }): void {
  for (const name of readdirSync(directory)) chownSync(join(directory, name), uid, gid);
  chownSync(directory, uid, gid);
}
