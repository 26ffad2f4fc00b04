import type { ClientIdentity } from '../access.js';
import type { Broker } from '../context.js';
import { NEVER_EXPIRES } from '../broker-limits.js';
import { Session } from './session.js';

/** All sessions by client id: at most one each (3.1.3-2). */
export class SessionTable {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly broker: Broker) {}

  get size(): number {
    return this.sessions.size;
  }

  get(clientId: string): Session | undefined {
    return this.sessions.get(clientId);
  }

  /** True when a CONNECT with this client id would stay within the limit. */
  hasRoomFor(clientId: string): boolean {
    return this.sessions.has(clientId) || this.sessions.size < this.broker.limits.sessions;
  }

  /**
   * The session for a CONNECT (3.1.2.4): a connection that holds it is closed first, a clean start discards what was
   * there.
   *
   * @returns the session, and whether it is an old one that goes on (Session Present)
   */
  open(client: ClientIdentity, cleanStart: boolean): { session: Session; present: boolean } {
    this.get(client.clientId)?.link?.takenOver();
    const old = this.get(client.clientId);
    if (old && cleanStart) this.end(old);
    else if (old) {
      old.expiry?.cancel();
      return { session: old, present: true };
    }
    const session = new Session(this.broker, client);
    this.sessions.set(client.clientId, session);
    return { session, present: false };
  }

  /** The session was detached from its connection: ends it now or when its expiry interval has passed (3.1.2-23). */
  detached(session: Session): void {
    if (session.expiryInterval === 0) this.end(session);
    else if (session.expiryInterval !== NEVER_EXPIRES) {
      const at = this.broker.now() + session.expiryInterval * 1000;
      session.expiry = this.broker.deadlines.add(at, () => this.end(session));
    }
  }

  private end(session: Session): void {
    session.expiry?.cancel();
    this.sessions.delete(session.client.clientId);
    for (const filter of session.subscriptions.keys()) this.broker.subscriptions.delete(filter, session);
    session.subscriptions.clear();
    session.will.sessionEnded();
  }
}
