import { randomBytes } from 'node:crypto';
import { deviceKey, newDevice, putDevice } from '../devices/device-record.js';
import type { RecordChange } from '../engine/engine.js';
import { writeRecord } from '../record-json.js';

/** What 0.1 kept of every value and fact, as JSON. */
interface OldRecord {
  value: string;
  dateUpdated: number;
}

/** Keys of 0.1: `['account', '', store, key]`, `['device', sid, store, key]`, `['meta', name]`. */
export type OldEntry = { key: readonly unknown[]; value: Uint8Array };

/**
 * The records of 0.1 as those of today: all values belong to one account, and a device exists when it has a value.
 *
 * @param accountSid whose they are; default the account of the store, or one at random when it has none
 * @throws Error when an entry is not what 0.1 wrote
 */
export function fromOldRecords(entries: readonly OldEntry[], accountSid?: string): RecordChange[] {
  const facts = new Map<string, string>();
  const values: RecordChange[] = [];
  /** Since when there is a device, by SID. */
  const devices = new Map<string, number>();
  const account = accountSid ?? accountOf(entries) ?? `AC${randomBytes(16).toString('hex')}`;
  for (const entry of entries) {
    const { value, dateUpdated } = readOldRecord(entry);
    const [kind, ...parts] = entry.key.map(String);
    if (kind === 'meta' && parts.length === 1) facts.set(nameOf(parts[0], account), value);
    else if ((kind === 'account' || kind === 'device') && parts.length === 3) {
      values.push({ op: 'put', table: 'value', key: [account, ...parts], data: writeRecord({ value, dateUpdated }) });
      if (kind === 'device') devices.set(parts[0], Math.min(dateUpdated, devices.get(parts[0]) ?? dateUpdated));
    } else throw notOld(entry);
  }
  facts.set('account-sid', account);
  const noted = [...facts].map(
    ([name, value]): RecordChange => ({ op: 'put', table: 'meta', key: [name], data: writeRecord({ value }) }),
  );
  const known = [...devices].map(([sid, since]) => putDevice(deviceKey(account, sid), newDevice(since), undefined));
  return [...noted, ...known, ...values];
}

function accountOf(entries: readonly OldEntry[]): string | undefined {
  const entry = entries.find(({ key }) => key[0] === 'meta' && key[1] === 'account-sid');
  return entry && readOldRecord(entry).value;
}

/** What `wasmqtt run` had written is noted by account now. */
function nameOf(name: string, accountSid: string): string {
  return name.replace(/^provisioned\//, `provisioned.${accountSid}.`);
}

function readOldRecord(entry: OldEntry): OldRecord {
  let record: Partial<OldRecord>;
  try {
    record = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(entry.value));
  } catch {
    throw notOld(entry);
  }
  const { value, dateUpdated } = record;
  if (typeof value !== 'string' || typeof dateUpdated !== 'number') throw notOld(entry);
  return { value, dateUpdated };
}

function notOld({ key }: OldEntry): Error {
  return new Error(`the entry ${JSON.stringify(key)} is not one of wasmqtt, or is damaged`);
}
