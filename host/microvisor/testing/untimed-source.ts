import type { ConfigSource } from '../calls/config-fetch.js';
import type { VirtualClock } from './virtual-clock.js';

/** Values by their keys, the same in each scope and store. */
export type ConfigValues = Readonly<Record<string, string>>;

/** A source of configs that takes no virtual time. Values may be changed while the device runs. */
export function untimedSource(stores: ConfigSource | ConfigValues, clock: VirtualClock): ConfigSource {
  const source = isSource(stores) ? stores : valuesSource(stores);
  return {
    fetch: (items) => {
      const answer = source.fetch(items);
      clock.during(answer);
      return answer;
    },
  };
}

const isSource = (stores: ConfigSource | ConfigValues): stores is ConfigSource => typeof stores.fetch === 'function';

const valuesSource = (values: ConfigValues): ConfigSource => ({
  fetch: async (items) =>
    items.map(({ key }) =>
      Object.hasOwn(values, key) ? { result: 'ok', value: values[key] } : { result: 'keyNotFound' },
    ),
});
