import type { Packet, ProtocolVersion } from '../../../core/index.js';
import type { DropReason } from '../broker-events.js';
import type { Deadline } from '../deadlines.js';
import { type Delivery, isExpired, messageSize, publishPacket } from '../message.js';
import type { ClientIdentity } from '../rules.js';
import type { StoredSubscription } from '../subscription.js';
import { BoundedQueue } from './bounded-queue.js';
import type { SessionEnvironment } from './environment.js';
import { type Inflight, OutboundWindow } from './inflight.js';
import { NO_JOURNAL, type SessionJournal } from './session-journal.js';
import { WillKeeper } from './will.js';

/** Session Expiry Interval of a session that never expires (3.1.2.11.2). */
export const NEVER_EXPIRES = 0xffffffff;

/** The network connection as its session sees it. */
export interface Link {
  readonly protocolVersion: ProtocolVersion;
  /** Most messages of QoS 1 and 2 that the client accepts unacknowledged. */
  readonly receiveMaximum: number;
  /** The network is behind: call `pump` once it has caught up. */
  isSlow(): boolean;
  /** False when the packet is larger than the client accepts: nothing was sent. */
  send(packet: Packet): boolean;
  /** What is sent from now on depends on what was recorded in the journal until now. */
  waitForJournal(): void;
  /** Closes: another connection came with the same client id (3.1.4-3). */
  takenOver(): void;
}

/** Session state (4.1): what the broker knows of one client id, with or without a connection. */
export class Session {
  client: ClientIdentity;
  link: Link | undefined;
  readonly subscriptions = new Map<string, StoredSubscription>();
  readonly will: WillKeeper;
  /** Of a session that outlives its connection, in a broker with a store. */
  journal: SessionJournal = NO_JOURNAL;
  /** Packet ids of QoS 2 messages from the client that were passed on and wait for PUBREL (4.3.3). */
  readonly received = new Set<number>();
  /** Seconds that the session outlives its connection, or `NEVER_EXPIRES`. */
  expiryInterval = 0;
  expiry: Deadline | undefined;
  readonly #environment: SessionEnvironment;
  readonly #window = new OutboundWindow();
  /** The part of the window that a new connection has not sent again yet. */
  #unsent: Inflight[] = [];
  /** QoS 1 and 2: part of the session state. */
  readonly #queue: BoundedQueue<Delivery>;
  /** QoS 0 while the connection is slow: ends with the connection. */
  readonly #passing: BoundedQueue<Delivery>;

  constructor(environment: SessionEnvironment, client: ClientIdentity) {
    const { queuedMessages, queuedBytes } = environment.limits;
    const size = ({ message }: Delivery) => messageSize(message);
    this.#environment = environment;
    this.client = client;
    this.will = new WillKeeper(environment);
    this.#queue = new BoundedQueue(queuedMessages, queuedBytes, size);
    this.#passing = new BoundedQueue(queuedMessages, queuedBytes, size);
  }

  /** Messages that wait to be sent or to be acknowledged. */
  get pending(): number {
    return this.#queue.length + this.#passing.length + this.#window.size;
  }

  /**
   * Takes over what a journal kept, of a session without a connection.
   *
   * @param queued in the order of the queue
   * @param sent in the order of sending
   */
  restore(queued: readonly Delivery[], sent: readonly Inflight[]): void {
    for (const entry of sent) this.#window.restore(entry);
    for (const delivery of queued) if (!this.#enqueue(this.#queue, delivery)) this.journal.dropped(delivery);
  }

  /** Binds a new connection. After CONNACK, `resume` sends what was left over. */
  attach(link: Link, client: ClientIdentity): void {
    this.link = link;
    this.client = client;
  }

  detach(): void {
    this.link = undefined;
    this.#passing.clear();
  }

  /** Sends the unacknowledged packets again in their order, then what is queued (4.4.0-1, 4.6.0-1). */
  resume(): void {
    this.#unsent = this.#window.all();
    this.pump();
  }

  /** Sends or queues a message for the client. False when it was dropped. */
  deliver(delivery: Delivery): boolean {
    if (delivery.qos === 0) {
      if (!this.link) return false;
      if (this.#passing.length > 0 || this.link.isSlow()) return this.#enqueue(this.#passing, delivery);
      return this.#send(delivery);
    }
    if (this.#queue.length === 0 && this.#maySend()) return this.#send(delivery);
    const isQueued = this.#enqueue(this.#queue, delivery);
    if (isQueued) this.journal.queued(delivery);
    return isQueued;
  }

  /** Sends from the queues as far as the client's receive maximum and the network allow. */
  pump(): void {
    while (this.#passing.length > 0 && this.link && !this.link.isSlow()) this.#send(this.#passing.shift()!);
    this.#resend();
    while (this.#queue.length > 0 && this.#maySend()) this.#send(this.#queue.shift()!);
  }

  /** PUBACK, PUBREC with an error, or PUBCOMP: the exchange is over. */
  finish(entry: Inflight): void {
    this.#window.close(entry.packetId);
    this.journal.closed(entry.packetId);
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
      this.#sendEntry(entry, true);
    }
  }

  /** A client may acknowledge on a new connection what it got on the old one. */
  #forgetUnsent(entry: Inflight): void {
    if (this.#unsent.length > 0) this.#unsent = this.#unsent.filter((other) => other !== entry);
  }

  #maySend(): boolean {
    const { link } = this;
    return link !== undefined && this.#window.size < link.receiveMaximum && !link.isSlow() && !this.journal.isFull;
  }

  #send(delivery: Delivery): boolean {
    const { now } = this.#environment;
    if (isExpired(delivery.message, now)) {
      this.journal.dropped(delivery);
      return this.#drop(delivery, 'expired');
    }
    if (delivery.qos > 0) {
      const entry = this.#window.open(delivery);
      this.journal.sent(delivery, entry.packetId);
      return this.#sendEntry(entry, false);
    }
    const packet = publishPacket(delivery, this.link!.protocolVersion, now, undefined, false);
    return this.link!.send(packet) || this.#drop(delivery, 'too large');
  }

  /** A packet that is too large for the client counts as delivered (3.1.2-25). */
  #sendEntry(entry: Inflight, dup: boolean): boolean {
    const { delivery, packetId } = entry;
    if (!delivery) return this.link!.send({ type: 'pubrel', packetId, reasonCode: 0 });
    const packet = publishPacket(delivery, this.link!.protocolVersion, this.#environment.now, packetId, dup);
    if (this.link!.send(packet)) return true;
    this.#window.close(packetId);
    this.journal.closed(packetId);
    return this.#drop(delivery, 'too large');
  }

  #enqueue(queue: BoundedQueue<Delivery>, delivery: Delivery): boolean {
    return queue.push(delivery) || this.#drop(delivery, 'queue full');
  }

  #drop({ message }: Delivery, reason: DropReason): false {
    this.#environment.reportDrop(this.client.clientId, message.topic, reason);
    return false;
  }
}
