import type { Engine, EngineRecord, RecordKey } from './engine/engine.js';
import type { Table } from './engine/tables.js';

/** A part of a list: what comes strictly after `after` or strictly before `before`, in the order of the list. */
export interface ListPage {
  after?: string;
  before?: string;
  /** how many to skip, 0 or more */
  offset?: number;
  /** how many at most, 1 or more; default all. With `before`, the nearest ones before it */
  limit?: number;
}

/**
 * The records of a page, in the order of the list. Rejects with RangeError when `limit` or `offset` is out of range, and as an `Engine`
 * does.
 */
export async function listPage(
  engine: Engine,
  table: Table,
  prefix: RecordKey,
  page: ListPage,
): Promise<EngineRecord[]> {
  checkCount('limit', page.limit, 1);
  checkCount('offset', page.offset, 0);
  const reverse = page.before !== undefined;
  const found = await engine.list(table, prefix, { ...page, reverse });
  return reverse ? found.reverse() : found;
}

const CHUNK = 500;

/** All records with a prefix, a part of them in memory at a time. Those that are written meanwhile may be among them or not. */
export async function* everyRecord(engine: Engine, table: Table, prefix: RecordKey): AsyncGenerator<EngineRecord> {
  let after: string | undefined;
  for (;;) {
    const found = await engine.list(table, prefix, { after, limit: CHUNK });
    yield* found;
    if (found.length < CHUNK) return;
    after = found.at(-1)?.key.at(-1);
  }
}

function checkCount(name: string, count: number | undefined, least: number): void {
  if (count === undefined || (Number.isSafeInteger(count) && count >= least)) return;
  throw new RangeError(`${name} must be a whole number of at least ${least}, not ${count}`);
}
