import type { Finding, Severity } from './finding.js';
import { type ConfigKey, ruleOf } from './store-keys.js';

export interface ExamineOptions {
  now: Date;
  /** Warns of certificates that end within this many days. */
  warnDays: number;
  /** What the application is made for; default what is stored. */
  authentication?: 'certificate' | 'password';
  /** The place of a value in words; default store and key. */
  label?: (key: string) => string | undefined;
  /** What will be stored of a value, where that is less: without roots that the device cannot use. Only its length counts. */
  stored?: Partial<Record<ConfigKey, string>>;
  /** The command in remedies, with the options that lead to these stores; default `wasmqtt provision`. */
  provision?: string;
  /** The command in remedies that deletes a key; default words that say so. */
  remove?: (store: 'config' | 'secret', key: string) => string;
}

/** A value, with the key that it was meant for. */
export interface Item {
  key: ConfigKey;
  where: string;
  /** Undefined for a secret that cannot be read. */
  value: string | undefined;
}

/** What is wrong with an item. `spot` is the place within the value. */
export interface Fault extends Omit<Finding, 'where' | 'severity'> {
  severity?: Severity;
  spot?: string;
}

/** One examination: its options, and what it has found so far. */
export class Examination {
  readonly findings: Finding[] = [];

  readonly options: ExamineOptions;

  constructor(options: ExamineOptions) {
    this.options = options;
  }

  /** Notes a fault; its severity is `error` unless it says otherwise. */
  add(item: Pick<Item, 'where'>, { spot, severity = 'error', trap, what, why, remedy }: Fault): void {
    const where = spot ? `${item.where}, ${spot}` : item.where;
    this.findings.push({ severity, trap, where, what, why, remedy });
  }

  /** The place of a key in words. */
  place(store: 'config' | 'secret', name: string): string {
    return this.options.label?.(name) ?? `${store} ${name}`;
  }

  /** How to delete a key. */
  remove(store: 'config' | 'secret', name: string): string {
    return this.options.remove?.(store, name) ?? `delete ${name} from the ${store}s`;
  }

  /** The command that stores a key again. @param more further options */
  provision(key: ConfigKey, more = ''): string {
    return `${this.options.provision ?? 'wasmqtt provision'} ${ruleOf(key).options}${more}`;
  }
}
