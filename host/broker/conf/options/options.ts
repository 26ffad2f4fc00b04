import { bridgeOptions } from './bridge-rows.js';
import { generalOptions, unsupportedOptions } from './general-rows.js';
import { listenerOptions } from './listener-rows.js';
import type { OptionRow, UnsupportedRow } from './option-row.js';

const ROWS = new Map<string, OptionRow | UnsupportedRow>(
  [...generalOptions, ...listenerOptions, ...bridgeOptions, ...unsupportedOptions].map((row) => [row.name, row]),
);

/** The row of an option; undefined for one that mosquitto does not have either. */
export function optionRow(name: string): OptionRow | UnsupportedRow | undefined {
  const family = /^(auth_opt_|plugin_opt_)/.exec(name)?.[0];
  return ROWS.get(family ? `${family}*` : name);
}

/** The names of all options, for the advice about one that is not known. */
export function optionNames(): string[] {
  return [...ROWS.keys()];
}
