import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { networkOf } from '../../node/networks.js';
import { RequestProblem } from '../request-problem.js';
import { DigestMemory } from './digest-memory.js';
import { type AttemptLimits, LogInAttempts } from './log-in-attempts.js';

/** How many more attempts an address has than one account from it: it may be that of many people. */
const ADDRESS_FACTOR = 5;

/** Credentials that are remembered, as digests: those that were right, and those that were wrong. */
const MOST_DIGESTS = 10_000;

/** What somebody shows, before anybody has looked at it. */
export interface Credentials {
  /** all of it */
  text: string;
  /** whose it claims to be */
  user: string;
}

/** Characters of a user's name that count: no SID has as many. */
const LONGEST_USER = 64;

/** A name under which attempts are counted. */
interface Gate {
  attempts: LogInAttempts;
  name: string;
}

/** An attempt whose outcome is not known yet. */
interface Attempt {
  digest: string;
  gates: readonly Gate[];
}

/**
 * Slows attempts to guess credentials, for each account from one address and for each address. Nobody who is right is locked out by others:
 *
 * - Credentials that were right lately pass.
 * - The same wrong ones again are no other guess: a client that has not heard of a new token is slowed by itself.
 * - Attempts that come at once and may all be right wait for each other.
 * - From elsewhere, everybody has attempts of their own.
 */
export class LogInGuard {
  readonly #byAccount: LogInAttempts;
  readonly #byAddress: LogInAttempts;
  readonly #byDigest: LogInAttempts;
  readonly #right = new DigestMemory(MOST_DIGESTS);
  readonly #wrong = new DigestMemory(MOST_DIGESTS);
  readonly #open = new WeakMap<FastifyRequest, Attempt>();
  /** by the name whose places are taken, first come first */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** requests that were refused without a look at their credentials, since the start */
  slowed = 0;

  constructor(limits: AttemptLimits) {
    const { burst, rate } = limits;
    this.#byAccount = new LogInAttempts(limits);
    this.#byAddress = new LogInAttempts({ burst: burst * ADDRESS_FACTOR, rate: rate * ADDRESS_FACTOR });
    this.#byDigest = new LogInAttempts(limits);
  }

  /**
   * Before credentials are checked.
   *
   * @param request whoever makes it, and what the attempt is known by
   * @param now the clock, in milliseconds
   * @returns a promise when they may not be checked yet, which rejects with RequestProblem 429 when they may not at all
   * @throws RequestProblem 429 with Retry-After
   */
  begin(request: FastifyRequest, { text, user }: Credentials, now: () => number): Promise<void> | undefined {
    const digest = digestOf(text);
    if (this.#right.has(digest)) return undefined;
    const attempt = { digest, gates: this.#gatesOf(request, user, digest) };
    const full = this.#begin(attempt, request, now());
    return full === undefined ? undefined : this.#beginLater(attempt, full, request, now);
  }

  /** Credentials were right. */
  succeeded(request: FastifyRequest): void {
    const attempt = this.#decide(request, false);
    if (attempt === undefined) return;
    this.#right.add(attempt.digest);
    this.#wrong.delete(attempt.digest);
  }

  /** Credentials were wrong, or are not right any more. */
  failed(request: FastifyRequest, { text }: Credentials): void {
    this.#decide(request, true);
    const digest = digestOf(text);
    this.#right.delete(digest);
    this.#wrong.add(digest);
  }

  /** A request is over. If its credentials were neither right nor wrong by then, nobody has looked at them. */
  ended(request: FastifyRequest): void {
    this.#decide(request, false);
  }

  #gatesOf(request: FastifyRequest, user: string, digest: string): readonly Gate[] {
    if (this.#wrong.has(digest)) return [{ attempts: this.#byDigest, name: digest }];
    // A client that is gone already has no address any more.
    const address = networkOf(request.ip ?? '');
    return [
      { attempts: this.#byAccount, name: `${address} ${user.slice(0, LONGEST_USER)}` },
      { attempts: this.#byAddress, name: address },
    ];
  }

  async #beginLater(attempt: Attempt, full: Gate, request: FastifyRequest, now: () => number): Promise<void> {
    try {
      for (let gate: Gate | undefined = full; gate !== undefined; ) {
        await this.#placeAt(gate);
        gate = this.#right.has(attempt.digest) ? undefined : this.#begin(attempt, request, now());
      }
    } finally {
      // Whoever does not take the place that came free leaves it to the next.
      if (!this.#open.has(request)) this.#wake(attempt);
    }
  }

  /** @returns the gate at which open attempts take all places, or undefined when it has begun. @throws RequestProblem 429 */
  #begin(attempt: Attempt, request: FastifyRequest, now: number): Gate | undefined {
    for (const [passed, gate] of attempt.gates.entries()) {
      const wait = gate.attempts.begin(gate.name, now);
      if (wait === 0) continue;
      for (const { attempts, name } of attempt.gates.slice(0, passed)) attempts.decided(name, false);
      if (wait === undefined) return gate;
      this.slowed++;
      throw tooMany(wait);
    }
    this.#open.set(request, attempt);
    return undefined;
  }

  #decide(request: FastifyRequest, wasWrong: boolean): Attempt | undefined {
    const attempt = this.#open.get(request);
    if (attempt === undefined) return undefined;
    this.#open.delete(request);
    for (const { attempts, name } of attempt.gates) attempts.decided(name, wasWrong);
    this.#wake(attempt);
    return attempt;
  }

  #placeAt({ name }: Gate): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, waiting);
      waiting.push(resolve);
    });
  }

  /** Lets the next of those go on who wait for a place of an attempt. */
  #wake({ gates }: Attempt): void {
    for (const { name } of gates) {
      const waiting = this.#waiting.get(name);
      const next = waiting?.shift();
      if (waiting?.length === 0) this.#waiting.delete(name);
      next?.();
    }
  }
}

function tooMany(milliseconds: number): RequestProblem {
  const seconds = Math.ceil(milliseconds / 1000);
  const message = `too many log-ins failed from this address; try again in ${seconds} s`;
  return new RequestProblem(429, message, { 'retry-after': String(seconds) });
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64');
}

/** Those of the header `Authorization` (HTTP basic, RFC 7617), which anybody can have made up; undefined without one. */
export function shownInHeader({ headers: { authorization } }: FastifyRequest): Credentials | undefined {
  if (authorization === undefined) return undefined;
  const [, encoded = ''] = /^basic +(\S+)/i.exec(authorization) ?? [];
  const [user] = Buffer.from(encoded, 'base64').toString('latin1').split(':', 1);
  return { text: authorization, user };
}
