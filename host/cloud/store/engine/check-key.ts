import { StoreError } from '../store-error.js';
import type { RecordChange, RecordKey, RecordRange } from './engine.js';
import { MAX_PART_LENGTH, TABLES, type Table } from './tables.js';

const PART = new RegExp(`^[\\x20-\\x7e]{0,${MAX_PART_LENGTH}}$`);

/**
 * What every engine asks of a key before it does anything with it, so that all refuse the same and none of them meets a key that its
 * database cannot hold.
 *
 * @param parts how many the key is to have; default those of its table
 * @throws StoreError `invalid-key`
 */
export function checkRecordKey(table: Table, key: RecordKey, parts: number = TABLES[table].length): void {
  const fault =
    key.length !== parts
      ? `has ${key.length} parts, not ${parts}`
      : key.every((part) => PART.test(part))
        ? undefined
        : `has a part that is not up to ${MAX_PART_LENGTH} printable ASCII characters`;
  if (fault !== undefined) throw new StoreError('invalid-key', `the key of a record in "${table}" ${fault}`);
}

/** The same for a range: the prefix lacks the last part. @throws StoreError `invalid-key` */
export function checkRecordRange(table: Table, prefix: RecordKey, range: RecordRange = {}): void {
  const bounds = [range.after, range.before].filter((bound) => bound !== undefined);
  checkRecordKey(table, prefix, TABLES[table].length - 1);
  for (const bound of bounds) checkRecordKey(table, [...prefix, bound]);
}

/** @throws StoreError `invalid-key` */
export function checkChangedKeys(changes: readonly RecordChange[]): void {
  for (const { table, key } of changes) checkRecordKey(table, key);
}
