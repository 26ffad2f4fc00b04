import { randomBytes } from 'node:crypto';
import { type Engine, type EngineRecord, NO_REVISION, type RecordChange } from '../engine/engine.js';
import { readRecord, writeRecord } from '../record-json.js';
import { StoreError } from '../store-error.js';
import type { MasterKey, MasterKeySource } from './master-key.js';
import { type DataKey, damaged } from './sealed-record.js';
import { KEY_LENGTH, XaesGcm } from './xaes-gcm.js';

/** What the store keeps of a data key. */
export interface DataKeyRecord {
  format: 1;
  /** The key, wrapped by each master key that may open it: by its id. Two of them only while a rotation is under way. */
  wrapped: Record<string, string>;
  /** Of the newest, while a rotation is under way: the id of the master key that will not open it any more. */
  leaving?: string;
}

/** A data key, and the revision of its record. */
type KnownKey = DataKey & { revision: number };

/**
 * The data keys of a store. The one with the highest number seals; the others are there until a rotation has sealed again what is under
 * them.
 */
export class DataKeys {
  readonly #engine: Engine;
  readonly #source: MasterKeySource;
  #keys = new Map<number, KnownKey>();
  #current: KnownKey | undefined;
  #loading: Promise<void> | undefined;

  private constructor(engine: Engine, source: MasterKeySource) {
    this.#engine = engine;
    this.#source = source;
  }

  /**
   * Those of the store. A new store gets its first one, and a master key if the source can make one.
   *
   * Rejects with StoreError `unusable` when the master key is missing or another, `damaged` when the store has lost its data keys.
   */
  static async open(engine: Engine, source: MasterKeySource): Promise<DataKeys> {
    const keys = new DataKeys(engine, source);
    // The revision before the keys: who makes the first key makes revision 1.
    const { revision } = await engine.changesSince(NO_REVISION);
    await keys.reload();
    if (keys.#keys.size > 0) return keys;
    if (revision > 0) {
      throw new StoreError('damaged', `${engine.place} has lost the keys of its records; restore a backup`);
    }
    const master = (await source.read()) ?? (await source.create?.());
    if (master === undefined) throw missing(engine, source);
    // When another process was first, its key holds.
    await engine.commit([firstDataKey(master).change]);
    await keys.reload();
    return keys;
  }

  /** The key that seals, and the revision of its record: when that is another, so is the key. */
  get current(): KnownKey {
    return this.#current as KnownKey;
  }

  get(number: number | undefined): DataKey | undefined {
    return number === undefined ? undefined : this.#keys.get(number);
  }

  /** Takes what other processes have done to the keys. */
  reload(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const records = await this.#engine.list('data_key', []);
    let master: MasterKey | undefined;
    const loaded = new Map<number, KnownKey>();
    for (const record of records) {
      const { number, wrapped, revision } = readDataKey(this.#engine, record);
      // A key that is open already needs no master key, which may have been changed since.
      const known = this.#keys.get(number);
      if (known === undefined) master ??= await this.#source.read();
      const cipher = known?.cipher ?? new XaesGcm(unwrap(this.#engine, this.#source, master, number, wrapped));
      loaded.set(number, { number, cipher, revision });
    }
    this.#keys = loaded;
    this.#current = loaded.get(Math.max(...loaded.keys()));
  }
}

/** A new data key. */
export interface NewDataKey {
  dataKey: DataKey;
  /** Puts it into the store; `if` says what must hold there. */
  change: RecordChange & { op: 'put' };
}

/** The first data key of a store that has none. */
export function firstDataKey(master: MasterKey): NewDataKey {
  return newDataKey(1, [master]);
}

/** @param masters may open it */
export function newDataKey(number: number, masters: readonly MasterKey[], leaving?: string): NewDataKey {
  const bytes = randomBytes(KEY_LENGTH);
  const wrapped = Object.fromEntries(masters.map((master) => [master.id, master.wrap(bytes, wrapName(number))]));
  return {
    dataKey: { number, cipher: new XaesGcm(bytes) },
    change: {
      op: 'put',
      table: 'data_key',
      key: dataKeyName(number),
      data: writeRecord({ format: 1, wrapped, leaving } satisfies DataKeyRecord),
      if: 'absent',
    },
  };
}

export function dataKeyName(number: number): string[] {
  return [String(number).padStart(10, '0')];
}

export function wrapName(number: number): string {
  return `data key ${number}`;
}

/** A data key as the store has it. */
export interface WrappedKey extends DataKeyRecord {
  number: number;
  revision: number;
}

/** @throws StoreError `damaged`, or `unusable` when a later version wrote it */
export function readDataKey(engine: Engine, record: EngineRecord): WrappedKey {
  const { format, wrapped, leaving } = readRecord<Partial<DataKeyRecord>>(record);
  if (format !== 1) {
    throw new StoreError('unusable', `${engine.place} was sealed by a later version of wasmqtt; use that one`);
  }
  const isSound = typeof wrapped === 'object' && Object.values(wrapped).every((text) => typeof text === 'string');
  if (!isSound) throw damaged(engine.place, 'data_key', record.key);
  return { format, wrapped, leaving, number: Number(record.key[0]), revision: record.revision };
}

/** @throws StoreError `unusable` when the master key is missing or another, `damaged` */
export function unwrap(
  engine: Engine,
  source: MasterKeySource,
  master: MasterKey | undefined,
  number: number,
  wrapped: Record<string, string>,
): Buffer {
  if (master === undefined) throw missing(engine, source, Object.keys(wrapped));
  const own = wrapped[master.id];
  if (own === undefined) {
    throw new StoreError(
      'unusable',
      `${source.place} has the master key ${master.id}, and ${engine.place} was sealed with ${idsOf(wrapped)}; ` +
        `give the key that belongs to it (master.key, WASMQTT_MASTER_KEY or --master-key-command)`,
    );
  }
  try {
    return master.unwrap(own, wrapName(number));
  } catch (cause) {
    throw new StoreError('damaged', `the data key ${number} of ${engine.place} is damaged; restore a backup`, {
      cause,
    });
  }
}

function missing(engine: Engine, source: MasterKeySource, ids: string[] = []): StoreError {
  const whose = ids.length === 0 ? '' : `, and ${engine.place} was sealed with ${ids.join(' and ')}`;
  return new StoreError(
    'unusable',
    `${source.place} is missing${whose}; put it back, or give the key as WASMQTT_MASTER_KEY or by --master-key-command`,
  );
}

function idsOf(wrapped: Record<string, string>): string {
  return Object.keys(wrapped).join(' and ') || 'no master key';
}
