import { type Delivery, isExpired, type Message, weighed } from '../message.js';
import type { Recipient } from '../routing/recipient.js';
import type { RetainedStore } from '../routing/retained-store.js';
import type { SubscriptionTree } from '../routing/subscription-tree.js';
import type { ClientIdentity, ListenerInfo } from '../rules.js';
import type { SessionEnvironment } from '../sessions/environment.js';
import type { Inflight } from '../sessions/inflight.js';
import { Session } from '../sessions/session.js';
import type { SessionTable } from '../sessions/session-table.js';
import type { StoredSubscription } from '../subscription.js';
import type { BrokerJournal } from './broker-journal.js';
import type { ClientValue, DeliveryValue, JournalRecord, MessageValue, RecordOf, WillValue } from './journal-record.js';

/** What is restored, and into what. */
export interface RestoreContext extends SessionEnvironment {
  readonly wallClock: () => number;
  readonly sessions: SessionTable;
  readonly subscriptions: SubscriptionTree<Recipient, StoredSubscription>;
  readonly retained: RetainedStore;
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
  readonly #wills: WillValue[] = [];

  constructor(context: RestoreContext, journal: BrokerJournal, listenerOf: (name: string) => ListenerInfo | undefined) {
    this.#context = context;
    this.#journal = journal;
    this.#listenerOf = listenerOf;
    this.#offset = context.now - context.wallClock();
  }

  /** Takes one record. A retained message is in its place at once; the rest waits for `finish`. */
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
        this.#retain(this.#messageOf(record.value!));
        break;
      case 'will':
        this.#wills.push(record.value!);
        break;
    }
  }

  /** All records have been taken. */
  finish(): void {
    // The later session of a client id is the one that counts: an earlier one has lost its record.
    const numbers = [...this.#sessions.keys()].sort((a, b) => a - b);
    for (const number of numbers) this.#restore(number, this.#sessions.get(number)!);
    for (const message of this.#messages.values()) this.#journal.messages.deleteUnused(message);
    for (const will of this.#wills) this.#restoreWill(will);
  }

  #loaded(session: number): LoadedSession {
    let loaded = this.#sessions.get(session);
    if (!loaded) {
      loaded = { subscriptions: [], queued: [], outbound: [], inbound: [] };
      this.#sessions.set(session, loaded);
    }
    return loaded;
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
    sessions.restore(session, endsAt);
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

  #retain(message: Message): void {
    const { retained, now } = this.#context;
    if (isExpired(message, now)) this.#journal.put({ kind: 'retained', topic: message.topic });
    // Stays in the journal: the limit may be raised again.
    else if (!retained.set(message, now)) {
      this.#context.reportDrop(message.publisher ?? '', message.topic, 'retained store full');
    }
  }

  #clientOf({ listener, ...client }: ClientValue): ClientIdentity {
    return { ...client, listener: this.#listenerOf(listener) ?? this.#context.listener };
  }

  #messageOf(value: MessageValue): Message {
    const { topic, payload, qos, retain, properties, publisher } = value;
    const expiresAt = value.expiresAt === undefined ? undefined : value.expiresAt + this.#offset;
    return weighed({ topic, payload, qos, retain, properties, expiresAt, publisher });
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
