import type { Apps, StoredApp } from '../apps/apps.js';
import { AGAIN, attempts } from '../attempts.js';
import type { Engine, EngineRecord, RecordChange } from '../engine/engine.js';
import { type ListPage, listPage } from '../list-page.js';
import { readRecord, writeRecord } from '../record-json.js';
import { StoreError } from '../store-error.js';
import { checkUniqueName } from '../unique-name.js';
import { isDeviceSid, normalizeDeviceSid, quote } from '../values/value-limits.js';
import {
  type DeviceRecord,
  deviceKey,
  ensureDevice,
  newDevice,
  putDevice,
  readDevice,
  type StoredDevice,
  toStoredDevice,
  type UpdateErrorCode,
} from './device-record.js';

/** What {@link Devices.update} changes; what is left out stays. */
export interface DeviceUpdate {
  /** unique among the devices of the account; empty for none */
  uniqueName?: string;
  /** SID or unique name of the application that it is to run; empty for none */
  targetApp?: string;
  /** whether log lines are taken */
  loggingEnabled?: boolean;
  /** true asks for one restart of the application */
  restartApp?: boolean;
}

/** What a device says of itself. */
export interface DeviceReport {
  /** What it runs: SHA-256 of its bytes, and the application of the cloud that it is. Left out: as before. */
  running?: { sha256?: string; appSid?: string };
  /** An update that it could not take. */
  failed?: { sha256: string; code: UpdateErrorCode };
}

/**
 * The devices of one account. A device exists from the first time that it was updated, that a value was stored for it, or that it ran;
 * it is never removed.
 *
 * Every method rejects with StoreError as an `Engine` does, and with `not-found` for a device that does not exist.
 *
 * @example
 * ```ts
 * import { type DeviceReport, type Devices, type DeviceUpdate, Store, type StoredDevice } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * const devices: Devices = store.devices(accountSid);
 * const update: DeviceUpdate = { uniqueName: 'pump-7', restartApp: true };
 * const device: StoredDevice = await devices.update(deviceSid, update);
 * [device.uniqueName, device.version]; // => [ 'pump-7', 1 ]
 * const report: DeviceReport = { running: { sha256: 'a'.repeat(64) } };
 * await devices.report(deviceSid, report);
 * (await devices.fetch('pump-7')).sid === deviceSid; // => true
 * await store.close();
 * ```
 */
