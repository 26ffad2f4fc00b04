import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Engine } from '../engine/engine.js';
import { listPage } from '../list-page.js';
import { readRecord, writeRecord } from '../record-json.js';
import { StoreError } from '../store-error.js';
import { normalizeDeviceSid, quote } from '../values/value-limits.js';
import { ensureDevice } from './device-record.js';

/** A key by which a device shows who it is. Its secret is not kept. */
export interface DeviceKey {
  /** 16 hex digits */
  id: string;
  deviceSid: string;
  dateCreated: Date;
}

/** Whom a key is of. */
export interface KeyOwner {
  accountSid: string;
  deviceSid: string;
}

interface KeyRecord {
  /** SHA-256 of the secret, hex */
  sha256: string;
  created: number;
}

const ID = /^[0-9a-f]{16}$/;
/** Account, device, id of the key, and its secret: 256 bits in base64url. */
const KEY = /^(AC[0-9a-fA-F]{32})\.(UV[0-9a-f]{32})\.([0-9a-f]{16})\.([\w-]{43})$/;

/**
 * The keys of the devices of one account. Every method rejects with StoreError as an `Engine` does, and with `invalid-device-sid`.
 *
 * @example
 * ```ts
 * import { type DeviceKey, type DeviceKeys, type KeyOwner, Store } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * const keys: DeviceKeys = store.deviceKeys(accountSid);
 * const { key, id } = await keys.create(deviceSid);
 * const owner: KeyOwner | undefined = await store.ownerOfDeviceKey(key);
 * owner?.deviceSid === deviceSid; // => true
 * const list: DeviceKey[] = await keys.list(deviceSid);
 * list.some((one) => one.id === id); // => true
 * await store.close();
 * ```
 */
export class DeviceKeys {
  readonly #engine: Engine;
  readonly #accountSid: string;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, accountSid: string, now: () => number) {
    this.#engine = engine;
    this.#accountSid = accountSid;
    this.#now = now;
  }

  /** Makes one more key for a device, which is made if it does not exist. @returns the key with its secret, which nobody can read again */
  async create(deviceSid: string): Promise<DeviceKey & { key: string }> {
    const sid = normalizeDeviceSid(deviceSid);
    const id = randomBytes(8).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const record: KeyRecord = { sha256: digest(secret).toString('hex'), created: this.#now() };
    await ensureDevice(this.#engine, this.#accountSid, sid, this.#now());
    await this.#engine.commit([
      { op: 'put', table: 'device_key', key: [this.#accountSid, sid, id], data: writeRecord(record), if: 'absent' },
    ]);
    const key = `${this.#accountSid}.${sid}.${id}.${secret}`;
    return { id, deviceSid: sid, dateCreated: new Date(record.created), key };
  }

  async list(deviceSid: string): Promise<DeviceKey[]> {
    const sid = normalizeDeviceSid(deviceSid);
    const found = await listPage(this.#engine, 'device_key', [this.#accountSid, sid], {});
    return found.map((record) => ({
      id: record.key[2],
      deviceSid: sid,
      dateCreated: new Date(readRecord<KeyRecord>(record).created),
    }));
  }

  /** From now on the key opens nothing. Rejects with StoreError `not-found` too. */
  async delete(deviceSid: string, id: string): Promise<void> {
    const sid = normalizeDeviceSid(deviceSid);
    const key = [this.#accountSid, sid, id];
    if (ID.test(id)) {
      const { committed } = await this.#engine.commit([{ op: 'remove', table: 'device_key', key, if: 'present' }]);
      if (committed) return;
    }
    throw new StoreError('not-found', `device ${sid} has no key ${quote(id)}; look at the list of its keys`);
  }
}

/**
 * Whom a key is of, as it says itself; undefined for a text that is none. It is not checked whether the secret is right.
 *
 * @example
 * ```ts
 * import { ownerOf } from 'wasmqtt/cloud';
 *
 * const key = `AC${'1'.repeat(32)}.UV${'2'.repeat(32)}.${'3'.repeat(16)}.${'s'.repeat(43)}`;
 * ownerOf(key)?.deviceSid; // => 'UV22222222222222222222222222222222'
 * ownerOf('something else'); // => undefined
 * ```
 */
export function ownerOf(key: string): KeyOwner | undefined {
  const parts = KEY.exec(key);
  return parts ? { accountSid: parts[1], deviceSid: parts[2] } : undefined;
}

/** Whose key this is; undefined when it is nobody's. Rejects as an `Engine` does. */
export async function checkDeviceKey(engine: Engine, key: string): Promise<KeyOwner | undefined> {
  const [, accountSid, deviceSid, id, secret] = KEY.exec(key) ?? [];
  if (secret === undefined) return undefined;
  const record = await engine.get('device_key', [accountSid, deviceSid, id]);
  if (!record) return undefined;
  const { sha256 } = readRecord<KeyRecord>(record);
  return timingSafeEqual(digest(secret), Buffer.from(sha256, 'hex')) ? { accountSid, deviceSid } : undefined;
}

/** The secret is 256 random bits: no slow hash makes it harder to guess, and devices show it with each call. */
function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
