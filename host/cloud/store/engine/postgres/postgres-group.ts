import type { Commit, RecordChange, RecordKey } from '../engine.js';
import { firstFailed, type Present } from '../first-failed.js';
import type { CommitGroup } from '../group-commit.js';
import { recordName } from '../record-name.js';
import type { Table } from '../tables.js';
import type { Row } from './postgres-pool.js';
import type { Put, Writing } from './postgres-statements.js';

/** How the commits of a group ended, and what is to be written for it; undefined when nothing changes. */
export interface Judged {
  commits: Commit[];
  writing: Writing | undefined;
}

/** The records whose state decides something: those with a condition, and those that are removed. */
export function decidingKeys(group: CommitGroup): [Table, RecordKey[]][] {
  const found = new Map<string, [Table, RecordKey]>();
  for (const { op, table, key, if: condition } of group.flat()) {
    if (condition !== undefined || op === 'remove') found.set(recordName(table, key), [table, key]);
  }
  const byTable = new Map<Table, RecordKey[]>();
  for (const [table, key] of found.values()) addTo(byTable, table, key);
  return [...byTable];
}

/** What there is of them, by name: rows of `PostgresStatements.revisions`. */
export function presentRevisions(keys: readonly [Table, RecordKey[]][], rows: readonly Row[]): Map<string, number> {
  return new Map(
    rows.map((row) => {
      const [table, wanted] = keys[Number(row.place_of_table)];
      return [recordName(table, wanted[Number(row.place) - 1]), Number(row.revision)];
    }),
  );
}

/**
 * Judges each commit of a group by its own conditions, as if they came one after the other, and adds up what is left to write: of each
 * record the last state alone.
 *
 * @param revision of the store before
 * @param present revisions of the deciding records that are there, by name; it is changed to what they are after the group
 */
export function judge(group: CommitGroup, revision: number, present: Map<string, number>): Judged {
  const last = new Map<string, { table: Table; key: RecordKey; put?: Put }>();
  const made: { revision: number; changed: RecordChange[] }[] = [];
  let newest = revision;
  const before: Present = {
    has: (table, key) => present.has(recordName(table, key)),
    revision: (table, key) => present.get(recordName(table, key)),
  };
  const commits = group.map((changes): Commit => {
    const failed = firstFailed(changes, before);
    if (failed >= 0) return { committed: false, failed };
    const changed = changes.filter((change) => {
      const { op, table, key } = change;
      const name = recordName(table, key);
      if (op === 'check' || (op === 'remove' && !present.has(name))) return false;
      if (op === 'remove') present.delete(name);
      else present.set(name, newest + 1);
      const put = op === 'put' ? { key, data: change.data, revision: newest + 1 } : undefined;
      last.set(name, { table, key, put });
      return true;
    });
    if (changed.length > 0) made.push({ revision: ++newest, changed });
    return { committed: true, revision: newest };
  });
  if (made.length === 0) return { commits, writing: undefined };
  const [puts, removes] = [new Map<Table, Put[]>(), new Map<Table, RecordKey[]>()];
  for (const { table, key, put } of last.values()) {
    if (put) addTo(puts, table, put);
    else addTo(removes, table, key);
  }
  return { commits, writing: { revision: newest, puts, removes, commits: made } };
}

function addTo<T>(lists: Map<Table, T[]>, table: Table, item: T): void {
  const list = lists.get(table);
  if (list) list.push(item);
  else lists.set(table, [item]);
}
