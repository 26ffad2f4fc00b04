import { createHash, randomBytes } from 'node:crypto';
import { AGAIN, attempts } from '../attempts.js';
import { readDevice } from '../devices/device-record.js';
import type { Engine, EngineRecord, RecordChange } from '../engine/engine.js';
import { everyRecord, type ListPage, listPage } from '../list-page.js';
import { readRecord, writeRecord } from '../record-json.js';
import { StoreError } from '../store-error.js';
import { checkUniqueName } from '../unique-name.js';
import { quote } from '../values/value-limits.js';
import { checkAppModule } from './app-module.js';

/** An application that devices can be told to run. */
export interface StoredApp {
  /** `KA` and 32 lower-case hex digits */
  sid: string;
  uniqueName: string | undefined;
  /** SHA-256 of its bytes, 64 lower-case hex digits */
  sha256: string;
  /** in bytes */
  size: number;
  /** seconds that the application before it has for mvRestart; 0: it is replaced at once */
  politeness: number;
  dateCreated: Date;
}

/** What {@link Apps.create} says of an application. */
export interface AppOptions {
  /** unique among the applications of the account */
  uniqueName?: string;
  /** 0 to 86,400 seconds, see {@link StoredApp}; default 0. In a bundle of Microvisor it is `maximum_politeness_time_sec` */
  politeness?: number;
}

interface AppRecord {
  uniqueName?: string;
  sha256: string;
  size: number;
  politeness: number;
  created: number;
}

/** In seconds. */
export const MOST_POLITE = 86_400;

