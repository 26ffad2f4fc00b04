import type { ClientIdentity } from '../rules.js';
import type { SessionEnvironment } from './environment.js';
import { NEVER_EXPIRES, Session } from './session.js';

/** All sessions by client id: at most one each (3.1.3-2). */
export class SessionTable {
  readonly #environment: SessionEnvironment;
  readonly #onEnd: (session: Session) => void;
  readonly #sessions = new Map<string, Session>();

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

  /** True when a CONNECT with this client id would stay within the limit. */
  hasRoomFor(clientId: string): boolean {
    return this.#sessions.has(clientId) || this.#sessions.size < this.#environment.limits.sessions;
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
      return { session: old, present: true };
    }
    const session = new Session(this.#environment, client);
    this.#sessions.set(client.clientId, session);
    return { session, present: false };
  }

  /** The session lost its connection: ends it now or when its expiry interval has passed (3.1.2-23). */
  detached(session: Session): void {
    const { expiryInterval } = session;
    if (expiryInterval === 0) this.#end(session);
    else
      this.#endAt(
        session,
        expiryInterval === NEVER_EXPIRES ? undefined : this.#environment.now + expiryInterval * 1000,
      );
  }

  /**
   * Takes over a session that a journal kept.
   *
   * @param endsAt milliseconds; undefined for never
   */
  restore(session: Session, endsAt: number | undefined): void {
    this.#sessions.set(session.client.clientId, session);
    this.#endAt(session, endsAt);
  }

  #endAt(session: Session, at: number | undefined): void {
    if (at !== undefined) session.expiry = this.#environment.deadlines.add(at, () => this.#end(session));
    session.journal.detached(at);
  }

  #end(session: Session): void {
    session.expiry?.cancel();
    this.#sessions.delete(session.client.clientId);
    session.journal.ended();
    this.#onEnd(session);
    session.subscriptions.clear();
    session.will.sessionEnded();
  }
}
