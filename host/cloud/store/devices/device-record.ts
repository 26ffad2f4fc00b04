import type { Engine, EngineRecord, RecordChange, RecordKey } from '../engine/engine.js';
import { readRecord, writeRecord } from '../record-json.js';

/** The application that a device is to run. */
export interface TargetApp {
  /** `KA` and 32 hex digits */
  appSid: string;
  /** SHA-256 of its bytes, 64 hex digits */
  sha256: string;
  /** seconds that the application before it has for mvRestart */
  politeness: number;
  dateTargeted: Date;
}

/** The application that a device says it runs. */
export interface ReportedApp {
  /** undefined when it did not come from the cloud */
  appSid: string | undefined;
  sha256: string | undefined;
  dateReported: Date;
}

/**
 * Why a device could not take an update: `app.update_error_code` of the REST calls.
 * 1: its bytes could not be fetched. 2: they are not those of the application. 3: the module cannot be a guest.
 */
export type UpdateErrorCode = 1 | 2 | 3;

/** A device as the cloud knows it. */
export interface StoredDevice {
  /** `UV` and 32 lower-case hex digits */
  sid: string;
  uniqueName: string | undefined;
  target: TargetApp | undefined;
  reported: ReportedApp | undefined;
  /** undefined without a target */
  updateStatus: 'up-to-date' | 'pending' | 'error' | undefined;
  /** set when the status is `error` */
  updateErrorCode: UpdateErrorCode | undefined;
  /** Whether log lines are taken, and mvServerLog is not LOGGINGDISABLEDBYSERVER. */
  loggingEnabled: boolean;
  /** How often a restart was asked for. */
  restarts: number;
  /** Counts the changes of what the device is to do: its target, logging, restarts. Begins with 0. */
  version: number;
  dateCreated: Date;
  /** of the last update; a report of the device is none */
  dateUpdated: Date;
}

/** As it is kept. Dates are milliseconds since 1970; what is not there is left out. */
export interface DeviceRecord {
  uniqueName?: string;
  target?: { appSid: string; sha256: string; politeness: number; date: number };
  reported?: { appSid?: string; sha256?: string; date: number };
  /** The target that could not be taken. */
  failed?: { sha256: string; code: UpdateErrorCode };
  logging: boolean;
  restarts: number;
  version: number;
  created: number;
  updated: number;
}

export function newDevice(now: number): DeviceRecord {
  return { logging: true, restarts: 0, version: 0, created: now, updated: now };
}

export function deviceKey(accountSid: string, deviceSid: string): RecordKey {
  return [accountSid, deviceSid];
}

export function readDevice(record: EngineRecord): DeviceRecord {
  return readRecord<DeviceRecord>(record);
}

/** @param revision of the record that this one replaces; undefined when there is none */
export function putDevice(key: RecordKey, device: DeviceRecord, revision: number | undefined): RecordChange {
  return { op: 'put', table: 'device', key, data: writeRecord(device), if: revision ?? 'absent' };
}

/** Makes a device unless there is one: it exists from the first time that anything is stored for it. Rejects as an `Engine` does. */
export async function ensureDevice(engine: Engine, accountSid: string, deviceSid: string, now: number): Promise<void> {
  const key = deviceKey(accountSid, deviceSid);
  // When somebody else is first, the device is there all the same.
  if (!(await engine.get('device', key))) await engine.commit([putDevice(key, newDevice(now), undefined)]);
}

export function toStoredDevice(sid: string, device: DeviceRecord): StoredDevice {
  const { uniqueName, target, reported, logging, restarts, version, created, updated } = device;
  const updateStatus = statusOf(device);
  return {
    sid,
    uniqueName,
    target: target && {
      appSid: target.appSid,
      sha256: target.sha256,
      politeness: target.politeness,
      dateTargeted: new Date(target.date),
    },
    reported: reported && {
      appSid: reported.appSid,
      sha256: reported.sha256,
      dateReported: new Date(reported.date),
    },
    updateStatus,
    updateErrorCode: updateStatus === 'error' ? device.failed?.code : undefined,
    loggingEnabled: logging,
    restarts,
    version,
    dateCreated: new Date(created),
    dateUpdated: new Date(updated),
  };
}

function statusOf({ target, reported, failed }: DeviceRecord): StoredDevice['updateStatus'] {
  if (!target) return undefined;
  if (reported?.sha256 === target.sha256) return 'up-to-date';
  return failed?.sha256 === target.sha256 ? 'error' : 'pending';
}