const APP_SID = /^KA[0-9a-fA-F]{32}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The applications of one account. They never change; equal bytes are kept once.
 *
 * Every method rejects with StoreError as an `Engine` does, and with `not-found` for an application that does not exist.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { type AppOptions, type Apps, Store, type StoredApp } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const { accountSid } = await store.ensureDefaultAccount();
 * const apps: Apps = store.apps(accountSid);
 * const options: AppOptions = { uniqueName: 'pump', politeness: 60 };
 * const app: StoredApp = await apps.create(readFileSync(modulePath('app.wasm')), options);
 * (await apps.fetch('pump')).sid === app.sid; // => true
 * await apps.delete('pump');
 * await store.close();
 * ```
 */
export class Apps {
  readonly #engine: Engine;
  readonly #accountSid: string;
  readonly #now: () => number;
  readonly #limit: number;

  /**
   * @param now milliseconds since 1970
   * @param limit bytes of an application at most
   */
  constructor(engine: Engine, accountSid: string, now: () => number, limit: number) {
    this.#engine = engine;
    this.#accountSid = accountSid;
    this.#now = now;
    this.#limit = limit;
  }

  /**
   * Stores an application.
   *
   * @param bytes a WebAssembly module
   * Rejects with StoreError too: `invalid-app`, `invalid-name`, and `already-exists` when another application has the name.
   */
  async create(bytes: Uint8Array, { uniqueName, politeness = 0 }: AppOptions = {}): Promise<StoredApp> {
    checkAppModule(bytes, this.#limit);
    checkPoliteness(politeness);
    if (uniqueName !== undefined) checkUniqueName(uniqueName);
    const sid = `KA${randomBytes(16).toString('hex')}`;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const app: AppRecord = { uniqueName, sha256, size: bytes.length, politeness, created: this.#now() };
    const steps: RecordChange[] = [
      { op: 'put', table: 'app', key: this.#key(sid), data: writeRecord(app), if: 'absent' },
      // Equal bytes are written again, so that a deletion that has looked before finds them changed.
      { op: 'put', table: 'bundle', key: this.#key(sha256), data: bytes },
    ];
    if (uniqueName !== undefined) {
      const data = writeRecord({ appSid: sid });
      steps.push({ op: 'put', table: 'app_name', key: this.#key(uniqueName), data, if: 'absent' });
    }
    const { committed } = await this.#engine.commit(steps);
    if (committed) return toStoredApp(sid, app);
    const what = `another application is named ${quote(uniqueName ?? sid)}`;
    throw new StoreError('already-exists', `${what}; use another name, or delete that one first`);
  }

  /** In the order of their SIDs, which is what a page's `after` and `before` are. */
  async list(page: ListPage = {}): Promise<StoredApp[]> {
    const records = await listPage(this.#engine, 'app', [this.#accountSid], page);
    return records.map((record) => toStoredApp(record.key[1], readRecord<AppRecord>(record)));
  }

  async fetch(nameOrSid: string): Promise<StoredApp> {
    const record = await this.#get(nameOrSid);
    return toStoredApp(record.key[1], readRecord<AppRecord>(record));
  }

  /** The bytes of an application, by its SHA-256; undefined when there are none. */
  async bytes(sha256: string): Promise<Uint8Array | undefined> {
    if (!SHA256.test(sha256)) return undefined;
    return (await this.#engine.get('bundle', this.#key(sha256)))?.data;
  }

  /** Removes an application. Rejects with StoreError `in-use` too, when a device is to run it. */
  async delete(nameOrSid: string): Promise<void> {
    await attempts(`application ${quote(nameOrSid)}`, async () => {
      const record = await this.#get(nameOrSid);
      const sid = record.key[1];
      const { uniqueName, sha256 } = readRecord<AppRecord>(record);
      const bundle = await this.#engine.get('bundle', this.#key(sha256));
      await this.#assertNotTargeted(sid);
      const other = await this.#otherWith(sha256, sid);
      const steps: RecordChange[] = [
        { op: 'remove', table: 'app', key: record.key, if: record.revision },
        ...(uniqueName === undefined ? [] : [{ op: 'remove', table: 'app_name', key: this.#key(uniqueName) } as const]),
      ];
      // Two that share bytes may be deleted at once: whoever leaves the bytes to the other must find it there.
      if (other) steps.push({ op: 'check', table: 'app', key: other.key, if: 'present' });
      else if (bundle) steps.push({ op: 'remove', table: 'bundle', key: bundle.key, if: bundle.revision });
      return (await this.#engine.commit(steps)).committed ? undefined : AGAIN;
    });
  }

  /**
   * The application that a device is to run, with a step for the commit that says so: it fails when the application was deleted
   * meanwhile, and makes a deletion fail that has looked for devices before.
   */
  async targeted(nameOrSid: string): Promise<{ app: StoredApp; keep: RecordChange }> {
    const record = await this.#get(nameOrSid);
    const { key, data } = record;
    const keep: RecordChange = { op: 'put', table: 'app', key, data, if: 'present' };
    return { app: toStoredApp(key[1], readRecord<AppRecord>(record)), keep };
  }

  async #get(nameOrSid: string): Promise<EngineRecord> {
    const sid = APP_SID.test(nameOrSid) ? `KA${nameOrSid.slice(2).toLowerCase()}` : await this.#sidOf(nameOrSid);
    const record = sid === undefined ? undefined : await this.#engine.get('app', this.#key(sid));
    if (record) return record;
    const advice = 'name one by its unique name, or by its SID: "KA" and 32 hex digits';
    throw new StoreError('not-found', `there is no application ${quote(String(nameOrSid))}; ${advice}`);
  }

  async #sidOf(name: string): Promise<string | undefined> {
    try {
      checkUniqueName(name);
    } catch {
      return undefined; // nothing is named so
    }
    const record = await this.#engine.get('app_name', this.#key(name));
    return record && readRecord<{ appSid: string }>(record).appSid;
  }

  async #assertNotTargeted(sid: string): Promise<void> {
    for await (const record of everyRecord(this.#engine, 'device', [this.#accountSid])) {
      if (readDevice(record).target?.appSid !== sid) continue;
      const what = `application ${sid} is what device ${record.key[1]} is to run`;
      throw new StoreError('in-use', `${what}; give its devices another TargetApp first`);
    }
  }

  async #otherWith(sha256: string, sid: string): Promise<EngineRecord | undefined> {
    for await (const record of everyRecord(this.#engine, 'app', [this.#accountSid])) {
      if (record.key[1] !== sid && readRecord<AppRecord>(record).sha256 === sha256) return record;
    }
    return undefined;
  }

  #key(part: string): [string, string] {
    return [this.#accountSid, part];
  }
}

function toStoredApp(sid: string, { uniqueName, sha256, size, politeness, created }: AppRecord): StoredApp {
  return { sid, uniqueName, sha256, size, politeness, dateCreated: new Date(created) };
}

function checkPoliteness(seconds: number): void {
  if (Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= MOST_POLITE) return;
  throw new StoreError(
    'invalid-app',
    `the politeness ${seconds} is not a whole number of seconds from 0 to ${MOST_POLITE}`,
  );
}
