import type { Engine, RecordChange, TableRecord } from '../engine/engine.js';
import { writeRecord } from '../record-json.js';
import { StoreError } from '../store-error.js';
import {
  type DataKeyRecord,
  dataKeyName,
  newDataKey,
  readDataKey,
  unwrap,
  type WrappedKey,
  wrapName,
} from './data-keys.js';
import type { MasterKey, MasterKeySource } from './master-key.js';
import { type DataKey, dataKeyOf, openRecord, sealChange } from './sealed-record.js';
import { XaesGcm } from './xaes-gcm.js';

/** Records that are sealed again in one commit. */
const BATCH = 100;
/** Bytes of records that are read before they are sealed again; the last one may go beyond. */
const IN_MEMORY = 64 * 1024 * 1024;

/** What a rotation needs. */
export interface Rotation {
  /** Where the present master key comes from; after an interrupted rotation it may be the next one already. */
  source: MasterKeySource;
  /** The next master key: that of an interrupted rotation, or a new one. Without it only the data key is changed. */
  next?(): Promise<MasterKey>;
  /**
   * Puts the next master key in the place of the present one, if that was not done yet. Each of these master keys opens the store by then.
   */
  advance?(ids: readonly string[]): Promise<void>;
  progress?(sealed: number): void;
}

/**
 * Gives the store a new data key, wrapped by the next master key, and seals every record with it. Old keys open nothing afterwards. Other processes go on
 * using the store: from the first commit on, what they write is sealed with the new key.
 *
 * After a kill, the same call goes on where it was. Rejects with StoreError `damaged` when records do not open; the old keys stay then.
 *
 * @returns how many records were sealed again
 */
export async function rotateKeys(engine: Engine, rotation: Rotation): Promise<number> {
  let keys = await readKeys(engine);
  while (keys.length === 1) {
    await begin(engine, rotation, keys[0]);
    keys = await readKeys(engine);
  }
  const newest = keys[keys.length - 1];
  await rotation.advance?.(Object.keys(newest.wrapped));
  const opened = await openAll(engine, rotation.source, keys);
  const sealed = await sealAll(engine, opened, newest, rotation);
  await end(engine, keys, newest);
  return sealed;
}

async function readKeys(engine: Engine): Promise<WrappedKey[]> {
  return (await engine.list('data_key', [])).map((record) => readDataKey(engine, record));
}

/** The next data key, and the present one for as long as records are sealed with it. When another process was first, its key holds. */
async function begin(engine: Engine, { source, next }: Rotation, present: WrappedKey): Promise<void> {
  const master = await source.read();
  const bytes = unwrap(engine, source, master, present.number, present.wrapped);
  const own = master as MasterKey;
  const other = (await next?.()) ?? own;
  const isAnother = other.id !== own.id;
  const masters = isAnother ? [own, other] : [own];
  const wrapped = { ...present.wrapped, [other.id]: other.wrap(bytes, wrapName(present.number)) };
  await engine.commit([
    putKey(present, { format: 1, wrapped }),
    newDataKey(present.number + 1, masters, isAnother ? own.id : undefined).change,
  ]);
}

async function openAll(
  engine: Engine,
  source: MasterKeySource,
  keys: readonly WrappedKey[],
): Promise<Map<number, DataKey>> {
  const master = await source.read();
  return new Map(
    keys.map(({ number, wrapped }) => {
      const cipher = new XaesGcm(unwrap(engine, source, master, number, wrapped));
      return [number, { number, cipher }];
    }),
  );
}

/** Since no process seals with an old key any more, what is under one gets less until there is none. */
async function sealAll(
  engine: Engine,
  keys: Map<number, DataKey>,
  newest: WrappedKey,
  { progress }: Rotation,
): Promise<number> {
  const key = keys.get(newest.number) as DataKey;
  const broken = new Map<string, StoreError>();
  let sealed = 0;
  for (;;) {
    const records = await underOldKeys(engine, newest.number, broken);
    if (records.length === 0) break;
    for (let at = 0; at < records.length; at += BATCH) {
      const batch = records.slice(at, at + BATCH).flatMap((record) => {
        try {
          return [sealAgain(engine, keys, key, record)];
        } catch (error) {
          broken.set(nameOf(record), error as StoreError);
          return [];
        }
      });
      sealed += await commitBatch(engine, batch, newest);
      progress?.(sealed);
    }
  }
  const [first] = broken.values();
  if (first === undefined) return sealed;
  throw new StoreError(
    'damaged',
    `${broken.size} records of ${engine.place} do not open, and the old key is kept for them; write or delete them, and run it again. ` +
      `The first: ${first.message}`,
  );
}

/**
 * Some of the records that are to be sealed again, as many as may be in memory: an engine keeps what is old for as long as somebody reads
 * it, so nothing is written during a scan.
 */
async function underOldKeys(
  engine: Engine,
  newest: number,
  broken: ReadonlyMap<string, unknown>,
): Promise<TableRecord[]> {
  const records: TableRecord[] = [];
  let bytes = 0;
  for await (const record of engine.scan()) {
    if (record.table === 'data_key' || dataKeyOf(record) === newest || broken.has(nameOf(record))) continue;
    records.push(record);
    bytes += record.data.length;
    if (bytes >= IN_MEMORY) break;
  }
  return records;
}

function nameOf({ table, key }: TableRecord): string {
  return JSON.stringify([table, ...key]);
}

function sealAgain(engine: Engine, keys: Map<number, DataKey>, key: DataKey, record: TableRecord): RecordChange {
  const { table, ...kept } = record;
  const { data } = openRecord(engine.place, keys.get(dataKeyOf(kept) ?? 0), table, kept);
  return sealChange(key, { op: 'put', table, key: record.key, data, if: record.revision });
}

/** Records that others have written or removed meanwhile are left as they are. @returns how many were sealed again */
async function commitBatch(engine: Engine, batch: readonly RecordChange[], newest: WrappedKey): Promise<number> {
  if (batch.length === 0) return 0;
  const isNewest: RecordChange = {
    op: 'check',
    table: 'data_key',
    key: dataKeyName(newest.number),
    if: newest.revision,
  };
  const commit = await engine.commit([...batch, isNewest]);
  if (commit.committed) return batch.length;
  if (commit.failed === batch.length) {
    throw new StoreError(
      'conflict',
      `another rotation of ${engine.place} has ended meanwhile; run it again if you want one more`,
    );
  }
  return commitBatch(
    engine,
    batch.filter((_, index) => index !== commit.failed),
    newest,
  );
}

async function end(engine: Engine, keys: readonly WrappedKey[], newest: WrappedKey): Promise<void> {
  const { [newest.leaving ?? '']: _, ...wrapped } = newest.wrapped;
  const old = keys.filter(({ number }) => number !== newest.number);
  await engine.commit([
    ...old.map(({ number, revision }): RecordChange => {
      return { op: 'remove', table: 'data_key', key: dataKeyName(number), if: revision };
    }),
    putKey(newest, { format: 1, wrapped }),
  ]);
}

function putKey({ number, revision }: WrappedKey, record: DataKeyRecord): RecordChange {
  return { op: 'put', table: 'data_key', key: dataKeyName(number), data: writeRecord(record), if: revision };
}
