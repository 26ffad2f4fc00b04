import type { Engine, RecordChange, TableRecord } from '../engine/engine.js';
import { TABLES } from '../engine/tables.js';
import { readRecord } from '../record-json.js';

/** Records of a commit: small enough that others' commits do not wait. */
const AT_ONCE = 500;

/** Removes every record of an account but its own. @returns how many there were */
export async function removeOwned(engine: Engine, accountSid: string): Promise<number> {
  let count = 0;
  let changes: RecordChange[] = [];
  const commit = async () => {
    if (changes.length === 0) return;
    await engine.commit(changes);
    count += changes.length;
    changes = [];
  };
  for await (const record of engine.scan()) {
    if (isOwned(record, accountSid)) changes.push({ op: 'remove', table: record.table, key: record.key });
    if (changes.length >= AT_ONCE) await commit();
  }
  await commit();
  return count;
}

function isOwned(record: TableRecord, accountSid: string): boolean {
  if (record.table === 'api_key') return readRecord<{ accountSid: string }>(record).accountSid === accountSid;
  return record.table !== 'account' && TABLES[record.table][0] === 'account_sid' && record.key[0] === accountSid;
}
