import type { Engine } from '../engine/engine.js';
import type { ArchiveSecret } from './archive-key.js';
import { writeArchive } from './archive-stream.js';

/**
 * All records of one moment as an archive; commits go on meanwhile.
 *
 * @param engine gives the records in the clear
 * @param progress gets how many records were read so far
 *
 * @example
 * ```ts
 * import { type ArchiveSecret, exportRecords, fixedMasterKey, MasterKey, openSealed } from 'wasmqtt/cloud';
 *
 * const key = MasterKey.random();
 * const engine = await openSealed('store-export', { masterKey: fixedMasterKey(key) });
 * const secret: ArchiveSecret = { kind: 'master', key };
 * const chunks: Buffer[] = [];
 * for await (const chunk of exportRecords(engine, secret)) chunks.push(chunk);
 * JSON.parse(chunks[0].toString()).format; // => 'wasmqtt-store-export'
 * await engine.close();
 * ```
 */
export function exportRecords(
  engine: Engine,
  secret: ArchiveSecret,
  progress?: (records: number) => void,
): AsyncIterable<Buffer> {
  return writeArchive(lines(engine, progress), secret);
}

async function* lines(engine: Engine, progress?: (records: number) => void): AsyncIterable<string> {
  let count = 0;
  for await (const { table, key, data } of engine.scan()) {
    yield JSON.stringify([table, key, Buffer.from(data).toString('base64')]);
    progress?.(++count);
  }
}
