import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Engine, EngineRecord, RecordChange } from '../../../../host/cloud/store/engine/engine.js';
import { LmdbEngine } from '../../../../host/cloud/store/engine/lmdb-engine.js';
import { fixedMasterKey, MasterKey, type MasterKeySource } from '../../../../host/cloud/store/seal/master-key.js';
import { SealedEngine } from '../../../../host/cloud/store/seal/sealed-engine.js';
import { temporaryFolder } from '../cloud-rig.js';

export const MASTER = new MasterKey(Buffer.alloc(32, 1));
export const OTHER_MASTER = new MasterKey(Buffer.alloc(32, 2));

export const newFolder = () => join(temporaryFolder(), 'store');

/** The engine inside, as it is without the seal. */
export function openRaw(directory: string): LmdbEngine {
  const engine = new LmdbEngine(directory);
  onTestFinished(() => engine.close());
  return engine;
}

export async function openSealed(
  directory = newFolder(),
  source: MasterKeySource = fixedMasterKey(MASTER),
): Promise<SealedEngine> {
  const engine = await SealedEngine.open(new LmdbEngine(directory), source);
  onTestFinished(() => engine.close());
  return engine;
}

export const value = (key: string): readonly string[] => ['AC1', '', 'secrets', key];

export function put(key: string, text: string): RecordChange & { op: 'put' } {
  return { op: 'put', table: 'value', key: value(key), data: Buffer.from(text) };
}

export async function textOf(engine: Engine, key: string): Promise<string | undefined> {
  const record = await engine.get('value', value(key));
  return record && Buffer.from(record.data).toString();
}

/** Changes one bit of a record's data below the seal. */
export function flip({ key, data }: EngineRecord, bit: number): RecordChange {
  const changed = Buffer.from(data);
  changed[bit >> 3] ^= 1 << (bit & 7);
  return { op: 'put', table: 'value', key, data: changed };
}
