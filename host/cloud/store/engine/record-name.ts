import type { RecordKey } from './engine.js';
import type { Table } from './tables.js';

/** One text for each record, also across tables. */
export function recordName(table: Table, key: RecordKey): string {
  // Parts are printable, so nothing in them ends a line.
  return `${table}\n${key.join('\n')}`;
}
