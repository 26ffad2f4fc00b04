import type { Engine } from './engine.js';
import { LmdbEngine } from './lmdb-engine.js';
import { isPostgresAddress } from './postgres/postgres-address.js';

/**
 * Opens a store's records.
 *
 * @param place a folder, which is made if it is missing, or `postgres://USER@HOST:PORT/DATABASE`, whose tables are made
 * Rejects with StoreError `unusable`, or `unavailable` while the database cannot be reached.
 */
export async function openEngine(place: string): Promise<Engine> {
  if (!isPostgresAddress(place)) return new LmdbEngine(place);
  // Only who keeps a store in PostgreSQL waits for its client to load.
  const { PostgresEngine } = await import('./postgres/postgres-engine.js');
  return PostgresEngine.open(place);
}
