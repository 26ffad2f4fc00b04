import { type Delivery, isExpired, type Message, weighed } from '../message.js';
import { isOfThisRun } from '../reserved-topics.js';
import { RetainedReplay } from '../routing/retained-replay.js';
import type { RoutingContext } from '../routing/routing-context.js';
import type { ClientIdentity, ListenerInfo } from '../rules.js';
import type { SessionEnvironment } from '../sessions/environment.js';
import type { Inflight } from '../sessions/inflight.js';
import { Session } from '../sessions/session.js';
import type { SessionTable } from '../sessions/session-table.js';
import type { StoredSubscription } from '../subscription.js';
import type { BrokerJournal } from './broker-journal.js';
import type {
  ClientValue,
  DeliveryValue,
  JournalRecord,
  MessageValue,
  RecordOf,
  RetainedValue,
  WillValue,
} from './journal-record.js';

/** What is restored, and into what. */
export interface RestoreContext
  extends SessionEnvironment,
    Pick<RoutingContext, 'rules' | 'retained' | 'subscriptions'> {
  readonly wallClock: () => number;
  readonly sessions: SessionTable;
  /** For sessions whose listener is not known any more. */
  readonly listener: ListenerInfo;
}

/** The records of one session, in no order. */
interface LoadedSession {
  own?: RecordOf<'session'>;
  readonly subscriptions: StoredSubscription[];
  readonly queued: RecordOf<'queued'>[];
  readonly outbound: RecordOf<'outbound'>[];
  readonly inbound: number[];
  /** By filter. */
  readonly replays: Map<string, RecordOf<'replay'>[]>;
}

/**
 * Builds the engine's state from the records of a journal, which come in any order. What expired meanwhile is deleted, and so is
 * what nothing refers to. A client that was connected counts as disconnected now: its session expiry and its will delay begin.
 */
export class Restorer {
  readonly #context: RestoreContext;
  readonly #journal: BrokerJournal;
  readonly #listenerOf: (name: string) => ListenerInfo | undefined;
  /** Milliseconds to add to a time since 1970 to have it on the engine's clock. */
  readonly #offset: number;
  readonly #sessions = new Map<number, LoadedSession>();
  readonly #messages = new Map<number, Message>();
  readonly #sources = new Map<number, ClientIdentity>();
  /** Retained messages whose source has not been taken yet. */
  readonly #early: RetainedValue[] = [];
  readonly #wills: WillValue[] = [];

  constructor(context: RestoreContext, journal: BrokerJournal, listenerOf: (name: string) => ListenerInfo | undefined) {
    this.#context = context;
    this.#journal = journal;
    this.#listenerOf = listenerOf;
    this.#offset = context.now - context.wallClock();
  }

