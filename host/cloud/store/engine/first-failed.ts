import type { RecordChange, RecordKey } from './engine.js';
import { recordName } from './record-name.js';
import type { Table } from './tables.js';

/** What there is before a commit. */
export interface Present {
  has(table: Table, key: RecordKey): boolean;
  revision(table: Table, key: RecordKey): number | undefined;
}

/**
 * The index of the first change whose condition does not hold, or -1. A condition is about the record as it would be by then: a change
 * sees what earlier ones of the same commit did.
 *
 * @param present is asked only where there is a condition
 */
export function firstFailed(changes: readonly RecordChange[], present: Present): number {
  const done = new Map<string, boolean>();
  return changes.findIndex(({ op, table, key, if: condition }) => {
    const name = recordName(table, key);
    const before = done.get(name);
    if (op !== 'check') done.set(name, op === 'put');
    if (condition === undefined) return false;
    if (typeof condition === 'number') return before !== undefined || present.revision(table, key) !== condition;
    return (before ?? present.has(table, key)) !== (condition === 'present');
  });
}
