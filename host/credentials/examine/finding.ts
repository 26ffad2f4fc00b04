/** `error`: the device cannot work like this. `warning`: it may, with another application or broker, or not for long. */
export type Severity = 'error' | 'warning';

/** One trap that was found. */
export interface Finding {
  severity: Severity;
  /** Stable name of the trap, kebab-case: `wrong-key-name`, `pem-in-value`, `certificate-expired`. */
  trap: string;
  /** Store and key, or a file; then the character (from 1) or byte offset (from 0), if there is one. */
  where: string;
  /** One sentence: what is wrong. Never a secret's value. */
  what: string;
  /** One sentence: what happens to the device. */
  why: string;
  /** The command or step that fixes it. */
  remedy: string;
}

/** What the device would read: values by key, for each store. */
export interface StoredValues {
  configs: ReadonlyMap<string, string>;
  secrets: ReadonlyMap<string, string>;
  /** Keys of secrets that exist, but whose values only the device can read. */
  hiddenSecrets?: ReadonlySet<string>;
  /** Keys of the other scope, which the device does not ask for. */
  otherScope?: { name: 'account' | 'device'; configs: ReadonlySet<string>; secrets: ReadonlySet<string> };
}
