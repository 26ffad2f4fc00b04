import type { ConfigItem, ConfigItemResult, ConfigSource } from '../microvisor/index.js';
import type { Scope, StoreName } from './store/scope.js';
import type { Store } from './store/store.js';
import { normalizeDeviceSid } from './store/value-limits.js';

const STORE_NAMES: Record<ConfigItem['store'], StoreName> = { config: 'configs', secret: 'secrets' };

/**
 * The stores as one device sees them: its own values and those of the account, secrets included.
 *
 * A fetch never rejects. A key that is missing or could never be stored is `keyNotFound`; when the store fails, every key is
 * `serverError`.
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

function lookUp(store: Store, scope: Scope, item: ConfigItem): ConfigItemResult {
  try {
    const found = store.get(scope, STORE_NAMES[item.store], item.key);
    return found === undefined ? { result: 'keyNotFound' } : { result: 'ok', value: found.value };
  } catch (error) {
    return { result: (error as { code?: string }).code === 'invalid-key' ? 'keyNotFound' : 'serverError' };
  }
}
