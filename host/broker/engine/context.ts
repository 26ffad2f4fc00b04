import {
  type AccessRules,
  type Authenticate,
  guardAccess,
  guardAuthentication,
  openAccess,
  passwordAuthentication,
} from './access.js';
import { Deadlines } from './deadlines.js';
import { EventHub } from './broker-events.js';
import { DEFAULT_LIMITS, type Limits, type Transport } from './broker-limits.js';
import { RetainedStore } from './routing/retained-store.js';
import { Router } from './routing/router.js';
import { SubscriptionTree } from './routing/subscription-tree.js';
import type { Session, StoredSubscription } from './sessions/session.js';
import { SessionTable } from './sessions/session-table.js';

export interface EngineOptions {
  /** The clock: milliseconds, never going back. */
  now: () => number;
  transport: Transport;
  /** Default: everybody may come in. One that throws refuses. */
  authenticate?: Authenticate;
  /** Default: everything is allowed. */
  access?: AccessRules;
  /** Those left out are `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Client ids for clients that bring none (3.1.3-6); default: a random UUID with the prefix `auto-`. */
  newClientId?: () => string;
}

/** What the parts of one broker share. It does nothing by itself. */
export class Broker {
  readonly now: () => number;
  readonly transport: Transport;
  readonly authenticate: Authenticate;
  readonly access: Required<AccessRules>;
  readonly limits: Limits;
  readonly newClientId: () => string;
  readonly events = new EventHub();
  readonly deadlines = new Deadlines();
  readonly subscriptions = new SubscriptionTree<Session, StoredSubscription>();
  readonly retained: RetainedStore;
  readonly sessions: SessionTable;
  readonly router: Router;

  constructor(options: EngineOptions) {
    this.now = options.now;
    this.transport = options.transport;
    const failed = (remote: string, error: unknown) => this.events.emit({ type: 'failed', remote, error });
    this.authenticate = guardAuthentication(options.authenticate ?? passwordAuthentication(), failed);
    this.access = guardAccess(options.access ?? openAccess, failed);
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.newClientId = options.newClientId ?? (() => `auto-${crypto.randomUUID()}`);
    this.retained = new RetainedStore(this.limits.retainedMessages, this.limits.retainedBytes);
    this.sessions = new SessionTable(this);
    this.router = new Router(this);
  }
}
