import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { networkOf } from '../../../node/networks.js';
import { RequestProblem } from '../problems.js';
import { type AttemptLimits, LogInAttempts } from './log-in-attempts.js';

/** How many more attempts an address has than one account from it: it may be that of many people. */
const ADDRESS_FACTOR = 5;

/** Credentials that are remembered as right, as digests. */
const MOST_KNOWN = 10_000;

/** An attempt whose outcome is not known yet. */
interface Attempt {
  digest: string;
  byAddress: string;
  byAccount: string;
}

/**
 * Slows attempts to guess credentials, for each account from one address and for each address. Credentials that were right lately pass, so
 * whoever guesses next to a right user does not lock him out; from elsewhere, everybody has attempts of their own. Attempts that come at
 * once and may all be right wait for each other.
 */
export class LogInGuard {
  readonly #byAccount: LogInAttempts;
  readonly #byAddress: LogInAttempts;
  readonly #open = new WeakMap<FastifyRequest, Attempt>();
  readonly #known = new Set<string>();
  /** by the name whose places are taken, first come first */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** requests that were refused without a look at their credentials, since the start */
  slowed = 0;

  constructor({ burst, rate }: AttemptLimits) {
    this.#byAccount = new LogInAttempts({ burst, rate });
    this.#byAddress = new LogInAttempts({ burst: burst * ADDRESS_FACTOR, rate: rate * ADDRESS_FACTOR });
  }

  /**
   * Before credentials are checked.
   *
   * @param now the clock, in milliseconds
   * @returns a promise when they may not be checked yet, which rejects with RequestProblem 429 when they may not at all
   * @throws RequestProblem 429 with Retry-After
   */
  begin(request: FastifyRequest, now: () => number): Promise<void> | undefined {
    const { authorization } = request.headers;
    if (authorization === undefined) return undefined;
    const digest = hash('sha256', authorization, 'base64');
    if (this.#known.has(digest)) return undefined;
    // A client that is gone already has no address any more.
    const byAddress = networkOf(request.ip ?? '');
    const attempt = { digest, byAddress, byAccount: `${byAddress} ${userName(authorization)}` };
    return this.#begin(attempt, request, now()) === undefined ? undefined : this.#beginLater(attempt, request, now);
  }

  /** Credentials were right. */
  succeeded(request: FastifyRequest): void {
    const attempt = this.#decide(request, false);
    if (attempt === undefined) return;
    this.#known.add(attempt.digest);
    if (this.#known.size <= MOST_KNOWN) return;
    const [oldest] = this.#known;
    this.#known.delete(oldest);
  }

  /** Credentials were wrong, or are not right any more. */
  failed(request: FastifyRequest): void {
    const { authorization } = request.headers;
    this.#decide(request, true);
    if (authorization !== undefined) this.#known.delete(hash('sha256', authorization, 'base64'));
  }

  /** A request is over. If its credentials were neither right nor wrong by then, nobody has looked at them. */
  ended(request: FastifyRequest): void {
    this.#decide(request, false);
  }

  async #beginLater(attempt: Attempt, request: FastifyRequest, now: () => number): Promise<void> {
    try {
      for (let full = this.#begin(attempt, request, now()); full !== undefined; ) {
        await this.#placeUnder(full);
        full = this.#known.has(attempt.digest) ? undefined : this.#begin(attempt, request, now());
      }
    } finally {
      // Whoever does not take the place that came free leaves it to the next.
      if (!this.#open.has(request)) this.#wake(attempt);
    }
  }

  /** @returns the name under which open attempts take all places, or undefined when it has begun. @throws RequestProblem 429 */
  #begin(attempt: Attempt, request: FastifyRequest, now: number): string | undefined {
    const { byAccount, byAddress } = attempt;
    const waitOfAccount = this.#byAccount.begin(byAccount, now);
    if (waitOfAccount === undefined) return byAccount;
    const wait = waitOfAccount || this.#byAddress.begin(byAddress, now);
    if (wait === 0) {
      this.#open.set(request, attempt);
      return undefined;
    }
    if (waitOfAccount === 0) this.#byAccount.decided(byAccount, false);
    if (wait === undefined) return byAddress;
    this.slowed++;
    const seconds = Math.ceil(wait / 1000);
    const message = `too many log-ins failed from this address; try again in ${seconds} s`;
    throw new RequestProblem(429, message, { 'retry-after': String(seconds) });
  }

  #decide(request: FastifyRequest, wasWrong: boolean): Attempt | undefined {
    const attempt = this.#open.get(request);
    if (attempt === undefined) return undefined;
    this.#open.delete(request);
    this.#byAccount.decided(attempt.byAccount, wasWrong);
    this.#byAddress.decided(attempt.byAddress, wasWrong);
    this.#wake(attempt);
    return attempt;
  }

  #placeUnder(name: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, waiting);
      waiting.push(resolve);
    });
  }

  /** Lets the next of those go on who wait for a place of an attempt. */
  #wake({ byAccount, byAddress }: Attempt): void {
    for (const name of [byAccount, byAddress]) {
      const waiting = this.#waiting.get(name);
      const next = waiting?.shift();
      if (waiting?.length === 0) this.#waiting.delete(name);
      next?.();
    }
  }
}

/** Of HTTP basic credentials (RFC 7617), which anybody can have made up; cut to a length that no SID has. */
function userName(authorization: string): string {
  const [, encoded = ''] = /^basic +(\S+)/i.exec(authorization) ?? [];
  const [name] = Buffer.from(encoded, 'base64').toString('latin1').split(':', 1);
  return name.slice(0, 64);
}
