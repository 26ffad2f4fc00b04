import type { Engine, TableRecord } from './engine/engine.js';
import { openEngine } from './engine/open-engine.js';
import type { Table } from './engine/tables.js';
import { StoreError } from './store-error.js';

export interface CopyOptions {
  /** Whether the target may hold something: records of the same key become those of the source, all others stay. */
  merge?: boolean;
  /** called after each part with the number of records that are on the target's disk */
  progress?: (records: number) => void;
  /** ends it between two parts */
  signal?: AbortSignal;
}

/** What goes into one commit of the target at most; a larger record goes alone. */
const MOST_RECORDS = 200;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Copies all records of a store, as they were at one moment, also while it is in use. What is sealed stays sealed: the copy opens with the
 * same master key.
 *
 * @param from a folder that exists, or an address of PostgreSQL
 * @param to a folder or an address; what is not there is made
 * @returns how many records of each table were copied
 * Rejects with StoreError: `not-found` when the source holds nothing, `already-exists` when the target holds something and `merge` is not set, `unusable` when it is sealed with keys
 * that the source does not have, and with what an `Engine` rejects with.
 * Parts that were copied before stay.
 *
 * @example
 * ```ts
 * import { type CopyOptions, copyStore, Store } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-original');
 * await store.accounts.create('plant');
 * await store.close();
 * let copied = 0;
 * const options: CopyOptions = { progress: (records) => (copied = records) };
 * (await copyStore('store-original', 'store-copy', options)).get('account'); // => 1
 * copied > 1; // => true
 * ```
 */
export async function copyStore(from: string, to: string, options: CopyOptions = {}): Promise<Map<Table, number>> {
  const source = await openEngine(from);
  try {
    if (await isEmpty(source)) {
      const advice = 'name another place, or start wasmqtt cloud on it once if wasmqtt 0.1 wrote it';
      throw new StoreError('not-found', `${source.place} holds nothing; ${advice}`);
    }
    const target = await openEngine(to);
    try {
      if (options.merge) await checkSeal(source, target);
      else if (!(await isEmpty(target))) {
        const advice = 'name an empty one, or merge, which replaces what has the same key';
        throw new StoreError('already-exists', `${target.place} holds something already; ${advice}`);
      }
      return await copyRecords(source, target, options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyRecords(source: Engine, target: Engine, { progress, signal }: CopyOptions) {
  const counts = new Map<Table, number>();
  let records = 0;
  for await (const part of partsOf(source.scan())) {
    if (signal?.aborted) break;
    await target.commit(part.map(({ table, key, data }) => ({ op: 'put', table, key, data })));
    for (const { table } of part) counts.set(table, (counts.get(table) ?? 0) + 1);
    records += part.length;
    progress?.(records);
  }
  return counts;
}

async function* partsOf(records: AsyncIterable<TableRecord>): AsyncGenerator<TableRecord[]> {
  let part: TableRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    if (part.length >= MOST_RECORDS || (part.length > 0 && bytes + record.data.length > MOST_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += record.data.length;
  }
  if (part.length > 0) yield part;
}

/** What the target has sealed must open after it, too. @throws StoreError `unusable` */
async function checkSeal(source: Engine, target: Engine): Promise<void> {
  const own = await target.list('data_key', []);
  const keys = await source.getMany(
    'data_key',
    own.map(({ key }) => key),
  );
  if (own.every(({ data }, index) => keys[index] && Buffer.compare(data, keys[index].data) === 0)) return;
  const advice = 'merge the stores by wasmqtt store export and import';
  throw new StoreError('unusable', `${target.place} is sealed with other keys than ${source.place}; ${advice}`);
}

async function isEmpty(engine: Engine): Promise<boolean> {
  for await (const _ of engine.scan()) return false;
  return true;
}
