import type { CollectionPath } from '../store/values/scope.js';
import type { StoredValue } from '../store/values/value-store.js';

/** The JSON of one config, or of one secret, whose value is left out. */
export type ValueReply =
  | { device_sid?: string; key: string; value: string; date_updated: string; url: string }
  | { device_sid?: string; key: string; date_rotated: string; url: string };

/** @param collection absolute address of the list that the value is in */
export function valueReply([, deviceSid, store]: CollectionPath, collection: string, stored: StoredValue): ValueReply {
  const owner = deviceSid === '' ? {} : { device_sid: deviceSid };
  const url = `${collection}/${encodeURIComponent(stored.key)}`;
  const date = isoSeconds(stored.dateUpdated);
  return store === 'secrets'
    ? { ...owner, key: stored.key, date_rotated: date, url }
    : { ...owner, key: stored.key, value: stored.value, date_updated: date, url };
}

/** `2021-01-01T12:34:56Z`: dates of the REST calls have no fraction of a second. */
export function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, -5)}Z`;
}