  /** Takes one record. A retained message is in its place at once, if its source is known; the rest waits for `finish`. */
  take(record: JournalRecord): void {
    switch (record.kind) {
      case 'session':
        this.#loaded(record.session).own = record;
        break;
      case 'subscription':
        this.#loaded(record.session).subscriptions.push(record.value!);
        break;
      case 'queued':
        this.#loaded(record.session).queued.push(record);
        break;
      case 'outbound':
        this.#loaded(record.session).outbound.push(record);
        break;
      case 'inbound':
        this.#loaded(record.session).inbound.push(record.packetId);
        break;
      case 'message': {
        const message = this.#messageOf(record.value!);
        this.#messages.set(record.id, message);
        this.#journal.messages.adopt(record.id, message);
        break;
      }
      case 'retained':
        if (this.#isEarly(record.value!)) this.#early.push(record.value!);
        else this.#retain(record.value!);
        break;
      case 'replay':
        this.#takeReplay(this.#loaded(record.session), record);
        break;
      case 'source': {
        const client = this.#clientOf(record.value!);
        this.#sources.set(record.id, client);
        this.#journal.sources.adopt(record.id, client);
        break;
      }
      case 'will':
        this.#wills.push(record.value!);
        break;
    }
  }

  /** All records have been taken. */
  finish(): void {
    for (const value of this.#early) this.#retain(value);
    for (const client of this.#sources.values()) this.#journal.sources.deleteUnused(client);
    // The later session of a client id is the one that counts: an earlier one has lost its record.
    const numbers = [...this.#sessions.keys()].sort((a, b) => a - b);
    for (const number of numbers) this.#restore(number, this.#sessions.get(number)!);
    for (const message of this.#messages.values()) this.#journal.messages.deleteUnused(message);
    for (const will of this.#wills) this.#restoreWill(will);
  }

  #loaded(session: number): LoadedSession {
    let loaded = this.#sessions.get(session);
    if (!loaded) {
      loaded = { subscriptions: [], queued: [], outbound: [], inbound: [], replays: new Map() };
      this.#sessions.set(session, loaded);
    }
    return loaded;
  }

  #takeReplay({ replays }: LoadedSession, record: RecordOf<'replay'>): void {
    const parts = replays.get(record.topicFilter);
    if (parts) parts.push(record);
    else replays.set(record.topicFilter, [record]);
  }

  #restore(number: number, loaded: LoadedSession): void {
    const { sessions, subscriptions, now } = this.#context;
    const value = loaded.own?.value;
    const session = new Session(this.#context, this.#clientOf(value?.client ?? NOBODY));
    const log = this.#journal.adopt(session, number);
    for (const subscription of loaded.subscriptions) log.adoptFilter(subscription.topicFilter);
    for (const packetId of loaded.inbound) log.adoptInbound(packetId);
    const queued = loaded.queued.map((record) => ({ record, delivery: this.#deliveryOf(record.value!) }));
    queued.sort((a, b) => a.record.order - b.record.order);
    for (const { record, delivery } of queued) log.adoptQueued(delivery, record.order);
    const outbound = loaded.outbound.map((record) => ({ record, entry: this.#entryOf(record) }));
    outbound.sort((a, b) => a.record.value!.order - b.record.value!.order);
    for (const { record, entry } of outbound) {
      log.adoptOutbound(record.packetId, entry.delivery?.message, record.value!.order);
    }
    for (const [topicFilter, parts] of loaded.replays) log.adoptReplay(topicFilter, parts);
    const endsAt = value?.endsAt === undefined ? undefined : value.endsAt + this.#offset;
    if (!value || (endsAt !== undefined && endsAt <= now) || sessions.get(value.client.clientId)) {
      log.ended();
      return;
    }
    session.expiryInterval = value.expiryInterval;
    for (const packetId of loaded.inbound) session.received.add(packetId);
    for (const subscription of loaded.subscriptions) {
      session.subscriptions.set(subscription.topicFilter, subscription);
      subscriptions.set(subscription.topicFilter, session, subscription);
    }
    session.restore(
      queued.map(({ delivery }) => delivery),
      outbound.map(({ entry }) => entry),
    );
    for (const [topicFilter, parts] of loaded.replays) this.#resumeReplay(session, topicFilter, parts);
    sessions.restore(session, endsAt);
  }

  #resumeReplay(session: Session, topicFilter: string, parts: RecordOf<'replay'>[]): void {
    const subscription = session.subscriptions.get(topicFilter);
    if (!subscription) {
      session.journal.replayDone(topicFilter);
      return;
    }
    const { keptUntil } = parts[0].value!;
    // What is kept from now on does not belong to it.
    this.#context.retained.countFrom(keptUntil);
    const topics = parts.flatMap(({ value }) => value!.topics);
    session.replays.add(topicFilter, new RetainedReplay(this.#context, session, subscription, { keptUntil, topics }));
  }

  #restoreWill({ client, will, publishAt }: WillValue): void {
    const { sessions } = this.#context;
    this.#journal.adoptWill(client.clientId);
    const session = sessions.get(client.clientId);
    const at = publishAt === undefined ? undefined : publishAt + this.#offset;
    const identity = this.#clientOf(client);
    if (session) session.will.restore(will, identity, at);
    // The session has ended, and its will does not wait any longer (3.1.2-8).
    else new Session(this.#context, identity).will.restore(will, identity, this.#context.now);
  }

  #isEarly({ source }: RetainedValue): boolean {
    return source !== undefined && !this.#sources.has(source);
  }

  #retain(value: RetainedValue): void {
    const { retained, now } = this.#context;
    const source = this.#sourceOf(value);
    const message = this.#messageOf(value, source);
    const { topic, publisher = '' } = message;
    if (isExpired(message, now) || isOfThisRun(topic)) {
      this.#journal.put({ kind: 'retained', topic });
      return;
    }
    if (source) this.#journal.sources.hold(source);
    // Stays in the journal: the limit may be raised again.
    if (!retained.restore(message, value.storedAt, now)) {
      this.#context.reportDrop(publisher, topic, 'retained store full');
    }
  }

  #sourceOf({ source, topic }: RetainedValue): ClientIdentity | undefined {
    if (source === undefined) return undefined;
    const client = this.#sources.get(source);
    if (client) return client;
    throw new RangeError(`the source ${source} of "${topic}" is missing from the store; put a copy of the store back`);
  }

  #clientOf({ listener, ...client }: ClientValue): ClientIdentity {
    return { ...client, listener: this.#listenerOf(listener) ?? this.#context.listener };
  }

  #messageOf(value: MessageValue, source?: ClientIdentity): Message {
    const { topic, payload, qos, retain, properties, publisher } = value;
    const expiresAt = value.expiresAt === undefined ? undefined : value.expiresAt + this.#offset;
    return weighed({ topic, payload, qos, retain, properties, expiresAt, publisher, source });
  }

  #deliveryOf({ message: id, qos, retain, subscriptionIdentifiers, sharedBy }: DeliveryValue): Delivery {
    const message = this.#messages.get(id);
    if (!message) throw new RangeError(`the message ${id} is missing from the store; put a copy of the store back`);
    const identifiers = subscriptionIdentifiers && [...subscriptionIdentifiers];
    return { message, qos, retain, subscriptionIdentifiers: identifiers, sharedBy };
  }

  #entryOf({ packetId, value }: RecordOf<'outbound'>): Inflight {
    const { qos, delivery } = value!;
    const isReleased = delivery === undefined;
    return { packetId, qos, delivery: delivery && this.#deliveryOf(delivery), isReleased };
  }
}

/** The client of records that have lost their session. */
const NOBODY: ClientValue = { clientId: '', remote: '', protocolVersion: 4, listener: '' };
