import { networkOf } from '../../node/networks.js';
import { BrokerError } from './listener.js';

/** How many connections may be open whose CONNECT was not accepted yet. */
export interface PendingLimits {
  /** From one IPv4 address, or one /64 of IPv6. Does not hold for Unix sockets. Default 1,000. */
  perAddress: number;
  /** From all addresses. Default 5,000. */
  total: number;
}

/**
 * @example
 * ```ts
 * import { createBroker, DEFAULT_PENDING } from 'wasmqtt/broker';
 *
 * const broker = await createBroker({ pendingConnections: { total: DEFAULT_PENDING.total / 2 } });
 * await broker.close();
 * ```
 */
export const DEFAULT_PENDING: Readonly<PendingLimits> = { perAddress: 1000, total: 5000 };

/** Counts connections from their first byte until the engine has accepted their CONNECT, or they are closed. */
export class WaitingRoom {
  readonly #limits: PendingLimits;
  readonly #byNetwork = new Map<string, number>();
  #total = 0;

  /** @throws BrokerError for a limit out of range */
  constructor(limits: Partial<PendingLimits> = {}) {
    this.#limits = { ...DEFAULT_PENDING, ...limits };
    for (const [name, value] of Object.entries(this.#limits)) {
      if (value >= 1 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) continue;
      throw new BrokerError('options', `pendingConnections: ${name} is ${value}; use a whole number from 1`);
    }
  }

  /**
   * @param address of the peer; undefined for one that has none
   * @returns a function that gives the place back, at most once; or text: why there is no room
   */
  enter(address: string | undefined): (() => void) | string {
    const { perAddress, total } = this.#limits;
    if (this.#total >= total) {
      return `${total} connections have not come through CONNECT yet (pendingConnections.total)`;
    }
    const network = address === undefined ? undefined : networkOf(address);
    const others = network === undefined ? 0 : (this.#byNetwork.get(network) ?? 0);
    if (others >= perAddress) {
      return `${perAddress} connections from ${network} have not come through CONNECT yet (pendingConnections.perAddress)`;
    }
    this.#total++;
    if (network !== undefined) this.#byNetwork.set(network, others + 1);
    let isIn = true;
    return () => {
      if (isIn) this.#leave(network);
      isIn = false;
    };
  }

  #leave(network: string | undefined): void {
    this.#total--;
    if (network === undefined) return;
    const left = this.#byNetwork.get(network)! - 1;
    if (left > 0) this.#byNetwork.set(network, left);
    else this.#byNetwork.delete(network);
  }
}
