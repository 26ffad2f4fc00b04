import type { Finding, Severity } from './finding.js';
import { type ConfigKey, ruleOf } from './store-keys.js';

export interface ExamineOptions {
  now: Date;
  /** Certificates that end within so many days are told. */
  warnDays: number;
  /** What the application is made for; without it the values decide. */
  authentication?: 'certificate' | 'password';
  /** The place of a value in words; default is store and key. */
  label?: (key: string) => string | undefined;
  /** The command of remedies, with the options that lead to these stores; default `wasmqtt provision`. */
  provision?: string;
  /** The command of remedies that deletes a key; without it they say to delete it. */
  remove?: (store: 'config' | 'secret', key: string) => string;
}

/** A value under the key that it was meant for. */
export interface Item {
  key: ConfigKey;
  where: string;
  /** Undefined for a secret that cannot be read. */
  value: string | undefined;
}

/** A finding about an item, whose place is the item's with `spot` behind it. */
export interface Fault extends Omit<Finding, 'where' | 'severity'> {
  severity?: Severity;
  spot?: string;
}

/** One examination: its options, and what was found so far. */
export class Examination {
  readonly findings: Finding[] = [];

  constructor(readonly options: ExamineOptions) {}

  /** Notes a fault, an error unless it says otherwise. */
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
    return this.options.remove?.(store, name) ?? `delete ${name} among the ${store}s`;
  }

  /** The command that stores a key anew. */
  provision(key: ConfigKey, more = ''): string {
    return `${this.options.provision ?? 'wasmqtt provision'} ${ruleOf(key).options}${more}`;
  }
}
