import { type Engine, NO_REVISION } from '../engine/engine.js';
import type { Table } from '../engine/tables.js';

/** Tables whose keys begin with account and device. */
export type DeviceTable = Extract<Table, 'device' | 'device_log' | 'value'>;

/**
 * Tells who waits for news of a device, of as many devices as you like: one watch of the engine for all of them. A listener may be called
 * without need, never too seldom.
 */
export class ChangeFeed {
  readonly #engine: Engine;
  readonly #topics = new Map<string, Set<() => void>>();
  #unwatch: (() => void) | undefined;
  /** The revision up to which all listeners were told. */
  #known: number | undefined;
  #running = false;
  /** The store has grown while it was being read. */
  #grown = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Calls the listener soon after records of a device in this table have changed. Whoever reads after this has returned, and again when it
   * is called, misses nothing.
   *
   * @returns a function that ends it
   */
  subscribe(table: DeviceTable, accountSid: string, deviceSid: string, listener: () => void): () => void {
    const topic = topicOf(table, accountSid, deviceSid);
    const own = () => listener();
    const listeners = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, listeners.add(own));
    if (this.#unwatch === undefined) {
      this.#unwatch = this.#engine.watch(() => this.#read());
      this.#read();
    }
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#topics.get(topic) === listeners) this.#topics.delete(topic);
      if (this.#topics.size === 0) this.#end();
    };
  }

  #end(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#known = undefined;
  }

  #read(): void {
    this.#grown = true;
    if (!this.#running) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#running = true;
    while (this.#grown && this.#unwatch) {
      this.#grown = false;
      try {
        await this.#readOnce();
      } catch {
        // The engine calls again when it is there again; a store that is closed has no news.
      }
    }
    this.#running = false;
  }

  async #readOnce(): Promise<void> {
    const { revision, complete, changes } = await this.#engine.changesSince(this.#known ?? NO_REVISION);
    this.#known = revision;
    const topics = complete
      ? new Set(changes.map(({ table, key }) => topicOf(table, key[0], key[1])))
      : [...this.#topics.keys()];
    for (const topic of topics) for (const listener of [...(this.#topics.get(topic) ?? [])]) listener();
  }
}

function topicOf(table: Table, accountSid: string, deviceSid: string | undefined): string {
  return `${table}/${accountSid}/${deviceSid}`;
}
