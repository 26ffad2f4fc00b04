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

  /** In the order in which they began. */
  all(): IterableIterator<Session> {
    return this.#sessions.values();
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
    if (session.expiryInterval === 0) this.#end(session);
    else if (session.expiryInterval !== NEVER_EXPIRES) {
      const at = this.#environment.now + session.expiryInterval * 1000;
      session.expiry = this.#environment.deadlines.add(at, () => this.#end(session));
    }
  }

  #end(session: Session): void {
    session.expiry?.cancel();
    this.#sessions.delete(session.client.clientId);
    this.#onEnd(session);
    session.subscriptions.clear();
    session.will.sessionEnded();
  }
}
