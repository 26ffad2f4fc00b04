import type { EngineRecord } from './engine/engine.js';
import { StoreError } from './store-error.js';

/** Records are JSON, but for the bytes of applications. */
export function writeRecord(record: object): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

/** @throws StoreError `damaged` */
export function readRecord<T extends object>({ key, data }: EngineRecord): T {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (cause) {
    throw new StoreError('damaged', `the record ${JSON.stringify(key)} is not what was written; restore a backup`, {
      cause,
    });
  }
}
