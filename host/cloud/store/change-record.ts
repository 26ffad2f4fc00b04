import type { Engine, EngineRecord, RecordKey } from './engine/engine.js';
import type { Table } from './engine/tables.js';
import { readRecord, writeRecord } from './record-json.js';
import { StoreError } from './store-error.js';

const TRIES = 10;

/**
 * Replaces a record by what `change` makes of it. When another commit comes between, it reads again.
 *
 * @returns the new record; undefined when there is none. Rejects with StoreError `conflict` after ten tries, and with what `change` throws
 */
export async function changeRecord<T extends object>(
  engine: Engine,
  table: Table,
  key: RecordKey,
  change: (record: T) => T,
): Promise<T | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const found: EngineRecord | undefined = await engine.get(table, key);
    if (found === undefined) return undefined;
    const changed = change(readRecord<T>(found));
    const put = { op: 'put', table, key, data: writeRecord(changed), if: found.revision } as const;
    if ((await engine.commit([put])).committed) return changed;
  }
  throw new StoreError('conflict', 'others change the same record again and again; nothing was written; try again');
}
