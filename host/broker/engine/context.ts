import {
  type AccessRules,
  type Authenticate,
  guardAccess,
  guardAuthentication,
  openAccess,
  openAuthentication,
} from './access.js';
import { type DropReason, EventHub } from './broker-events.js';
import { completeLimits, type Limits } from './broker-limits.js';
import type { Transport } from './broker-transport.js';
import { Deadlines } from './deadlines.js';
import type { Message } from './message.js';
import type { Recipient } from './routing/recipient.js';
import { RetainedStore } from './routing/retained-store.js';
import { Router } from './routing/router.js';
import { SubscriptionTree } from './routing/subscription-tree.js';
import { SessionTable } from './sessions/session-table.js';
import type { StoredSubscription } from './subscription.js';

export interface EngineOptions {
  /** The clock: milliseconds, never going back. Read once for each call that does not bring the time itself. */
  now: () => number;
  transport: Transport;
  /** Default: every client may come in. A callback that throws refuses. */
  authenticate?: Authenticate;
  /** Default: everything is allowed. */
  access?: AccessRules;
  /** Those left out are `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Client ids for clients that send none (3.1.3-6); default: a random UUID with the prefix `auto-`. */
  newClientId?: () => string;
}

/** What the connections of one broker share: its tables, its rules and its clock. */
export class EngineContext {
  readonly transport: Transport;
  readonly authenticate: Authenticate;
  readonly access: Required<AccessRules>;
  readonly limits: Limits;
  readonly newClientId: () => string;
  readonly events = new EventHub();
  readonly deadlines = new Deadlines((error) => this.events.emit({ type: 'failed', error }));
  readonly subscriptions = new SubscriptionTree<Recipient, StoredSubscription>();
  readonly retained: RetainedStore;
  readonly sessions: SessionTable;
  readonly router: Router;
  /** Milliseconds: the time of the call into the engine that runs, set by each call. */
  now = 0;
  readonly #afterCall: (() => void)[] = [];

  /** @throws RangeError for a limit out of range */
  constructor(options: EngineOptions) {
    const failed = (remote: string, error: unknown) => this.events.emit({ type: 'failed', remote, error });
    this.transport = options.transport;
    this.authenticate = guardAuthentication(options.authenticate ?? openAuthentication, failed);
    this.access = guardAccess(options.access ?? openAccess, failed);
    this.limits = completeLimits(options.limits);
    this.newClientId = options.newClientId ?? (() => `auto-${crypto.randomUUID()}`);
    this.retained = new RetainedStore(this.limits.retainedMessages, this.limits.retainedBytes);
    this.sessions = new SessionTable(this, (session) => {
      for (const filter of session.subscriptions.keys()) this.subscriptions.delete(filter, session);
    });
    this.router = new Router(this);
  }

  /** For wills. */
  publish(message: Message): void {
    this.router.publish(message);
  }

  /** Puts off what must not happen in the middle of a call: the end of a connection that is in use further up. */
  afterCall(work: () => void): void {
    this.#afterCall.push(work);
  }

  /** Runs one call into the engine at this time, then what it put off; events are delivered after both. */
  during(now: number, work: () => void): void {
    this.now = now;
    this.events.during(() => {
      try {
        work();
      } finally {
        for (let next = this.#afterCall.shift(); next; next = this.#afterCall.shift()) next();
      }
    });
  }

  reportDrop(clientId: string | undefined, topic: string, reason: DropReason): void {
    this.events.emit({ type: 'dropped', clientId, topic, reason });
  }
}
