import type { Will } from '../../../core/index.js';
import type { EventHub } from '../broker-events.js';
import type { ConnectionId, Transport } from '../broker-transport.js';
import type { Message } from '../message.js';
import { isOfThisRun } from '../reserved-topics.js';
import type { WhenChanged } from '../routing/retained-store.js';
import type { ClientIdentity } from '../rules.js';
import type { Session } from '../sessions/session.js';
import { NO_JOURNAL, type WillJournal } from '../sessions/session-journal.js';
import type { WorkQueue } from '../turns/work-queue.js';
import { CommitGate } from './commit-gate.js';
import type { Journal } from './journal.js';
import type { ClientValue, JournalRecord, MessageValue, SessionValue } from './journal-record.js';
import { recordWeight } from './record-weight.js';
import { SessionLog, type SessionLogContext } from './session-log.js';
import { SharedRecords } from './shared-records.js';
import { StoreBacklog } from './store-backlog.js';

/** What the journal needs of the engine around it. */
export interface JournalContext {
  /** Milliseconds on the engine's clock: the time of the call that runs. */
  readonly now: number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly events: EventHub;
  /** Runs work as a call into the engine. */
  later(work: () => void): void;
  /** What goes on in later turns. */
  readonly work: Pick<WorkQueue, 'add'>;
  /** Runs work when the present call is done, within it. */
  afterCall(work: () => void): void;
}

/** What a connection does when the journal has news for it. */
export interface Waiting {
  /** What it sent has left. */
  free(id: ConnectionId): void;
  /** What it waits for cannot be stored at present. @param isUnseen the client has seen no CONNACK yet */
  stuck(id: ConnectionId, isUnseen: boolean, reason: string): void;
  failed(id: ConnectionId, error: unknown): void;
  /** There is room again: messages may leave the queues. */
  roomAgain(): void;
}

/**
 * Everything that the engine writes into its journal. The changes of one call into the engine are one write; bytes that depend on
 * it wait at the gate.
 */
export class BrokerJournal implements SessionLogContext, WillJournal {
  /** Those that queues and windows refer to. */
  readonly messages = new SharedRecords<Message>((id, message) => {
    this.put({ kind: 'message', id, value: message && this.#messageValue(message) });
  });
  /** Those that retained messages refer to. */
  readonly sources = new SharedRecords<ClientIdentity>((id, client) => {
    this.put({ kind: 'source', id, value: client && clientValue(client) });
  });
  /** The transport of the engine. */
  readonly transport: Transport;
  readonly #context: JournalContext;
  readonly #journal: Journal;
  readonly #gate: CommitGate;
  readonly #backlog: StoreBacklog;
  #waiting!: Waiting;
  #records: JournalRecord[] = [];
  /** Records since the engine was made. */
  #recordCount = 0;
  #writes = 0;
  #committed = 0;
  #fault: string | undefined;
  #lastSession = 0;
  readonly #wills = new Set<string>();
  readonly #whenStored: { after: number; run: () => void }[] = [];
  /** The connection whose packets are being handled, and the number of records before them. */
  #acting: ConnectionId | undefined;
  #before = 0;
  /** Something that is sent on it waits. */
  #isHeld = false;

  /** @param unstoredBytes see `Limits` */
  constructor(context: JournalContext, journal: Journal, transport: Transport, unstoredBytes: number) {
    this.#context = context;
    this.#journal = journal;
    this.#backlog = new StoreBacklog(unstoredBytes);
    const beforeSend = (id: ConnectionId) => {
      if (id === this.#acting && this.#recordCount > this.#before) this.hold(id);
    };
    this.#gate = new CommitGate(transport, beforeSend, (id, length) => {
      this.#backlog.addPart(length);
      if (id === this.#acting) this.#isHeld = true;
    });
    this.transport = journal.isAwaited ? this.#gate : transport;
  }

  /** From now on the journal may call. */
  start(waiting: Waiting): void {
    this.#waiting = waiting;
    this.#journal.start({
      committed: (writes) => this.#context.later(() => this.#onCommitted(writes)),
      failed: (reason) => this.#context.later(() => this.#onFailed(reason)),
    });
  }

  get isFull(): boolean {
    return this.#fault !== undefined;
  }

  /** Why nothing can be stored at present. */
  get fault(): string | undefined {
    return this.#fault;
  }

  afterCall(work: () => void): void {
    this.#context.afterCall(work);
  }

  put(record: JournalRecord): void {
    this.#records.push(record);
    this.#recordCount++;
    this.#backlog.add(recordWeight(record));
  }

  /** The engine handles packets of this connection: what it answers depends on what these change. */
  actFor(id: ConnectionId): void {
    this.#acting = id;
    this.#before = this.#recordCount;
    this.#isHeld = false;
  }

  /** More waits for the store than may, and what this connection sends adds to it. */
  get isBehind(): boolean {
    return this.#backlog.isFull && (this.#isHeld || this.#recordCount > this.#before);
  }

  /** @param goOn called when enough is stored */
  whenCaughtUp(goOn: () => void): void {
    this.#backlog.wait(goOn);
  }

