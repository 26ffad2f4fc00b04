import type { Delivery, Message } from '../message.js';
import type { Session } from '../sessions/session.js';
import type { SessionJournal } from '../sessions/session-journal.js';
import type { StoredSubscription } from '../subscription.js';
import type { DeliveryValue, JournalRecord, OutboundValue, RecordOf, SessionValue } from './journal-record.js';
import { ReplayLog } from './replay-log.js';
import type { SharedRecords } from './shared-records.js';

/** What the logs of all sessions share. */
export interface SessionLogContext {
  readonly isFull: boolean;
  readonly messages: SharedRecords<Message>;
  put(record: JournalRecord): void;
  /** Runs work when the present call into the engine is done, within it. */
  afterCall(work: () => void): void;
  /** @param endsAt milliseconds on the engine's clock */
  sessionValue(session: Session, endsAt: number | undefined): SessionValue;
}

/** A message in the window; without the message once PUBREC has come. */
interface Sent {
  readonly message: Message | undefined;
}

/** The records of one session: it knows every key that it has written, so that it can delete them. */
export class SessionLog implements SessionJournal {
  readonly #context: SessionLogContext;
  readonly #session: Session;
  readonly #number: number;
  readonly #queued = new Map<Delivery, number>();
  readonly #outbound = new Map<number, Sent>();
  readonly #inbound = new Set<number>();
  readonly #filters = new Set<string>();
  readonly #replays: ReplayLog;
  #lastOrder = 0;

  /** @param number of the session in its keys */
  constructor(context: SessionLogContext, session: Session, number: number) {
    this.#context = context;
    this.#session = session;
    this.#number = number;
    this.#replays = new ReplayLog(
      (topicFilter, part, value) => context.put({ kind: 'replay', session: number, topicFilter, part, value }),
      (work) => context.afterCall(work),
    );
  }

  get isFull(): boolean {
    return this.#context.isFull;
  }

  /** A client has the session: it does not end until `detached`. */
  attached(): void {
    this.detached(undefined);
  }

  queued(delivery: Delivery): void {
    const order = ++this.#lastOrder;
    this.#queued.set(delivery, order);
    this.#context.put({ kind: 'queued', session: this.#number, order, value: this.#hold(delivery) });
  }

  dropped(delivery: Delivery): void {
    if (this.#takeFromQueue(delivery) !== undefined) this.#context.messages.release(delivery.message);
  }

  sent(delivery: Delivery, packetId: number): void {
    const order = this.#takeFromQueue(delivery);
    const value = this.#hold(delivery);
    if (order !== undefined) this.#context.messages.release(delivery.message);
    this.#outbound.set(packetId, { message: delivery.message });
    const qos = delivery.qos as 1 | 2;
    this.#putOutbound(packetId, { qos, order: order ?? ++this.#lastOrder, delivery: value });
    this.#session.link?.waitForJournal();
  }

  released(packetId: number): void {
    const sent = this.#outbound.get(packetId);
    if (!sent?.message) return;
    this.#outbound.set(packetId, { message: undefined });
    this.#context.messages.release(sent.message);
    this.#putOutbound(packetId, { qos: 2, order: ++this.#lastOrder });
    this.#session.link?.waitForJournal();
  }

  closed(packetId: number): void {
    const sent = this.#outbound.get(packetId);
    if (!sent) return;
    this.#outbound.delete(packetId);
    if (sent.message) this.#context.messages.release(sent.message);
    this.#putOutbound(packetId, undefined);
  }

  received(packetId: number): void {
    this.#inbound.add(packetId);
    this.#context.put({ kind: 'inbound', session: this.#number, packetId, value: true });
    this.#session.link?.waitForJournal();
  }

  completed(packetId: number): void {
    if (!this.#inbound.delete(packetId)) return;
    this.#context.put({ kind: 'inbound', session: this.#number, packetId });
    this.#session.link?.waitForJournal();
  }

  subscribed(value: StoredSubscription): void {
    const { topicFilter } = value;
    this.#filters.add(topicFilter);
    this.#context.put({ kind: 'subscription', session: this.#number, topicFilter, value: { ...value } });
    this.#session.link?.waitForJournal();
  }

  unsubscribed(topicFilter: string): void {
    if (!this.#filters.delete(topicFilter)) return;
    this.#context.put({ kind: 'subscription', session: this.#number, topicFilter });
    this.#session.link?.waitForJournal();
  }

  replaying(topicFilter: string, keptUntil: number): void {
    this.#replays.begin(topicFilter, keptUntil);
  }

  replayed(topicFilter: string, { message, qos }: Delivery): void {
    if (qos > 0) this.#replays.sent(topicFilter, message.topic);
  }

  replayDone(topicFilter: string): void {
    this.#replays.end(topicFilter);
  }

  detached(endsAt: number | undefined): void {
    const value = this.#context.sessionValue(this.#session, endsAt);
    this.#context.put({ kind: 'session', session: this.#number, value });
  }

  ended(): void {
    for (const topicFilter of [...this.#filters]) this.unsubscribed(topicFilter);
    for (const delivery of [...this.#queued.keys()]) this.dropped(delivery);
    for (const packetId of [...this.#outbound.keys()]) this.closed(packetId);
    for (const packetId of [...this.#inbound]) this.completed(packetId);
    this.#replays.endAll();
    this.#context.put({ kind: 'session', session: this.#number });
  }

  /** Takes over what was loaded. */
  adoptQueued(delivery: Delivery, order: number): void {
    this.#lastOrder = Math.max(this.#lastOrder, order);
    this.#context.messages.hold(delivery.message);
    this.#queued.set(delivery, order);
  }

  adoptOutbound(packetId: number, message: Message | undefined, order: number): void {
    this.#lastOrder = Math.max(this.#lastOrder, order);
    if (message) this.#context.messages.hold(message);
    this.#outbound.set(packetId, { message });
  }

  adoptInbound(packetId: number): void {
    this.#inbound.add(packetId);
  }

  adoptFilter(topicFilter: string): void {
    this.#filters.add(topicFilter);
  }

  adoptReplay(topicFilter: string, parts: readonly RecordOf<'replay'>[]): void {
    const last = Math.max(...parts.map(({ part }) => part));
    this.#replays.adopt(topicFilter, parts[0].value!.keptUntil, last + 1);
  }

  /** The order that the message had in the queue. Its reference stays counted. */
  #takeFromQueue(delivery: Delivery): number | undefined {
    const order = this.#queued.get(delivery);
    if (order === undefined) return undefined;
    this.#queued.delete(delivery);
    this.#context.put({ kind: 'queued', session: this.#number, order });
    return order;
  }

  #hold({ message, qos, retain, subscriptionIdentifiers, sharedBy }: Delivery): DeliveryValue {
    return { message: this.#context.messages.hold(message), qos, retain, subscriptionIdentifiers, sharedBy };
  }

  #putOutbound(packetId: number, value: OutboundValue | undefined): void {
    this.#context.put({ kind: 'outbound', session: this.#number, packetId, value });
  }
}
