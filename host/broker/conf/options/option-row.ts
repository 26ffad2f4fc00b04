import type { ConfigLine } from '../lines.js';
import { type ReadValue, text } from './values.js';

/**
 * The part of the configuration that an option belongs to. `security` is the broker, or with `per_listener_settings` the
 * listener; `default` is the listener of `port`, wherever the option stands.
 */
export type Scope = 'general' | 'security' | 'listener' | 'default' | 'bridge';

/** One option. A row's `target` is a member of the settings of its scope, and `read` returns what that member holds. */
export interface OptionRow {
  readonly name: string;
  readonly scope: Scope;
  readonly read: ReadValue<unknown>;
  readonly target: string;
  /**
   * What a second one does: `last` takes its place, with a warning if it differs; `once` is an error, as in mosquitto;
   * `list` comes after it.
   */
  readonly repeat: 'last' | 'once' | 'list';
  /** Begins a section instead of setting something. */
  readonly starts?: 'listener' | 'bridge';
}

/** One of several values of an option, with the line that it came from. */
export interface Listed<T> {
  readonly value: T;
  readonly line: ConfigLine;
}

type Element<T> = T extends readonly Listed<infer E>[] ? E : never;

/** Makes the rows of one scope, each with the member of its settings that it sets. */
export function rowsOf<Settings>(scope: Scope) {
  return {
    /** An option with one value. */
    option<K extends keyof Settings & string>(name: string, read: ReadValue<Settings[K]>, target: K): OptionRow {
      return { name, scope, read, target, repeat: (read as unknown) === text ? 'once' : 'last' };
    },
    /** An option that may stand there several times. */
    listed<K extends keyof Settings & string>(
      name: string,
      read: ReadValue<Element<Settings[K]>>,
      target: K,
    ): OptionRow {
      return { name, scope, read, target, repeat: 'list' };
    },
  };
}

/** An option that is known and does nothing. An error when to leave it out would change who gets in or what is protected. */
export interface UnsupportedRow {
  readonly name: string;
  readonly unsupported: 'error' | 'warning';
  /** What to do instead. */
  readonly advice: string;
}
