import { normalizeDeviceSid } from './store/value-limits.js';
import type { Scope, StoreName } from './store/scope.js';
import type { Store } from './store/store.js';

/** One key that a device asks for. */
export interface ConfigRequest {
  scope: 'account' | 'device';
  store: 'secret' | 'config';
  key: string;
}

/** The answer to one key. */
export type ConfigResult = { result: 'ok'; value: string } | { result: 'keyNotFound' } | { result: 'serverError' };

/** Where a device's config fetch gets its values: one result for each item, in the order of the items. */
export interface ConfigSource {
  fetch(items: readonly ConfigRequest[]): Promise<ConfigResult[]>;
}

const STORE_NAMES: Record<ConfigRequest['store'], StoreName> = { config: 'configs', secret: 'secrets' };

/**
 * The stores as one device sees them: its own values and those of the account, secrets included.
 *
 * A fetch never rejects: a key that is not there, or cannot exist, is `keyNotFound`, a store that fails is `serverError`.
 *
 * @param deviceSid `^UV[0-9a-fA-F]{32}$`
 * @throws StoreError `invalid-device-sid`
 */
export function deviceConfigSource(store: Store, deviceSid: string): ConfigSource {
  const device: Scope = { kind: 'device', deviceSid: normalizeDeviceSid(deviceSid) };
  return {
    async fetch(items) {
      return items.map((item) => lookUp(store, item.scope === 'device' ? device : { kind: 'account' }, item));
    },
  };
}

function lookUp(store: Store, scope: Scope, item: ConfigRequest): ConfigResult {
  try {
    const found = store.get(scope, STORE_NAMES[item.store], item.key);
    return found === undefined ? { result: 'keyNotFound' } : { result: 'ok', value: found.value };
  } catch (error) {
    return { result: (error as { code?: string }).code === 'invalid-key' ? 'keyNotFound' : 'serverError' };
  }
}
