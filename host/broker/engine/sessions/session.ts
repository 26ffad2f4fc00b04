import type { DropReason } from '../broker-events.js';
import type { Deadline } from '../deadlines.js';
import { LazyMap, LazySet } from '../lazy/lazy-collections.js';
import { type Delivery, isExpired } from '../message.js';
import type { MessageSource } from '../messages/message-source.js';
import { Readiness } from '../messages/readiness.js';
import type { ClientIdentity } from '../rules.js';
import type { StoredSubscription } from '../subscription.js';
import type { SessionEnvironment } from './environment.js';
import { type Inflight, OutboundWindow } from './inflight.js';
import { Replays } from './replays.js';
import { NO_JOURNAL, type SessionJournal } from './session-journal.js';
import type { Link } from './session-link.js';
import { WaitingMessages } from './waiting-messages.js';
import { WillKeeper } from './will.js';

/** Session Expiry Interval of a session that never expires (3.1.2.11.2). */
export const NEVER_EXPIRES = 0xffffffff;

/** Session state (4.1): what the broker knows of one client id, with or without a connection. */
export class Session {
  client: ClientIdentity;
  link: Link | undefined;
  readonly subscriptions = new LazyMap<string, StoredSubscription>();
  readonly will: WillKeeper;
  /** Of a session that outlives its connection, in a broker with a store. */
  journal: SessionJournal = NO_JOURNAL;
  /** Packet ids of QoS 2 messages from the client that were passed on and wait for PUBREL (4.3.3). */
  readonly received = new LazySet<number>();
  /** Seconds that the session outlives its connection, or `NEVER_EXPIRES`. */
  expiryInterval = 0;
  expiry: Deadline | undefined;
  readonly #environment: SessionEnvironment;
  readonly #window: OutboundWindow;
  readonly #waiting: WaitingMessages;
  /** The part of the window that a new connection has not sent again yet. */
  #unsent: Inflight[] = [];
  readonly replays = new Replays(() => this.journal);
  /** `pump` is among the work of the next turn. */
  #goesOn = false;
  #isOver = false;

  constructor(environment: SessionEnvironment, client: ClientIdentity) {
    this.#environment = environment;
    this.client = client;
    this.will = new WillKeeper(environment);
    this.#window = new OutboundWindow(environment.held, environment.limits.inflightBytes);
    this.#waiting = new WaitingMessages(environment, (delivery, reason) => this.#drop(delivery, reason));
  }

