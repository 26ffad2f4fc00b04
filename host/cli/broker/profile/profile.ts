import { Option } from 'commander';
import type { BrokerFlags } from '../broker-flags.js';
import type { BrokerSource } from '../source/broker-source.js';

/** A way to run `wasmqtt broker` that does as one broker in production does: with options in place of a `mosquitto.conf`. */
export interface Profile {
  /** For `--profile`. */
  readonly name: string;
  /** Options that belong to it; without defaults, so that one that is given without the profile is found. */
  options(): Option[];
  /** Lines of the help. */
  readonly examples: readonly string[];
  /**
   * Reads what the options name. Nothing is opened.
   *
   * @throws UsageError for options that contradict each other; ConfigError with all mistakes of files
   */
  open(flags: ProfileFlags): Promise<BrokerSource>;
}

/** The options of the command, and those of profiles by their names in camelCase. */
export type ProfileFlags = BrokerFlags & Readonly<Record<string, unknown>>;

/** For profiles whose brokers remember something. */
export function stateOption(): Option {
  const what = 'keep sessions, messages and what else the broker remembers there (default: they end with the broker)';
  return new Option('--state <dir>', what);
}
