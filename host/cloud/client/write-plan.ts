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

/** Whether the old value cannot be put back. */
export function isFinal({ store, how }: PlannedWrite): boolean {
  return store === 'secrets' && how === 'update';
}

function risk(write: PlannedWrite): number {
  if (write.store === 'configs') return 0;
  return isFinal(write) ? 2 : 1;
}

/** The same writes for `Store.write`, which makes them in one transaction. */
export function asChanges(scope: Scope, writes: readonly PlannedWrite[]): Change[] {
  return writes.map(({ store, key, value }) => ({ op: 'set', scope, store, key, value }));
}
