import type { ConfigItem, ConfigItemResult, ConfigSource } from '../../microvisor/index.js';
import type { Scope, StoreName } from '../store/values/scope.js';
import { checkKey, normalizeDeviceSid } from '../store/values/value-limits.js';
import type { ValueStore } from '../store/values/value-store.js';

const STORE_NAMES: Record<ConfigItem['store'], StoreName> = { config: 'configs', secret: 'secrets' };

/**
 * The stores as one device sees them: its own values and those of the account, secrets included.
 *
 * A fetch never rejects. A key that is missing or could never be stored is `keyNotFound`; when the store fails, every key is
 * `serverError`.
 *
 * @param deviceSid `^UV[0-9a-fA-F]{32}$`
 * @throws StoreError `invalid-device-sid`
 *
 * @example
 * ```ts
 * import { deviceConfigSource, Store } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-source');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * const values = store.values(accountSid);
 * await values.create({ kind: 'device', deviceSid }, 'configs', 'interval', '60');
 * const source = deviceConfigSource(values, deviceSid);
 * await source.fetch([{ scope: 'device', store: 'config', key: 'interval' }]); // => [ { result: 'ok', value: '60' } ]
 * await store.close();
 * ```
 */
export function deviceConfigSource(values: ValueStore, deviceSid: string): ConfigSource {
  const device: Scope = { kind: 'device', deviceSid: normalizeDeviceSid(deviceSid) };
  return {
    async fetch(items) {
      const storable = items.filter(isStorable);
      try {
        const found = await values.getMany(
          storable.map(({ scope, store, key }) => ({
            scope: scope === 'device' ? device : { kind: 'account' },
            store: STORE_NAMES[store],
            key,
          })),
        );
        return items.map((item): ConfigItemResult => {
          const value = found[storable.indexOf(item)];
          return value === undefined ? { result: 'keyNotFound' } : { result: 'ok', value: value.value };
        });
      } catch {
        return items.map(() => ({ result: 'serverError' }));
      }
    },
  };
}

function isStorable({ key }: ConfigItem): boolean {
  try {
    checkKey(key);
    return true;
  } catch {
    return false;
  }
}
