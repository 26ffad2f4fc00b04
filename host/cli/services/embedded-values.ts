import { createHash } from 'node:crypto';
import type { Change, Scope, Store, ValueStore } from '../../cloud/index.js';
import { CONFIG_KEYS, type ConfigKey, ruleOf } from '../../credentials/index.js';
import type { CredentialValues } from '../options/credential-values.js';

/**
 * The values in a store that `wasmqtt run` wrote for the embedded broker. It notes the digest of each value that it
 * writes, so that it can tell the user's own values from them and never overwrites one.
 */
export class EmbeddedValues {
  readonly #store: Store;
  readonly #values: ValueStore;
  readonly #scope: Scope;
  readonly #note: string;

  constructor(store: Store, accountSid: string, scope: Scope) {
    this.#store = store;
    this.#values = store.values(accountSid);
    this.#scope = scope;
    this.#note = `provisioned.${accountSid}.${scope.kind === 'device' ? scope.deviceSid : 'account'}`;
  }

  /** Keys whose present value was written by `write`. */
  async ownKeys(): Promise<Set<ConfigKey>> {
    const [written, present] = [await this.#written(), await this.#present()];
    return new Set(CONFIG_KEYS.filter((key) => written[key]?.includes(present.get(key) ?? '-')));
  }

  /** Keys whose present value the user wrote. */
  async foreignKeys(): Promise<ConfigKey[]> {
    const [own, present] = [await this.ownKeys(), await this.#present()];
    return CONFIG_KEYS.filter((key) => present.has(key) && !own.has(key));
  }

  /** Sets all values in one transaction. The note comes first: after a kill in between, the old values are still known as ours. */
  async write(values: CredentialValues): Promise<void> {
    const [written, present] = [await this.#written(), await this.#present()];
    const next: Record<string, string[]> = {};
    const changes: Change[] = [];
    for (const key of Object.keys(values) as ConfigKey[]) {
      const value = values[key] as string;
      const before = present.get(key);
      next[key] = [digest(value), ...(before && written[key]?.includes(before) ? [before] : [])];
      if (before !== next[key][0]) {
        changes.push({ op: 'set', scope: this.#scope, store: `${ruleOf(key).store}s`, key, value });
      }
    }
    if (changes.length === 0) return;
    await this.#store.meta.set(this.#note, JSON.stringify(next));
    await this.#values.write(changes);
  }

  /** The digests of what `write` has written. */
  async #written(): Promise<Record<string, string[]>> {
    return JSON.parse((await this.#store.meta.get(this.#note)) ?? '{}');
  }

  /** The digests of the values that are stored now. */
  async #present(): Promise<Map<ConfigKey, string>> {
    const places = CONFIG_KEYS.map((key) => ({ scope: this.#scope, store: `${ruleOf(key).store}s`, key }) as const);
    const found = await this.#values.getMany(places);
    return new Map(CONFIG_KEYS.flatMap((key, index) => (found[index] ? [[key, digest(found[index].value)]] : [])));
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
