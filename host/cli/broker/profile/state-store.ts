import { join } from 'node:path';
import { BrokerError, LmdbStore, type PersistenceMode } from '../../../broker/index.js';
import { reasonOf } from '../../../node/reason.js';

/**
 * Opens the folder of `--state`; undefined when nothing is to be kept.
 *
 * @param name of the broker that keeps it
 * @throws BrokerError when the folder cannot be used
 */
export function openStateStore(
  folder: string | undefined,
  name: string,
  persistence: PersistenceMode | undefined,
  onCommit: (seconds: number) => void,
): LmdbStore | undefined {
  if (folder === undefined || persistence === 'off') return undefined;
  try {
    return new LmdbStore({ directory: join(folder, `${name}.lmdb`), persistence, onCommit });
  } catch (error) {
    throw new BrokerError('options', `--state ${folder}: ${reasonOf(error)}`, { cause: error });
  }
}
