import { editDistance } from '../../node/edit-distance.js';
import type { Findings } from './findings.js';
import { type ConfigLine, valuePlace } from './lines.js';
import type { BridgeSettings } from './options/bridge-rows.js';
import type { GeneralSettings, SecuritySettings } from './options/general-rows.js';
import type { ListenerSettings } from './options/listener-rows.js';
import type { Listed, OptionRow } from './options/option-row.js';
import { optionNames, optionRow } from './options/options.js';
import { ValueMistake } from './options/values.js';
import { Section } from './section.js';

export interface ListenerSection {
  readonly settings: Section<ListenerSettings>;
  /** Set with `per_listener_settings` only. */
  readonly security: Section<SecuritySettings>;
}

/** The lines of a configuration, each in the section that it belongs to. */
export interface ParsedConfig {
  readonly general: Section<GeneralSettings>;
  readonly security: Section<SecuritySettings>;
  /** The listener of `port`, `bind_address` and of what stands before the first `listener`. */
  readonly defaultListener: ListenerSection;
  readonly listeners: readonly ListenerSection[];
  readonly bridges: readonly Section<BridgeSettings>[];
}

/** Sorts lines into sections and reads their values. What cannot be read is reported and left out. */
export function parseConfig(lines: readonly ConfigLine[], findings: Findings): ParsedConfig {
  const parser = new Parser(findings);
  for (const line of lines) parser.take(line);
  return parser;
}

class Parser implements ParsedConfig {
  readonly general = new Section<GeneralSettings>();
  readonly security = new Section<SecuritySettings>();
  readonly defaultListener = newListener();
  readonly listeners: ListenerSection[] = [];
  readonly bridges: Section<BridgeSettings>[] = [];
  readonly #findings: Findings;
  #listener = this.defaultListener;
  /** The first line of security settings: `per_listener_settings` must come before it. */
  #firstSecurity: ConfigLine | undefined;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  take(line: ConfigLine): void {
    const row = optionRow(line.option);
    if (!row) this.#findings.error(line, unknownOption(line.option));
    else if ('unsupported' in row) {
      this.#findings[row.unsupported](line, `${line.option} is not supported: ${row.advice}`);
    } else this.#set(row, line);
  }

  #set(row: OptionRow, line: ConfigLine): void {
    const value = this.#read(row, line);
    if (row.starts) this.#start(row.starts);
    if (row.target === 'perListenerSettings') this.#checkOrder(line);
    if (row.scope === 'security') this.#firstSecurity ??= line;
    const section = this.#section(row);
    if (!section) this.#findings.error(line, `${row.name} belongs to a bridge; write "connection NAME" before it`);
    else if (value !== undefined) this.#store(section, row, value, line);
  }

  #start(kind: 'listener' | 'bridge'): void {
    if (kind === 'bridge') {
      this.bridges.push(new Section());
      return;
    }
    this.#listener = newListener();
    this.listeners.push(this.#listener);
  }

  #read(row: OptionRow, line: ConfigLine): unknown {
    try {
      const warn = (message: string, offset = 0) =>
        this.#findings.warning(valuePlace(line, offset), `${row.name}: ${message}`);
      return row.read(line.value, { warn });
    } catch (error) {
      if (!(error instanceof ValueMistake)) throw error;
      this.#findings.error(valuePlace(line, error.offset), `${row.name}: ${error.message}`);
      return undefined;
    }
  }

  #section({ scope }: OptionRow): Section<Record<string, unknown>> | undefined {
    const isPerListener = this.general.get('perListenerSettings') === true;
    const sections: Record<OptionRow['scope'], unknown> = {
      general: this.general,
      security: isPerListener ? this.#listener.security : this.security,
      listener: this.#listener.settings,
      default: this.defaultListener.settings,
      bridge: this.bridges.at(-1),
    };
    return sections[scope] as Section<Record<string, unknown>> | undefined;
  }

  #store(section: Section<Record<string, unknown>>, row: OptionRow, value: unknown, line: ConfigLine): void {
    const { target, repeat } = row;
    if (repeat === 'list') {
      const before = (section.get(target) ?? []) as readonly Listed<unknown>[];
      section.set(target, [...before, { value, line }], line);
      return;
    }
    if (section.has(target)) {
      const { file, line: number, option } = section.at(target);
      const first = `${option} is set at ${file}:${number} already`;
      if (repeat === 'once') {
        this.#findings.error(line, `${first}; remove one of the two lines`);
        return;
      }
      if (section.get(target) !== value) this.#findings.warning(line, `${first}; this line counts, remove the other`);
    }
    section.set(target, value, line);
  }

  #checkOrder(line: ConfigLine): void {
    const first = this.#firstSecurity;
    if (!first) return;
    const message = `per_listener_settings must come before ${first.option} at ${first.file}:${first.line}; move it to the top`;
    this.#findings.error(line, message);
  }
}

function newListener(): ListenerSection {
  return { settings: new Section(), security: new Section() };
}

function unknownOption(name: string): string {
  const near = optionNames().find((known) => editDistance(known, name.toLowerCase()) <= 2);
  return `the option ${JSON.stringify(name)} is not known; ${near ? `did you mean ${near}?` : 'remove the line, or see mosquitto.conf(5) for the name'}`;
}
