import type { Limits } from './broker-limits.js';
import { CursorPool } from './lazy/cursor-pool.js';
import { completeSettings, type ListenerSettings } from './listener-settings.js';
import type { ListenerInfo } from './rules.js';

/** What the engine keeps of one listener. */
export interface Listener {
  /** Those of the connections to come. */
  settings: ListenerSettings;
  /** What is wrong with the settings that it was given: nobody may come in. `settings` are the defaults then. */
  problem: string | undefined;
  /** Of the connections to come. */
  cursors: CursorPool;
  /** Connected at this moment. */
  clients: number;
}

/** The listeners that connections came in by. Forgets those that nobody has any more. */
export class ListenerTable {
  readonly #limits: Limits;
  readonly #onError: (error: unknown) => void;
  readonly #known = new WeakMap<ListenerInfo, { given: unknown; listener: Listener }>();

  /** @param onError gets what is wrong with settings, once for each listener that has them */
  constructor(limits: Limits, onError: (error: unknown) => void) {
    this.#limits = limits;
    this.#onError = onError;
  }

  /** Settings may be put in the place of others: they hold for the connections that come after that. */
  of(info: ListenerInfo): Listener {
    const known = this.#known.get(info);
    if (known && known.given === info.settings) return known.listener;
    const completed = this.#complete(info);
    const cursors = new CursorPool(completed.settings.maximumPacketSize);
    const listener: Listener = Object.assign(known?.listener ?? { clients: 0 }, completed, { cursors });
    this.#known.set(info, { given: info.settings, listener });
    return listener;
  }

  #complete({ name, settings }: ListenerInfo): Pick<Listener, 'settings' | 'problem'> {
    try {
      return { settings: completeSettings(this.#limits, settings), problem: undefined };
    } catch (error) {
      this.#onError(error);
      return { settings: completeSettings(this.#limits), problem: `listener ${name}: ${(error as Error).message}` };
    }
  }
}
