import type { Packet, ProtocolVersion, Subscription } from '../../../core/index.js';
import type { ClientIdentity } from '../access.js';
import type { Broker } from '../context.js';
import type { Deadline } from '../deadlines.js';
import { type Delivery, isExpired, messageSize, publishPacket } from '../message.js';
import { BoundedQueue } from './bounded-queue.js';
import { type Inflight, OutboundWindow } from './inflight.js';
import { WillKeeper } from './will.js';

export interface StoredSubscription extends Subscription {
  /** Subscription identifier (3.8.2.1.2). */
  identifier?: number;
}

/** The network connection as its session sees it. */
export interface Link {
  readonly protocolVersion: ProtocolVersion;
  /** Most messages of QoS 1 and 2 that the client takes unacknowledged. */
  readonly receiveMaximum: number;
  /** The network is behind: wait for `drained`. */
  isSlow(): boolean;
  /** False when the packet is larger than the client takes: nothing was sent. */
  send(packet: Packet): boolean;
  /** Close: another connection came with the same client id (3.1.4-3). */
  takenOver(): void;
}

/** Session state (4.1): what the broker knows of one client id, with or without a connection. */
export class Session {
  readonly subscriptions = new Map<string, StoredSubscription>();
  readonly will: WillKeeper;
  /** Packet ids of QoS 2 messages from the client that were passed on and wait for PUBREL (4.3.3). */
  readonly received = new Set<number>();
  /** Seconds that the session outlives its connection; `NEVER_EXPIRES` for ever. */
  expiryInterval = 0;
  expiry: Deadline | undefined;
  link: Link | undefined;
  private readonly window = new OutboundWindow();
  /** Of the window: what a new connection has not sent again yet. */
  private unsent: Inflight[] = [];
  /** QoS 1 and 2: part of the session state. */
  private readonly queue: BoundedQueue<Delivery>;
  /** QoS 0 while the connection is slow: ends with the connection. */
  private readonly passing: BoundedQueue<Delivery>;

  constructor(
    private readonly broker: Broker,
    public client: ClientIdentity,
  ) {
    const { queuedMessages, queuedBytes } = broker.limits;
    const size = ({ message }: Delivery) => messageSize(message);
    this.will = new WillKeeper(broker);
    this.queue = new BoundedQueue(queuedMessages, queuedBytes, size);
    this.passing = new BoundedQueue(queuedMessages, queuedBytes, size);
  }

  /** Messages that wait to be sent or to be acknowledged. */
  get pending(): number {
    return this.queue.length + this.passing.length + this.window.size;
  }

  /** Binds a new connection. After CONNACK, `resume` sends what was left over. */
  attach(link: Link, client: ClientIdentity): void {
    this.link = link;
    this.client = client;
  }

  detach(): void {
    this.link = undefined;
    this.passing.clear();
  }

  /** Sends the unacknowledged packets again in their order, then what is queued (4.4.0-1, 4.6.0-1). */
  resume(): void {
    this.unsent = this.window.all();
    this.pump();
  }

  /** Sends or queues a message for the client. False when it was dropped. */
  deliver(delivery: Delivery): boolean {
    if (delivery.qos === 0) {
      if (!this.link) return false;
      if (this.passing.length > 0 || this.link.isSlow()) return this.enqueue(this.passing, delivery);
      return this.send(delivery);
    }
    if (this.queue.length > 0 || !this.maySend()) return this.enqueue(this.queue, delivery);
    return this.send(delivery);
  }

  /** Sends from the queues as far as the client's receive maximum and the network allow. */
  pump(): void {
    while (this.passing.length > 0 && this.link && !this.link.isSlow()) this.send(this.passing.shift()!);
    this.resend();
    while (this.queue.length > 0 && this.maySend()) this.send(this.queue.shift()!);
  }

  /** PUBACK, PUBREC with an error, or PUBCOMP: the exchange is over. */
  finish(entry: Inflight): void {
    this.window.close(entry.packetId);
    this.forgetUnsent(entry);
    this.pump();
  }

  /** The exchange with this packet id, if there is one. */
  exchange(packetId: number): Inflight | undefined {
    return this.window.get(packetId);
  }

  /** PUBREC: the message belongs to the client now; only the PUBREL is repeated from here on (4.3.3-4). */
  release(entry: Inflight): void {
    this.window.release(entry);
    this.forgetUnsent(entry);
    this.sendEntry(entry, false);
  }

  /** The new connection's receive maximum may be lower than the old one's (4.9); no PUBREL waits for it (3.3.4-10). */
  private resend(): void {
    const { link, window } = this;
    while (link && this.unsent.length > 0) {
      const isFull = window.size - this.unsent.length >= link.receiveMaximum;
      const next = isFull ? this.unsent.findIndex(({ delivery }) => !delivery) : 0;
      if (next < 0 || link.isSlow()) return;
      const [entry] = this.unsent.splice(next, 1);
      this.sendEntry(entry, true);
    }
  }

  /** A client may acknowledge on a new connection what it got on the old one. */
  private forgetUnsent(entry: Inflight): void {
    if (this.unsent.length > 0) this.unsent = this.unsent.filter((other) => other !== entry);
  }

  private maySend(): boolean {
    return this.link !== undefined && this.window.size < this.link.receiveMaximum && !this.link.isSlow();
  }

  private send(delivery: Delivery): boolean {
    if (isExpired(delivery.message, this.broker.now())) return this.drop(delivery, 'expired');
    if (delivery.qos > 0) return this.sendEntry(this.window.open(delivery), false);
    const packet = publishPacket(delivery, this.link!.protocolVersion, this.broker.now(), undefined, false);
    return this.link!.send(packet) || this.drop(delivery, 'too large');
  }

  /** A packet that is too large for the client counts as delivered (3.1.2-25). */
  private sendEntry(entry: Inflight, dup: boolean): boolean {
    const { delivery, packetId } = entry;
    if (!delivery) return this.link!.send({ type: 'pubrel', packetId, reasonCode: 0 });
    const packet = publishPacket(delivery, this.link!.protocolVersion, this.broker.now(), packetId, dup);
    if (this.link!.send(packet)) return true;
    this.window.close(packetId);
    return this.drop(delivery, 'too large');
  }

  private enqueue(queue: BoundedQueue<Delivery>, delivery: Delivery): boolean {
    return queue.push(delivery) || this.drop(delivery, 'queue full');
  }

  private drop({ message }: Delivery, reason: 'expired' | 'queue full' | 'too large'): false {
    this.broker.events.emit({ type: 'dropped', clientId: this.client.clientId, topic: message.topic, reason });
    return false;
  }
}
