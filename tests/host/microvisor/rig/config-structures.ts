import {
  MvConfigKeyFetchParamsLayout,
  MvConfigKeyFetchScope,
  MvConfigKeyFetchStore,
  MvConfigKeyToFetchLayout,
  MvConfigResponseReadItemParamsLayout,
  writeMvConfigKeyFetchParams,
  writeMvConfigKeyToFetch,
  writeMvConfigResponseReadItemParams,
} from '../../../../build/abi/microvisor.js';
import type { Rig } from './rig.js';

export interface Key {
  key: string;
  scope?: number;
  store?: number;
}

/** struct MvConfigKeyFetchParams with its keys. */
export function fetchParams(rig: Rig, keys: Key[]): number {
  const list = rig.alloc(keys.length * MvConfigKeyToFetchLayout.SIZE || 1);
  for (const [index, { key, scope, store }] of keys.entries()) {
    writeMvConfigKeyToFetch(rig.view, list + index * MvConfigKeyToFetchLayout.SIZE, {
      scope: scope ?? MvConfigKeyFetchScope.DEVICE,
      store: store ?? MvConfigKeyFetchStore.CONFIG,
      key: rig.put(key),
    });
  }
  const address = rig.alloc(MvConfigKeyFetchParamsLayout.SIZE);
  writeMvConfigKeyFetchParams(rig.view, address, { numItems: keys.length, keysToFetch: list });
  return address;
}

/** struct MvConfigResponseReadItemParams over fresh memory. */
export function itemParams(rig: Rig, itemIndex: number, size = 64) {
  const out = { result: rig.words(0xee), data: rig.alloc(size), length: rig.words(0xee) };
  const address = rig.alloc(MvConfigResponseReadItemParamsLayout.SIZE);
  const buf = { data: out.data, size, length: out.length };
  writeMvConfigResponseReadItemParams(rig.view, address, { itemIndex, result: out.result, buf });
  return { address, ...out };
}