  /** What waits to be sent, and what is sent and not acknowledged. */
  get load(): { queuedMessages: number; queuedBytes: number; inflightMessages: number } {
    const { length: queuedMessages, bytes: queuedBytes } = this.#waiting;
    return { queuedMessages, queuedBytes, inflightMessages: this.#window.size };
  }

  /** Takes over what a journal kept: what waits, and what was sent, each in its order. */
  restore(queued: readonly Delivery[], sent: readonly Inflight[]): void {
    for (const entry of sent) this.#window.restore(entry);
    for (const delivery of queued) if (!this.#waiting.push(delivery)) this.#drop(delivery, 'queue full');
  }

  /** Binds a new connection. After CONNACK, `resume` sends what was left over. */
  attach(link: Link, client: ClientIdentity): void {
    this.link = link;
    this.client = client;
  }

  /** Shared messages that were not sent yet need not wait for the client to come back (4.8.2). */
  detach(): void {
    this.link = undefined;
    if (!this.client.listener.settings?.queueQoS0) this.#waiting.passing.clear();
    this.#handOverQueued((delivery) => delivery.sharedBy !== undefined, Readiness.soon);
  }

  /** The session ends: what it holds is forgotten. Call it when its subscriptions are gone. */
  end(): void {
    this.#isOver = true;
    this.expiry?.cancel();
    this.#handOverAll();
    this.#waiting.clear();
    this.#window.clear();
    this.#unsent = [];
    this.replays.clear();
    this.subscriptions.clear();
    this.will.sessionEnded();
  }

  /** The client left a shared subscription: what was not sent yet is for the other members, if there are any. */
  leftShared(filter: string): void {
    this.#handOverQueued(({ sharedBy }) => sharedBy === filter, Readiness.away);
  }

  /** Sends the unacknowledged packets again in their order, then what is queued (4.4.0-1, 4.6.0-1). */
  resume(): void {
    this.#unsent = this.#window.all();
    this.pump();
  }

  /** How soon `deliver` sends this message. */
  readiness(delivery: Delivery): Readiness {
    const { link } = this;
    if (link && this.#isIdle() && (delivery.qos === 0 || this.#hasWindow())) return Readiness.now;
    if ((delivery.qos === 0 && !link) || this.#waiting.lasting.length >= this.#environment.limits.queuedMessages) {
      return Readiness.never;
    }
    return link ? Readiness.soon : Readiness.away;
  }

  /** Sends or queues a message for the client. False when it was dropped. */
  deliver(delivery: Delivery): boolean {
    if (this.#isOver) return false;
    if (this.replays.size > 0) for (const early of this.replays.takeEarly(delivery.message.topic)) this.#accept(early);
    return this.#accept(delivery);
  }

  #accept(delivery: Delivery): boolean {
    const { passing } = this.#waiting;
    if (delivery.qos === 0) {
      if (!this.link) return this.client.listener.settings?.queueQoS0 === true && this.#enqueue(delivery);
      return passing.length > 0 || this.link.isSlow() ? this.#enqueue(delivery) : this.#send(delivery);
    }
    return this.#mustWait() || !this.#hasRoomFor(delivery) ? this.#enqueue(delivery) : this.#send(delivery);
  }

  /** A message of QoS 1 or 2: what was sent before and what has waited goes first (4.6.0-1). */
  #mustWait(): boolean {
    return this.#waiting.lasting.length > 0 || this.#unsent.length > 0 || !this.#maySend();
  }

  /** Sends what comes from this source, as fast as the client takes it; in place of an earlier one for the same filter. */
  replay(topicFilter: string, source: MessageSource): void {
    this.replays.begin(topicFilter, source);
    this.pump();
  }

  /** Sends from the queues as far as the client's receive maximum and the network allow, then what is retained. */
  pump(): void {
    const { passing, lasting } = this.#waiting;
    while (passing.length > 0 && this.link && !this.link.isSlow()) this.#sendQueued(passing.shift()!);
    this.#resend();
    while (lasting.length > 0 && this.#unsent.length === 0 && this.#maySend()) this.#sendQueued(lasting.shift()!);
    if (this.replays.size > 0) this.#sendReplays();
  }

  /** PUBACK, PUBREC with an error, or PUBCOMP: the exchange is over. */
  finish(entry: Inflight): void {
    this.#close(entry);
    this.#forgetUnsent(entry);
    this.pump();
  }

  /** The exchange with this packet id, if there is one. */
  exchange(packetId: number): Inflight | undefined {
    return this.#window.get(packetId);
  }

  /** PUBREC: the client has the message; from now on only the PUBREL is repeated (4.3.3-4). */
  release(entry: Inflight): void {
    this.#window.release(entry);
    this.journal.released(entry.packetId);
    this.#forgetUnsent(entry);
    this.#sendEntry(entry, false);
  }

  /** The new connection's receive maximum may be lower than the old one's (4.9); no PUBREL waits for it (3.3.4-10). */
  #resend(): void {
    const { link } = this;
    while (link && this.#unsent.length > 0) {
      const isFull = this.#window.size - this.#unsent.length >= link.receiveMaximum;
      const next = isFull ? this.#unsent.findIndex(({ delivery }) => !delivery) : 0;
      if (next < 0 || link.isSlow()) return;
      const [entry] = this.#unsent.splice(next, 1);
      if (!entry.delivery || this.#mayReceive(entry.delivery)) this.#sendEntry(entry, true);
      else this.#close(entry);
    }
  }

  #close({ packetId }: Inflight): void {
    this.#window.close(packetId);
    this.journal.closed(packetId);
  }

  /** A client may acknowledge on a new connection what it got on the old one. */
  #forgetUnsent(entry: Inflight): void {
    if (this.#unsent.length > 0) this.#unsent = this.#unsent.filter((other) => other !== entry);
  }

  /** What was published meanwhile goes first: it is of other topics, or `deliver` has seen to it. */
  #sendReplays(): void {
    const { work } = this.#environment;
    let hasWaited = true;
    while (this.link && !this.link.isSlow() && this.#waiting.passing.length === 0) {
      const delivery = this.replays.peek(work);
      if (!delivery) break;
      if (delivery.qos > 0 && this.#mustWait()) return;
      this.replays.take();
      if (hasWaited) this.#sendQueued(delivery);
      else this.#send(delivery);
      hasWaited = false;
    }
    if (work.isSpent && this.replays.size > 0) this.#goOn();
  }

  #goOn(): void {
    if (this.#goesOn) return;
    this.#goesOn = true;
    const run = (): boolean => {
      this.#goesOn = false;
      this.pump();
      return true;
    };
    this.#environment.work.add({ run });
  }

  /** Nothing waits, and the network is not behind. */
  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#unsent.length === 0 && this.link !== undefined && !this.link.isSlow();
  }

  #hasWindow(): boolean {
    return this.link !== undefined && this.#window.hasRoom(this.link.receiveMaximum);
  }

