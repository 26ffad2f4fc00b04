import type { Engine, EngineRecord, RecordChange } from './engine/engine.js';
import { readRecord, writeRecord } from './record-json.js';
import { checkKey, checkValue } from './values/value-limits.js';

/**
 * Facts that wasmqtt keeps about a store. Their names and values follow the rules of keys and values. Every method rejects with StoreError
 * as `ValueStore` does.
 */
export class Meta {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A fact, or undefined. */
  async get(name: string): Promise<string | undefined> {
    checkKey(name);
    const record = await this.#engine.get('meta', [name]);
    return record && factOf(record);
  }

  async set(name: string, value: string): Promise<void> {
    await this.#engine.commit([setting(name, value)]);
  }

  /**
   * The facts of these names. Missing ones are set to their defaults, all of them in one commit, so several processes
   * that start at once get the same facts.
   */
  async ensure<Name extends string>(defaults: Record<Name, string>): Promise<Record<Name, string>> {
    const names = Object.keys(defaults) as Name[];
    for (const name of names) checkKey(name);
    for (;;) {
      const found = await this.#engine.getMany(
        'meta',
        names.map((name) => [name]),
      );
      const missing = names.filter((_, index) => found[index] === undefined);
      const steps = missing.map((name) => ({ ...setting(name, defaults[name]), if: 'absent' as const }));
      // When another process was first, its facts hold.
      if (missing.length > 0 && !(await this.#engine.commit(steps)).committed) continue;
      const values = found.map((record, index) => (record === undefined ? defaults[names[index]] : factOf(record)));
      return Object.fromEntries(names.map((name, index) => [name, values[index]])) as Record<Name, string>;
    }
  }
}

/** What a record of `meta` says. @throws StoreError `damaged` */
export function factOf(record: EngineRecord): string {
  return readRecord<{ value: string }>(record).value;
}

/** The step of a commit that sets a fact. @throws StoreError `invalid-key`, `invalid-value` */
export function setting(name: string, value: string): RecordChange & { op: 'put' } {
  checkKey(name);
  checkValue(name, value);
  return { op: 'put', table: 'meta', key: [name], data: writeRecord({ value }) };
}
