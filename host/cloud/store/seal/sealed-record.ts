import type { EngineRecord, RecordChange, RecordKey } from '../engine/engine.js';
import type { Table } from '../engine/tables.js';
import { StoreError } from '../store-error.js';
import { OVERHEAD, type XaesGcm } from './xaes-gcm.js';

/** The form of a sealed record: this byte, the number of the data key (4 bytes, big-endian), what the cipher made. */
const FORM = 1;
const HEADER = 5;

/** A data key, ready for use. */
export interface DataKey {
  /** 1 or more */
  number: number;
  cipher: XaesGcm;
}

/** A change whose record is sealed, if it has one. */
export function sealChange({ number, cipher }: DataKey, change: RecordChange): RecordChange {
  if (change.op !== 'put') return change;
  const header = Buffer.alloc(HEADER);
  header[0] = FORM;
  header.writeUInt32BE(number, 1);
  const { table, key, data } = change;
  return { ...change, data: Buffer.concat([header, cipher.seal(data, boundTo(table, key))]) };
}

/** The number of the data key under which a record is sealed; undefined when it is not in the form. */
export function dataKeyOf({ data }: EngineRecord): number | undefined {
  if (data.length < HEADER + OVERHEAD || data[0] !== FORM) return undefined;
  return new DataView(data.buffer, data.byteOffset).getUint32(1);
}

/** @throws StoreError `damaged`: it is not what was sealed for this table and key */
export function openRecord(
  place: string,
  dataKey: DataKey | undefined,
  table: Table,
  record: EngineRecord,
): EngineRecord {
  try {
    if (dataKey === undefined) throw new Error('there is no such data key');
    return { ...record, data: dataKey.cipher.open(record.data.subarray(HEADER), boundTo(table, record.key)) };
  } catch (cause) {
    throw damaged(place, table, record.key, cause);
  }
}

export function damaged(place: string, table: Table, key: RecordKey, cause?: unknown): StoreError {
  const message = `the record ${table} ${JSON.stringify(key)} of ${place} is damaged, and is not given out; write it again, or restore a backup`;
  return new StoreError('damaged', message, { cause });
}

/** A record is only good in its own place: under another account, device, collection or key it does not open. */
function boundTo(table: Table, key: RecordKey): Buffer {
  return Buffer.from(JSON.stringify(['wasmqtt store', FORM, table, ...key]));
}