  #maySend(): boolean {
    return this.#hasWindow() && !this.link!.isSlow() && !this.journal.isFull;
  }

  #hasRoomFor(delivery: Delivery): boolean {
    return this.#environment.held.hasRoomFor(delivery, this.#waiting.bytes + this.#window.bytes);
  }

  #sendQueued(delivery: Delivery): void {
    if (this.#mayReceive(delivery)) this.#send(delivery);
    else if (delivery.sharedBy !== undefined) this.#environment.handOver(delivery, this, Readiness.away);
    delivery.forms = undefined;
  }

  /** Rights may have changed since the message came, or another user has taken the session (5.4.2). */
  #mayReceive(delivery: Delivery): boolean {
    const { message, qos, retain, sharedBy } = delivery;
    const { allow } = this.#environment.rules.receive(this.client, { topic: message.topic, qos, retain, sharedBy });
    return allow || this.#drop(delivery, 'no longer authorised');
  }

  #send(delivery: Delivery): boolean {
    if (isExpired(delivery.message, this.#environment.now)) return this.#drop(delivery, 'expired');
    if (delivery.qos > 0) {
      const entry = this.#window.open(delivery);
      this.journal.sent(delivery, entry.packetId);
      return this.#sendEntry(entry, false);
    }
    return this.link!.sendMessage(delivery, undefined, false) || this.#drop(delivery, 'too large');
  }

  /** A packet that is too large for the client counts as delivered (3.1.2-25). */
  #sendEntry(entry: Inflight, dup: boolean): boolean {
    const { delivery, packetId } = entry;
    if (!delivery) return this.link!.send({ type: 'pubrel', packetId, reasonCode: 0 });
    if (this.link!.sendMessage(delivery, packetId, dup)) return true;
    this.#close(entry);
    return this.#drop(delivery, 'too large');
  }

  #enqueue(delivery: Delivery): boolean {
    const hasRoom = this.#hasRoomFor(delivery) && this.#waiting.push(delivery, !this.link);
    if (!hasRoom) return this.#drop(delivery, 'queue full');
    if (delivery.qos > 0) this.journal.queued(delivery);
    return true;
  }

  #drop(delivery: Delivery, reason: DropReason): false {
    this.journal.dropped(delivery);
    if (delivery.qos > 0 && reason !== 'too large') this.#window.skip();
    this.#environment.reportDrop(this.client.clientId, delivery.message.topic, reason);
    return false;
  }

  /** Shared messages that no connection has sent go to another member, in their order. */
  #handOverQueued(isMeant: (delivery: Delivery) => boolean, worst: Readiness): void {
    const { lasting } = this.#waiting;
    const given = lasting.extract((delivery) => isMeant(delivery) && this.#environment.handOver(delivery, this, worst));
    for (const delivery of given) this.journal.dropped(delivery);
  }

  /** What was sent with QoS 1 and not acknowledged goes to another member too; with QoS 2 it must not (4.8.2-5). */
  #handOverAll(): void {
    for (const { delivery, qos } of this.#window.all()) {
      if (delivery?.sharedBy !== undefined && qos === 1) this.#environment.handOver(delivery, this, Readiness.away);
    }
    this.#handOverQueued((delivery) => delivery.sharedBy !== undefined, Readiness.away);
  }
}
