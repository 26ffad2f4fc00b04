import { type DropReason, EventHub } from './broker-events.js';
import { completeLimits, type Limits } from './broker-limits.js';
import type { Transport } from './broker-transport.js';
import { Deadlines } from './deadlines.js';
import { GuardedRules } from './guarded-rules.js';
import { BrokerJournal } from './journal/broker-journal.js';
import type { Journal } from './journal/journal.js';
import { ListenerTable } from './listener-table.js';
import type { Delivery, Message } from './message.js';
import type { Readiness } from './messages/readiness.js';
import type { Recipient } from './routing/recipient.js';
import { RetainedStore } from './routing/retained-store.js';
import { Router } from './routing/router.js';
import { SubscriptionTree } from './routing/subscription-tree.js';
import { type ListenerInfo, openRules, type Refusal, type Rules } from './rules.js';
import { HeldBytes } from './sessions/held-bytes.js';
import type { Session } from './sessions/session.js';
import { SessionTable } from './sessions/session-table.js';
import type { StoredSubscription } from './subscription.js';
import type { PacketTap } from './tap/packet-tap.js';
import { TapTable } from './tap/tap-table.js';
import { WorkQueue } from './turns/work-queue.js';

export interface EngineOptions {
  /** The clock: milliseconds, never going back. Read once for each call that does not bring the time itself. */
  now: () => number;
  transport: Transport;
  /** For connections whose listener has none of its own. Default: everything is allowed. */
  rules?: Rules;
  /** Those left out are `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Look on at what connections receive and send. Default: none, which costs nothing. */
  taps?: readonly PacketTap[];
  /**
   * Client ids for clients that send none (3.1.3-6); default: the prefix and a random UUID.
   *
   * @param prefix `autoIdPrefix` of the client's listener
   */
  newClientId?: (prefix: string) => string;
  /** Where sessions, queued and retained messages and wills are kept. Default: in memory only. */
  journal?: Journal;
  /** Called when something goes on in the next turn: `nextDeadline` is now. Must not call back into the engine. */
  wake?: () => void;
  /** Milliseconds since 1970: what the journal keeps expires by it, also while the broker does not run. Default: the system's. */
  wallClock?: () => number;
}

/** Deadlines that are run in one turn at most; the rest stay due. */
const DUE_PER_TURN = 1000;

/** What the connections of one broker share: its tables, its rules and its clock. */
export class EngineContext {
  readonly transport: Transport;
  readonly rules: GuardedRules;
  /** For connections that name none. */
  readonly listener: ListenerInfo;
  readonly limits: Limits;
  readonly taps: TapTable;
  readonly listeners: ListenerTable;
  readonly newClientId: (prefix: string) => string;
  readonly journal: BrokerJournal | undefined;
  readonly wallClock: () => number;
  readonly events = new EventHub();
  readonly deadlines = new Deadlines((error) => this.events.emit({ type: 'failed', error }));
  /** What goes on in later turns. */
  readonly work: WorkQueue;
  readonly held: HeldBytes;
  readonly subscriptions = new SubscriptionTree<Recipient, StoredSubscription>();
  readonly retained: RetainedStore;
  readonly sessions: SessionTable;
  readonly router: Router;
  /** Milliseconds: the time of the call into the engine that runs, set by each call. */
  now = 0;
  readonly #clock: () => number;
  readonly #afterCall: (() => void)[] = [];

  /** @throws RangeError for a limit out of range */
  constructor(options: EngineOptions) {
    const failed = (remote: string, error: unknown) => this.events.emit({ type: 'failed', remote, error });
    this.rules = new GuardedRules(failed);
    this.listener = { name: 'default', rules: options.rules ?? openRules };
    this.#clock = options.now;
    this.wallClock = options.wallClock ?? Date.now;
    this.limits = completeLimits(options.limits);
    const { journal, transport } = options;
    this.journal = journal && new BrokerJournal(this, journal, transport, this.limits.unstoredBytes);
    this.transport = this.journal?.transport ?? transport;
    this.work = new WorkQueue(
      this.limits.workPerTurn,
      (error) => this.events.emit({ type: 'failed', error }),
      options.wake,
    );
    this.held = new HeldBytes(this.limits.heldBytes);
    this.taps = new TapTable(options.taps ?? []);
    this.newClientId = options.newClientId ?? ((prefix) => `${prefix}${crypto.randomUUID()}`);
    this.listeners = new ListenerTable(this.limits, (error) => this.events.emit({ type: 'failed', error }));
    const { retainedMessages, retainedBytes } = this.limits;
    this.retained = new RetainedStore(retainedMessages, retainedBytes, this.journal?.retainedChanged);
    this.sessions = new SessionTable(this, (session) => {
      for (const filter of session.subscriptions.keys()) this.subscriptions.delete(filter, session);
    });
    this.router = new Router(this);
  }

  /** For wills. */
  publish(message: Message): void {
    this.router.publish(message);
  }

  handOver(delivery: Delivery, from: Session, worst: Readiness): boolean {
    return this.router.handOver(delivery, from, worst);
  }

  /** Does what is due at this time, and one turn's share of what is not done yet. */
  tick(now: number): void {
    this.during(now, () => this.deadlines.tick(now, DUE_PER_TURN));
    if (this.work.size > 0) this.during(now, () => this.work.tick());
  }

  /** When `tick` has something to do next, never before `now`. */
  nextDeadline(now: number): number | undefined {
    return this.work.size > 0 ? now : this.deadlines.nextDeadline(now);
  }

  /** Puts off what must not happen in the middle of a call: the end of a connection that is in use further up. */
  afterCall(work: () => void): void {
    this.#afterCall.push(work);
  }

  /** Runs one call into the engine at this time, then what it put off; events are delivered after both. */
  during(now: number, work: () => void): void {
    this.enter(now);
    try {
      work();
    } finally {
      this.leave();
    }
  }

  /** `during` in two steps, for what comes with each message: a function for each would be garbage. `leave` has to follow. */
  enter(now: number): void {
    this.now = now;
    this.work.begin();
    this.events.enter();
  }

  leave(): void {
    try {
      for (let next = this.#afterCall.shift(); next; next = this.#afterCall.shift()) next();
      this.journal?.flush();
    } finally {
      this.events.leave();
    }
  }

  /** What comes back to the engine by itself: the answer of rules that had to ask somebody. */
  later(work: () => void): void {
    this.during(this.#clock(), work);
  }

  tapThrew(remote: string, error: unknown): void {
    this.events.emit({ type: 'failed', remote, error });
  }

  /** @param refusal what the rules said, when it was they who refused */
  reportDrop(clientId: string | undefined, topic: string, reason: DropReason, refusal?: Refusal): void {
    const why = refusal && { reasonCode: refusal.reasonCode, detail: refusal.reason };
    this.events.emit({ type: 'dropped', clientId, topic, reason, ...why });
  }
}