export class Devices {
  readonly #engine: Engine;
  readonly #accountSid: string;
  readonly #apps: Apps;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, accountSid: string, apps: Apps, now: () => number) {
    this.#engine = engine;
    this.#accountSid = accountSid;
    this.#apps = apps;
    this.#now = now;
  }

  /** In the order of their SIDs, which is what a page's `after` and `before` are. */
  async list(page: ListPage = {}): Promise<StoredDevice[]> {
    const records = await listPage(this.#engine, 'device', [this.#accountSid], page);
    return records.map((record) => toStoredDevice(record.key[1], readDevice(record)));
  }

  /** A device by its SID, or undefined. Rejects with StoreError `invalid-device-sid` too. */
  async get(deviceSid: string): Promise<StoredDevice | undefined> {
    const sid = normalizeDeviceSid(deviceSid);
    const record = await this.#record(sid);
    return record && toStoredDevice(sid, readDevice(record));
  }

  async fetch(nameOrSid: string): Promise<StoredDevice> {
    const device = await this.get(await this.resolve(nameOrSid));
    if (!device) throw notFound(nameOrSid);
    return device;
  }

  /** The SID of a device, from its unique name or from the SID itself; there need not be a device of this SID. */
  async resolve(nameOrSid: string): Promise<string> {
    if (isDeviceSid(nameOrSid)) return normalizeDeviceSid(nameOrSid);
    checkName(nameOrSid);
    const record = await this.#engine.get('device_name', [this.#accountSid, nameOrSid]);
    if (!record) throw notFound(nameOrSid);
    return readRecord<{ deviceSid: string }>(record).deviceSid;
  }

  /**
   * Changes a device, all of it or nothing. One that is named by its SID is made if it does not exist.
   *
   * Rejects with StoreError too: `invalid-name` for a unique name, `already-exists` when another device has it, `not-found` for an
   * application, `conflict`.
   */
  async update(nameOrSid: string, update: DeviceUpdate): Promise<StoredDevice> {
    if (update.uniqueName) checkUniqueName(update.uniqueName);
    const sid = await this.resolve(nameOrSid);
    return attempts(`device ${sid}`, async () => {
      const record = await this.#record(sid);
      const before = record ? readDevice(record) : newDevice(this.#now());
      const target = update.targetApp ? await this.#apps.targeted(update.targetApp) : undefined;
      const after = updated(before, update, target?.app, this.#now());
      const steps = [putDevice(deviceKey(this.#accountSid, sid), after, record?.revision)];
      if (target) steps.push(target.keep);
      const naming = steps.length;
      steps.push(...this.#renaming(sid, before.uniqueName, after.uniqueName));
      const commit = await this.#engine.commit(steps);
      if (commit.committed) return toStoredDevice(sid, after);
      if (commit.failed < naming) return AGAIN;
      const what = `another device is named ${quote(update.uniqueName ?? '')}`;
      throw new StoreError('already-exists', `${what}; use another name, or rename that one first`);
    });
  }

  /** Notes what a device says of itself, and that it exists. Nothing is written when it is known already. */
  async report(deviceSid: string, report: DeviceReport): Promise<void> {
    const sid = normalizeDeviceSid(deviceSid);
    await attempts(`device ${sid}`, async () => {
      const record = await this.#record(sid);
      const before = record ? readDevice(record) : newDevice(this.#now());
      const after = reported(before, report, this.#now());
      if (record && after === before) return;
      const commit = await this.#engine.commit([putDevice(deviceKey(this.#accountSid, sid), after, record?.revision)]);
      return commit.committed ? undefined : AGAIN;
    });
  }

  /** Makes a device of this SID unless there is one. Rejects with StoreError `invalid-device-sid` too. */
  async ensure(deviceSid: string): Promise<void> {
    await ensureDevice(this.#engine, this.#accountSid, normalizeDeviceSid(deviceSid), this.#now());
  }

  #record(sid: string): Promise<EngineRecord | undefined> {
    return this.#engine.get('device', deviceKey(this.#accountSid, sid));
  }

  #renaming(deviceSid: string, before: string | undefined, after: string | undefined): RecordChange[] {
    if (before === after) return [];
    const steps: RecordChange[] = [];
    const keyOf = (name: string) => [this.#accountSid, name];
    if (after !== undefined) {
      const data = writeRecord({ deviceSid });
      steps.push({ op: 'put', table: 'device_name', key: keyOf(after), data, if: 'absent' });
    }
    if (before !== undefined) steps.push({ op: 'remove', table: 'device_name', key: keyOf(before) });
    return steps;
  }
}

function updated(
  before: DeviceRecord,
  { uniqueName, targetApp, loggingEnabled, restartApp }: DeviceUpdate,
  app: StoredApp | undefined,
  now: number,
): DeviceRecord {
  const after = { ...before, updated: now };
  if (uniqueName !== undefined) after.uniqueName = uniqueName || undefined;
  if (targetApp !== undefined) {
    after.target = app && { appSid: app.sid, sha256: app.sha256, politeness: app.politeness, date: now };
    // Naming a target again is asking to try again.
    after.failed = undefined;
  }
  if (loggingEnabled !== undefined) after.logging = loggingEnabled;
  if (restartApp) after.restarts += 1;
  const isWanted = targetApp !== undefined || restartApp || after.logging !== before.logging;
  if (isWanted) after.version += 1;
  return after;
}

/** @returns `before` itself when the report brings nothing new */
function reported(before: DeviceRecord, { running, failed }: DeviceReport, now: number): DeviceRecord {
  const known = before.reported;
  const isRunning = running && !(known && known.sha256 === running.sha256 && known.appSid === running.appSid);
  const isFailed = failed && !(before.failed?.sha256 === failed.sha256 && before.failed.code === failed.code);
  if (!isRunning && !isFailed) return before;
  return {
    ...before,
    ...(isRunning ? { reported: { ...running, date: now } } : {}),
    ...(isFailed ? { failed } : {}),
  };
}

/** A name that no device could have is one that is not found. */
function checkName(name: string): void {
  try {
    checkUniqueName(name);
  } catch {
    throw notFound(String(name));
  }
}

function notFound(nameOrSid: string): StoreError {
  return new StoreError(
    'not-found',
    `there is no device ${quote(nameOrSid)}; name one by its unique name, or by its SID: "UV" and 32 hex digits`,
  );
}
