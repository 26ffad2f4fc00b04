import type { Packet, ProtocolVersion } from '../../../core/index.js';
import type { DropReason } from '../broker-events.js';
import type { Deadline } from '../deadlines.js';
import { type Delivery, isExpired, messageSize, publishPacket } from '../message.js';
import type { ClientIdentity } from '../rules.js';
import type { StoredSubscription } from '../subscription.js';
import { BoundedQueue } from './bounded-queue.js';
import type { SessionEnvironment } from './environment.js';
import { type Inflight, OutboundWindow } from './inflight.js';
import { WillKeeper } from './will.js';

/** Session Expiry Interval of a session that never expires (3.1.2.11.2). */
export const NEVER_EXPIRES = 0xffffffff;

const NEVER = Number.POSITIVE_INFINITY;
/** Milliseconds: expired messages of one session are looked for no more often. */
const SWEEP_INTERVAL = 1000;

/** The network connection as its session sees it. */
export interface Link {
  readonly protocolVersion: ProtocolVersion;
  /** Most messages of QoS 1 and 2 that the client accepts unacknowledged. */
  readonly receiveMaximum: number;
  /** The network is behind: call `pump` once it has caught up. */
  isSlow(): boolean;
  /** False when the packet is larger than the client accepts: nothing was sent. */
  send(packet: Packet): boolean;
  /** Closes: another connection came with the same client id (3.1.4-3). */
  takenOver(): void;
  /** Says why (MQTT 5) and closes. @param serverReference another server for the client (4.11) */
  closeByServer(reasonCode: number, reason: string, serverReference?: string): void;
}

/** Session state (4.1): what the broker knows of one client id, with or without a connection. */
export class Session {
  client: ClientIdentity;
  link: Link | undefined;
  readonly subscriptions = new Map<string, StoredSubscription>();
  readonly will: WillKeeper;
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
  #sweep: Deadline | undefined;
  #isOver = false;

  constructor(environment: SessionEnvironment, client: ClientIdentity) {
    const { queuedMessages, queuedBytes } = environment.limits;
    const size = ({ message }: Delivery) => messageSize(message);
    const expiry = {
      expiresAt: ({ message }: Delivery) => message.expiresAt,
      expired: (delivery: Delivery) => this.#drop(delivery, 'expired'),
    };
    this.#environment = environment;
    this.client = client;
    this.will = new WillKeeper(environment);
    this.#queue = new BoundedQueue(queuedMessages, queuedBytes, size, expiry);
    this.#passing = new BoundedQueue(queuedMessages, queuedBytes, size, expiry);
  }

  /** The session ends: what it holds is forgotten. */
  end(): void {
    this.#isOver = true;
    this.#sweep?.cancel();
    this.expiry?.cancel();
    this.#queue.clear();
    this.#passing.clear();
    this.subscriptions.clear();
    this.will.sessionEnded();
  }

  /** Messages that wait to be sent or to be acknowledged. */
  get pending(): number {
    return this.#queue.length + this.#passing.length + this.#window.size;
  }

  /** What waits to be sent, and what is sent and not acknowledged. */
  get load(): { queuedMessages: number; queuedBytes: number; inflightMessages: number } {
    return {
      queuedMessages: this.#queue.length + this.#passing.length,
      queuedBytes: this.#queue.bytes + this.#passing.bytes,
      inflightMessages: this.#window.size,
    };
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
    // What was sent before and what has waited goes first (4.6.0-1).
    const mustWait = this.#queue.length > 0 || this.#unsent.length > 0 || !this.#maySend();
    return mustWait ? this.#enqueue(this.#queue, delivery) : this.#send(delivery);
  }

  /** Sends from the queues as far as the client's receive maximum and the network allow. */
  pump(): void {
    while (this.#passing.length > 0 && this.link && !this.link.isSlow()) this.#sendQueued(this.#passing.shift()!);
    this.#resend();
    while (this.#queue.length > 0 && this.#unsent.length === 0 && this.#maySend()) {
      this.#sendQueued(this.#queue.shift()!);
    }
  }

  /** PUBACK, PUBREC with an error, or PUBCOMP: the exchange is over. */
  finish(entry: Inflight): void {
    this.#window.close(entry.packetId);
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
      else this.#window.close(entry.packetId);
    }
  }

  /** A client may acknowledge on a new connection what it got on the old one. */
  #forgetUnsent(entry: Inflight): void {
    if (this.#unsent.length > 0) this.#unsent = this.#unsent.filter((other) => other !== entry);
  }

  #maySend(): boolean {
    return this.link !== undefined && this.#window.size < this.link.receiveMaximum && !this.link.isSlow();
  }

  #sendQueued(delivery: Delivery): void {
    if (this.#mayReceive(delivery)) this.#send(delivery);
  }

  /** Rights may have changed since the message came, or another user has taken the session (5.4.2). */
  #mayReceive(delivery: Delivery): boolean {
    const { message, qos, retain } = delivery;
    const { allow } = this.#environment.rules.receive(this.client, { topic: message.topic, qos, retain });
    return allow || this.#drop(delivery, 'no longer authorised');
  }

  #send(delivery: Delivery): boolean {
    const { now } = this.#environment;
    if (isExpired(delivery.message, now)) return this.#drop(delivery, 'expired');
    if (delivery.qos > 0) return this.#sendEntry(this.#window.open(delivery), false);
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
    return this.#drop(delivery, 'too large');
  }

  #enqueue(queue: BoundedQueue<Delivery>, delivery: Delivery): boolean {
    const isQueued = queue.push(delivery, this.#environment.now) || this.#drop(delivery, 'queue full');
    if (isQueued && delivery.message.expiresAt !== undefined) this.#watchExpiry();
    return isQueued;
  }

  /** What has expired leaves the queues by and by, not only when they are full or the client is back. */
  #watchExpiry(): void {
    if (this.#sweep || this.#isOver) return;
    const at = Math.min(this.#queue.nextExpiry ?? NEVER, this.#passing.nextExpiry ?? NEVER);
    if (at === NEVER) return;
    const { now, deadlines } = this.#environment;
    this.#sweep = deadlines.add(Math.max(at, now + SWEEP_INTERVAL), () => {
      this.#sweep = undefined;
      for (const queue of [this.#queue, this.#passing]) queue.sweep(this.#environment.now);
      this.#watchExpiry();
    });
  }

  #drop({ message }: Delivery, reason: DropReason): false {
    this.#environment.reportDrop(this.client.clientId, message.topic, reason);
    return false;
  }
}
