import type { ChangedRecord, ChangesSince } from './engine.js';
import { recordName } from './record-name.js';
import type { Table } from './tables.js';

/** A commit as engines note it: what it changed, by table and parts of the key. */
export interface NotedCommit {
  revision: number;
  changed: readonly (readonly [Table, ...string[]])[];
}

/**
 * What came after a revision.
 *
 * @param newest the revision of the store
 * @param commits those after `revision` that are still known, oldest first
 */
export function changesSince(revision: number, newest: number, commits: Iterable<NotedCommit>): ChangesSince {
  const last = new Map<string, ChangedRecord>();
  let next = revision + 1;
  for (const commit of commits) {
    if (commit.revision !== next) break;
    for (const [table, ...key] of commit.changed) {
      const name = recordName(table, key);
      // Taken out first, since a map keeps the place of what it has.
      last.delete(name);
      last.set(name, { table, key, revision: next });
    }
    next++;
  }
  return { revision: newest, complete: next === newest + 1, changes: [...last.values()] };
}
