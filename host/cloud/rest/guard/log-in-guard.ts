import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { networkOf } from '../../../node/networks.js';
import { RequestProblem } from '../problems.js';
import { type AttemptLimits, LogInAttempts } from './log-in-attempts.js';

/** How many more attempts an address has than one account from it: it may be that of many people. */
const ADDRESS_FACTOR = 5;

/** Credentials that are remembered as right, as digests. */
const MOST_KNOWN = 10_000;

/** What an attempt counts for until its outcome is known. */
interface Attempt {
  names: { byAccount: string; byAddress: string };
  digest: string;
}

/**
 * Slows attempts to guess credentials, for each account from one address and for each address. Credentials that were right lately pass, so
 * whoever guesses next to a right user does not lock him out; from elsewhere, everybody has attempts of their own.
 */
export class LogInGuard {
  readonly #byAccount: LogInAttempts;
  readonly #byAddress: LogInAttempts;
  readonly #attempts = new WeakMap<FastifyRequest, Attempt>();
  readonly #known = new Set<string>();
  /** requests that were refused without a look at their credentials, since the start */
  slowed = 0;

  constructor({ burst, rate }: AttemptLimits) {
    this.#byAccount = new LogInAttempts({ burst, rate });
    this.#byAddress = new LogInAttempts({ burst: burst * ADDRESS_FACTOR, rate: rate * ADDRESS_FACTOR });
  }

  /**
   * Before credentials are checked.
   *
   * @param now milliseconds, never going back
   * @throws RequestProblem 429 with Retry-After
   */
  begin(request: FastifyRequest, now: number): void {
    const { authorization } = request.headers;
    if (authorization === undefined) return;
    const digest = digestOf(authorization);
    if (this.#known.has(digest)) return;
    // A client that is gone already has no address any more.
    const byAddress = networkOf(request.ip ?? '');
    const names = { byAddress, byAccount: `${byAddress} ${userName(authorization)}` };
    const wait = this.#begin(names, now);
    if (wait > 0) {
      this.slowed++;
      const seconds = Math.ceil(wait / 1000);
      const message = `too many log-ins failed from this address; try again in ${seconds} s`;
      throw new RequestProblem(429, message, { 'retry-after': String(seconds) });
    }
    this.#attempts.set(request, { names, digest });
  }

  /** Credentials were wrong, or are not right any more. */
  failed(request: FastifyRequest): void {
    const { authorization } = request.headers;
    this.#attempts.delete(request);
    if (authorization !== undefined) this.#known.delete(digestOf(authorization));
  }

  /** Credentials were right. */
  succeeded(request: FastifyRequest): void {
    const attempt = this.undecided(request);
    if (attempt === undefined) return;
    this.#known.add(attempt.digest);
    if (this.#known.size <= MOST_KNOWN) return;
    const [oldest] = this.#known;
    this.#known.delete(oldest);
  }

  /** An attempt that was begun does not count, if it was not decided before: nobody could say whether it was right. */
  undecided(request: FastifyRequest): Attempt | undefined {
    const attempt = this.#attempts.get(request);
    if (attempt === undefined) return undefined;
    this.#attempts.delete(request);
    this.#byAccount.takeBack(attempt.names.byAccount);
    this.#byAddress.takeBack(attempt.names.byAddress);
    return attempt;
  }

  #begin({ byAccount, byAddress }: Attempt['names'], now: number): number {
    const wait = this.#byAccount.begin(byAccount, now);
    if (wait > 0) return wait;
    const waitOfAll = this.#byAddress.begin(byAddress, now);
    if (waitOfAll > 0) this.#byAccount.takeBack(byAccount);
    return waitOfAll;
  }
}

function digestOf(authorization: string): string {
  return createHash('sha256').update(authorization).digest('base64');
}

/** Of HTTP basic credentials (RFC 7617), which anybody can have made up; cut to a length that no SID has. */
function userName(authorization: string): string {
  const [, encoded = ''] = /^basic +(\S+)/i.exec(authorization) ?? [];
  const [name] = Buffer.from(encoded, 'base64').toString('latin1').split(':', 1);
  return name.slice(0, 64);
}
