import { AppDefault } from '../../../build/abi/core.js';
import { ReasonCode } from '../../core/index.js';

/**
 * Notices connections that end before they have lasted, one after the other, and says so once. A connection that another client took
 * over counts however long it lasted, because the two go on ending each other's. Times are milliseconds of one clock.
 */
export class ConnectionStorm {
  readonly #stable: number;
  #connectedAt: number | undefined;
  #count = 0;

  /** @param stable how long a connection has to last */
  constructor(stable: number = AppDefault.STABLE) {
    this.#stable = stable;
  }

  connected(now: number): void {
    this.#connectedAt = now;
  }

  /** @returns how many connections have ended early, when that is news: with the second in a row */
  ended(now: number, reasonCode = 0): number | undefined {
    if (this.#connectedAt === undefined) return undefined;
    const isEarly = now - this.#connectedAt < this.#stable || reasonCode === ReasonCode.sessionTakenOver;
    this.#connectedAt = undefined;
    this.#count = isEarly ? this.#count + 1 : 0;
    return this.#count === 2 ? this.#count : undefined;
  }
}
