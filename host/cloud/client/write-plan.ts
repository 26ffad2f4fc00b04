import type { Scope, StoreName } from '../store/values/scope.js';
import type { Change } from '../store/values/value-store.js';

/** A value that is to be stored. */
export interface NewValue {
  store: StoreName;
  key: string;
  value: string;
}

/** What a scope holds before anything is written. */
export interface PresentValues {
  configs: ReadonlyMap<string, string>;
  /** undefined for a value that only the device can read */
  secrets: ReadonlyMap<string, string | undefined>;
}

/** One write, with what it does to the store. An update has the value that it replaces, if that can be read. */
export type PlannedWrite = NewValue & ({ how: 'create'; before?: undefined } | { how: 'update'; before?: string });

/** What must be done so that a scope holds certain values. */
export interface WritePlan {
  /** in the order in which they are safest: see {@link planWrites} */
  writes: PlannedWrite[];
  /** what already has its value */
  unchanged: NewValue[];
}

/**
 * Plans the writes after which a scope holds the values. Those that can be undone come first: configs, whose old values are
 * known, then new secrets. The old value of a replaced secret is lost, so those come last, when all else has succeeded.
 *
 * @example
 * ```ts
 * import { type NewValue, type PlannedWrite, type PresentValues, planWrites, type WritePlan } from 'wasmqtt/cloud';
 *
 * const present: PresentValues = { configs: new Map([['interval', '60']]), secrets: new Map([['key', undefined]]) };
 * const values: NewValue[] = [
 *   { store: 'secrets', key: 'key', value: 's3cret' },
 *   { store: 'configs', key: 'interval', value: '30' },
 *   { store: 'configs', key: 'name', value: 'pump' },
 * ];
 * const plan: WritePlan = planWrites(present, values);
 * plan.writes.map(({ key, how }: PlannedWrite) => `${how} ${key}`); // => [ 'update interval', 'create name', 'update key' ]
 * ```
 */
export function planWrites(present: PresentValues, values: readonly NewValue[]): WritePlan {
  const writes: PlannedWrite[] = [];
  const unchanged: NewValue[] = [];
  for (const value of values) {
    const before = present[value.store].get(value.key);
    if (before === value.value) unchanged.push(value);
    else if (present[value.store].has(value.key)) writes.push({ ...value, how: 'update', before });
    else writes.push({ ...value, how: 'create' });
  }
  return { writes: writes.sort((a, b) => risk(a) - risk(b)), unchanged };
}

/**
 * Whether the old value cannot be put back.
 *
 * @example
 * ```ts
 * import { isFinal } from 'wasmqtt/cloud';
 *
 * isFinal({ store: 'secrets', key: 'key', value: 'new', how: 'update' }); // => true
 * isFinal({ store: 'configs', key: 'interval', value: '30', how: 'update', before: '60' }); // => false
 * ```
 */
export function isFinal({ store, how }: PlannedWrite): boolean {
  return store === 'secrets' && how === 'update';
}

function risk(write: PlannedWrite): number {
  if (write.store === 'configs') return 0;
  return isFinal(write) ? 2 : 1;
}

/**
 * The same writes for `Store.write`, which makes them in one transaction.
 *
 * @example
 * ```ts
 * import { asChanges } from 'wasmqtt/cloud';
 *
 * const [change] = asChanges({ kind: 'account' }, [{ store: 'configs', key: 'interval', value: '30', how: 'create' }]);
 * [change.op, change.key]; // => [ 'set', 'interval' ]
 * ```
 */
export function asChanges(scope: Scope, writes: readonly PlannedWrite[]): Change[] {
  return writes.map(({ store, key, value }) => ({ op: 'set', scope, store, key, value }));
}
