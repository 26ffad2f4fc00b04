import { createHash } from 'node:crypto';
import type { Change, Scope, Store } from '../../cloud/index.js';
import { CONFIG_KEYS, type ConfigKey, ruleOf } from '../../credentials/index.js';
import type { CredentialValues } from '../options/credential-values.js';

/**
 * The values in a store that `wasmqtt run` wrote for the embedded broker. It notes the digest of each value that it
 * writes, so that it can tell the user's own values from them and never overwrites one.
 */
export class EmbeddedValues {
  readonly #store: Store;
  readonly #scope: Scope;
  readonly #note: string;

  constructor(store: Store, scope: Scope) {
    this.#store = store;
    this.#scope = scope;
    this.#note = `provisioned/${scope.kind === 'device' ? scope.deviceSid : 'account'}`;
  }

  /** Keys whose present value was written by `write`. */
  ownKeys(): Set<ConfigKey> {
    const digests = this.#digests();
    return new Set(CONFIG_KEYS.filter((key) => digests[key]?.includes(this.#digestOf(key) ?? '-')));
  }

  /** Keys whose present value the user wrote. */
  foreignKeys(): ConfigKey[] {
    const own = this.ownKeys();
    return CONFIG_KEYS.filter((key) => this.#digestOf(key) !== undefined && !own.has(key));
  }

  /** Sets all values in one transaction. The note comes first: after a kill in between, the old values are still known as ours. */
  async write(values: CredentialValues): Promise<void> {
    const present = this.#digests();
    const next: Record<string, string[]> = {};
    const changes: Change[] = [];
    for (const key of Object.keys(values) as ConfigKey[]) {
      const value = values[key] as string;
      const before = this.#digestOf(key);
      next[key] = [digest(value), ...(before && present[key]?.includes(before) ? [before] : [])];
      if (before !== next[key][0]) {
        changes.push({ op: 'set', scope: this.#scope, store: `${ruleOf(key).store}s`, key, value });
      }
    }
    if (changes.length === 0) return;
    await this.#store.setMeta(this.#note, JSON.stringify(next));
    await this.#store.write(changes);
  }

  #digests(): Record<string, string[]> {
    return JSON.parse(this.#store.meta(this.#note) ?? '{}');
  }

  #digestOf(key: ConfigKey): string | undefined {
    const stored = this.#store.get(this.#scope, `${ruleOf(key).store}s`, key);
    return stored && digest(stored.value);
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
