/** A place in a file: line and column count from 1; the column counts characters. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong with a configuration. An error keeps the broker from starting; a warning does not. */
export interface Finding extends Place {
  readonly severity: 'error' | 'warning';
  /** What is wrong and what to do: one sentence, without the place. */
  readonly message: string;
}

/** Collects what is wrong, so that all of it can be reported at once. */
export class Findings {
  readonly list: Finding[] = [];

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === 'error');
  }

  error(place: Place, message: string): void {
    this.#add('error', place, message);
  }

  warning(place: Place, message: string): void {
    this.#add('warning', place, message);
  }

  #add(severity: Finding['severity'], { file, line, column }: Place, message: string): void {
    this.list.push({ severity, file, line, column, message });
  }
}

/** `mosquitto.conf:12:7: error: max_qos is 3; …`, as compilers write it. */
export function configFindingText({ file, line, column, severity, message }: Finding): string {
  return `${file}:${line}:${column}: ${severity}: ${message}`;
}

/**
 * A configuration that cannot be used. The message has one line for each finding.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { ConfigError, configFindingText, type Place, readBrokerPlan } from 'wasmqtt/broker';
 *
 * writeFileSync('bad.conf', 'listener many\n');
 * try {
 *   readBrokerPlan('bad.conf');
 * } catch (error) {
 *   if (!(error instanceof ConfigError)) throw error;
 *   const [finding] = error.findings;
 *   const { line, column }: Place = finding;
 *   [line, column, configFindingText(finding).includes('bad.conf:1:10')]; // => [ 1, 10, true ]
 * }
 * ```
 */
export class ConfigError extends Error {
  override name = 'ConfigError';
  /** Errors and warnings, in the order in which they were found. */
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const count = errors === 1 ? 'one error' : `${errors} errors`;
    super([`the configuration has ${count}; nothing was started`, ...findings.map(configFindingText)].join('\n'));
    this.findings = findings;
  }
}