  /** The engine's call is done: its changes are one write. */
  flush(): void {
    this.#acting = undefined;
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    this.#writes++;
    this.#journal.write(records);
    this.#backlog.written();
    this.#hurry();
  }

  /** What this connection sends from now on depends on everything that has been recorded. */
  hold(id: ConnectionId): void {
    if (!this.#journal.isAwaited || !this.#gate.hold(id, this.#newest())) return;
    if (this.isFull) this.#context.afterCall(() => this.#giveUp(id));
  }

  /** Forgets what waits for a connection that is gone. */
  forget(id: ConnectionId): void {
    this.#gate.discard(id);
  }

  /** Runs this once everything that has been recorded is durable; at once when it is. */
  whenStored(run: () => void): void {
    const after = this.#newest();
    if (after <= this.#committed) run();
    else this.#whenStored.push({ after, run });
  }

  /**
   * A CONNECT was accepted: the session is recorded if it outlives its connection. With that, CONNACK and all behind it wait for
   * what was recorded for earlier connections, and may be sent again on this one.
   */
  attached(session: Session): void {
    if (session.expiryInterval === 0) {
      session.journal.ended();
      session.journal = NO_JOURNAL;
      return;
    }
    const log = session.journal instanceof SessionLog ? session.journal : this.#newLog(session);
    session.journal = log;
    log.attached();
  }

  /** Takes over a session that was loaded. */
  adopt(session: Session, number: number): SessionLog {
    const log = new SessionLog(this, session, number);
    this.#lastSession = Math.max(this.#lastSession, number);
    session.journal = log;
    return log;
  }

  adoptWill(clientId: string): void {
    this.#wills.add(clientId);
  }

  readonly retainedChanged: WhenChanged = (topic, before, after, storedAt = 0) => {
    if (isOfThisRun(topic)) return;
    const source = after?.source && this.sources.hold(after.source);
    if (before?.source) this.sources.release(before.source);
    const value = after && { ...this.#messageValue(after), storedAt, ...(source !== undefined && { source }) };
    this.put({ kind: 'retained', topic, value });
  };

  willKept(client: ClientIdentity, will: Will, publishAt: number | undefined): void {
    const { clientId } = client;
    this.#wills.add(clientId);
    const value = { client: clientValue(client), will, publishAt: this.#onWall(publishAt) };
    this.put({ kind: 'will', clientId, value });
  }

  willGone(clientId: string): void {
    if (this.#wills.delete(clientId)) this.put({ kind: 'will', clientId });
  }

  sessionValue({ client, expiryInterval }: Session, endsAt: number | undefined): SessionValue {
    return { client: clientValue(client), expiryInterval, endsAt: this.#onWall(endsAt) };
  }

  #newLog(session: Session): SessionLog {
    return new SessionLog(this, session, ++this.#lastSession);
  }

  #messageValue({ topic, payload, qos, retain, properties, expiresAt, publisher }: Message): MessageValue {
    return { topic, payload, qos, retain, properties, expiresAt: this.#onWall(expiresAt), publisher };
  }

  /** Whole milliseconds since 1970 for a time on the engine's clock. */
  #onWall(at: number | undefined): number | undefined {
    return at === undefined ? undefined : Math.max(0, Math.ceil(this.#context.wallClock() + at - this.#context.now));
  }

  /** The write that holds the newest record, also one that is not written yet. */
  #newest(): number {
    return this.#writes + (this.#records.length > 0 ? 1 : 0);
  }

  #onCommitted(writes: number): void {
    this.#committed = writes;
    this.#backlog.committed(writes);
    const hadFault = this.isFull;
    this.#setFault(undefined);
    this.#gate.release(writes, this.#waiting.free, this.#waiting.failed);
    while (this.#whenStored.length > 0 && this.#whenStored[0].after <= writes) this.#whenStored.shift()!.run();
    this.#letGoOn();
    this.#hurry();
    if (!hadFault) return;
    this.#context.events.emit({ type: 'store', isFull: false });
    this.#waiting.roomAgain();
  }

  #onFailed(reason: string): void {
    if (this.isFull) return;
    this.#setFault(reason);
    this.#context.events.emit({ type: 'store', isFull: true, reason });
    for (const id of this.#gate.waiting) this.#giveUp(id);
    this.#letGoOn();
  }

  #setFault(reason: string | undefined): void {
    this.#fault = reason;
    this.#backlog.isBroken = reason !== undefined;
  }

  #letGoOn(): void {
    if (this.#backlog.hasWaiting && this.#backlog.isLow) this.#context.work.add(this.#backlog);
  }

  #hurry(): void {
    if (this.#backlog.isFull || this.#backlog.hasWaiting) this.#journal.hurry?.();
  }

  #giveUp(id: ConnectionId): void {
    if (this.#fault === undefined) return;
    // Its last packet depends on nothing.
    if (this.#acting === id) this.#acting = undefined;
    this.#waiting.stuck(id, this.#gate.discard(id), 'the broker cannot store what was sent: its disk is full');
  }
}

function clientValue(client: ClientIdentity): ClientValue {
  const { listener, ...rest } = client;
  return { ...rest, listener: listener.name };
}
