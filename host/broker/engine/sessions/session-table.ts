import type { ClientIdentity } from '../rules.js';
import type { SessionEnvironment } from './environment.js';
import { NEVER_EXPIRES, Session } from './session.js';

/** All sessions by client id: at most one each (3.1.3-2). */
export class SessionTable {
  readonly #environment: SessionEnvironment;
  readonly #onEnd: (session: Session) => void;
  readonly #sessions = new Map<string, Session>();
  /** Those without a connection, the one that lost it first at the front. */
  readonly #idle = new Set<Session>();

  /** @param onEnd called with each session that ends, while it still has its subscriptions */
  constructor(environment: SessionEnvironment, onEnd: (session: Session) => void) {
    this.#environment = environment;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  /** In the order in which they began. */
  all(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /** True when a CONNECT with this client id stays within the limit: an idle session may have to go for it. */
  hasRoomFor(clientId: string): boolean {
    const { sessions } = this.#environment.limits;
    return this.#sessions.has(clientId) || this.#sessions.size < sessions || (sessions > 0 && this.#idle.size > 0);
  }

  /**
   * The session for a CONNECT (3.1.2.4). First closes a connection that holds it; a clean start discards what was
   * there.
   *
   * @returns the session, and whether it existed before (Session Present)
   */
  open(client: ClientIdentity, cleanStart: boolean): { session: Session; present: boolean } {
    this.get(client.clientId)?.link?.takenOver();
    const old = this.get(client.clientId);
    if (old && cleanStart) this.#end(old);
    else if (old) {
      old.expiry?.cancel();
      this.#idle.delete(old);
      return { session: old, present: true };
    }
    if (this.#sessions.size >= this.#environment.limits.sessions) this.#evictOldest();
    const session = new Session(this.#environment, client);
    this.#sessions.set(client.clientId, session);
    return { session, present: false };
  }

  /** The session lost its connection: ends it now or when its expiry interval has passed (3.1.2-23). */
  detached(session: Session): void {
    const seconds = Math.min(session.expiryInterval, this.longestExpiry);
    if (seconds === 0) {
      this.#end(session);
      return;
    }
    this.#keepUntil(session, seconds === NEVER_EXPIRES ? undefined : this.#environment.now + seconds * 1000);
  }

  /**
   * Takes over a session that a journal kept.
   *
   * @param endsAt milliseconds; undefined when its client was connected until the broker ended, and for never
   */
  restore(session: Session, endsAt: number | undefined): void {
    this.#sessions.set(session.client.clientId, session);
    if (endsAt === undefined) this.detached(session);
    else this.#keepUntil(session, endsAt);
  }

  #keepUntil(session: Session, at: number | undefined): void {
    this.#idle.add(session);
    if (at !== undefined) session.expiry = this.#environment.deadlines.add(at, () => this.#end(session));
    session.journal.detached(at);
  }

  /** Seconds that a session outlives its connection at most; `NEVER_EXPIRES` when nothing limits it. */
  get longestExpiry(): number {
    return Math.min(NEVER_EXPIRES, Math.floor(this.#environment.limits.sessionExpiryMaximum / 1000));
  }

  /** Clients that never come back must not lock the others out. */
  #evictOldest(): void {
    const [oldest] = this.#idle;
    if (!oldest) return;
    const { events, limits } = this.#environment;
    this.#end(oldest);
    const reason = `the oldest session without a connection had to go: there are ${limits.sessions} sessions`;
    events.emit({ type: 'evicted', clientId: oldest.client.clientId, reason });
  }

  #end(session: Session): void {
    this.#idle.delete(session);
    this.#sessions.delete(session.client.clientId);
    session.journal.ended();
    this.#onEnd(session);
    session.end();
  }
}
