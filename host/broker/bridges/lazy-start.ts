import type { BridgeOptions } from './bridge-setup.js';

const DEFAULT_THRESHOLD = 10;
/** Seconds. */
const DEFAULT_IDLE_TIMEOUT = 60;

/** When a bridge is connected: with `start: 'lazy'` while there is something to carry, otherwise always. */
export class LazyStart {
  readonly #isLazy: boolean;
  readonly #threshold: number;
  /** Milliseconds. */
  readonly #idleTimeout: number;
  #lastCarried = 0;

  constructor({ start, threshold = DEFAULT_THRESHOLD, idleTimeout = DEFAULT_IDLE_TIMEOUT }: BridgeOptions) {
    this.#isLazy = start === 'lazy';
    this.#threshold = threshold;
    this.#idleTimeout = idleTimeout * 1000;
  }

  get isLazy(): boolean {
    return this.#isLazy;
  }

  /** Something was carried, or waits. @param now milliseconds */
  carried(now: number): void {
    this.#lastCarried = now;
  }

  /** Whether it is worth connecting. @param waiting messages */
  isWorth(waiting: number): boolean {
    return !this.#isLazy || waiting >= this.#threshold;
  }

  /** When the connection has been idle for long enough, milliseconds; never unless the bridge is lazy. */
  get idleEnd(): number {
    return this.#isLazy ? this.#lastCarried + this.#idleTimeout : Number.POSITIVE_INFINITY;
  }
}
