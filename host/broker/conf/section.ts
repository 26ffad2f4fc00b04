import type { ConfigLine } from './lines.js';

interface Setting {
  readonly value: unknown;
  readonly line: ConfigLine;
}

/** The settings of a part of the configuration, each with the line that it came from. */
export class Section<Settings> {
  readonly #settings = new Map<keyof Settings, Setting>();

  get size(): number {
    return this.#settings.size;
  }

  has(key: keyof Settings): boolean {
    return this.#settings.has(key);
  }

  get<K extends keyof Settings>(key: K): Settings[K] | undefined {
    return this.#settings.get(key)?.value as Settings[K] | undefined;
  }

  /** The line of a setting that is there. */
  at(key: keyof Settings): ConfigLine {
    return this.#settings.get(key)!.line;
  }

  set<K extends keyof Settings>(key: K, value: Settings[K], line: ConfigLine): void {
    this.#settings.set(key, { value, line });
  }

  /** The lines of all settings, in their order. */
  get lines(): ConfigLine[] {
    return [...this.#settings.values()].map(({ line }) => line);
  }
}
