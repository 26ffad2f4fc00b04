import { normalizeDeviceSid, quote } from './value-limits.js';

/** `configs` can be read back over REST; only devices can read `secrets`. */
export type StoreName = 'configs' | 'secrets';

/** All devices see the values of the account; only the device itself sees its own. */
export type Scope = { kind: 'account' } | { kind: 'device'; deviceSid: string };

/** A collection of values: one for each scope and store. */
export type CollectionPath = [kind: 'account' | 'device', deviceSid: string, store: StoreName];

/**
 * @throws StoreError `invalid-device-sid`
 * @throws TypeError when `store` is neither `configs` nor `secrets`
 *
 * @example
 * ```ts
 * import { collectionPath } from 'wasmqtt/cloud';
 *
 * collectionPath({ kind: 'account' }, 'secrets'); // => [ 'account', '', 'secrets' ]
 * ```
 */
export function collectionPath(scope: Scope, store: StoreName): CollectionPath {
  if (store !== 'configs' && store !== 'secrets') {
    throw new TypeError(`the store is named "configs" or "secrets", not ${quote(String(store))}`);
  }
  return scope.kind === 'account' ? ['account', '', store] : ['device', normalizeDeviceSid(scope.deviceSid), store];
}

/** A value's place in words, for messages: `the configs of device UV...`. */
export function describeCollection([kind, deviceSid, store]: CollectionPath): string {
  return kind === 'account' ? `the ${store} of the account` : `the ${store} of device ${deviceSid}`;
}

/** What the collections are called in the addresses of the REST calls. */
export const COLLECTIONS: Record<StoreName, string> = { configs: 'Configs', secrets: 'Secrets' };

/**
 * The address of a collection below `/v1`: `/Configs`, `/Devices/UV.../Secrets`.
 *
 * @example
 * ```ts
 * import { collectionPath, restPath } from 'wasmqtt/cloud';
 *
 * restPath(collectionPath({ kind: 'account' }, 'secrets')); // => '/Secrets'
 * ```
 */
export function restPath([kind, deviceSid, store]: CollectionPath): string {
  return `${kind === 'account' ? '' : `/Devices/${deviceSid}`}/${COLLECTIONS[store]}`;
}
