import type { Will } from '../../../core/index.js';
import type { Delivery } from '../message.js';
import type { ClientIdentity } from '../rules.js';
import type { StoredSubscription } from '../subscription.js';

/** Takes down what changes in one session that outlives its connection, before anything is sent that depends on it. */
export interface SessionJournal {
  /** Nothing can be stored at present: messages of QoS 1 and 2 wait in the queue, and nothing new is promised. */
  readonly isFull: boolean;
  /** The message waits in the queue. */
  queued(delivery: Delivery): void;
  /** The message left the queue and is not sent: it expired, or it was given to somebody else. */
  dropped(delivery: Delivery): void;
  /** The message has a packet id and is about to be sent, from the queue or at once. */
  sent(delivery: Delivery, packetId: number): void;
  /** PUBREC came for the packet id. */
  released(packetId: number): void;
  /** The exchange of this packet id is over. */
  closed(packetId: number): void;
  /** A QoS 2 message of the client was passed on and waits for its PUBREL. */
  received(packetId: number): void;
  /** Its PUBREL came. */
  completed(packetId: number): void;
  subscribed(subscription: StoredSubscription): void;
  unsubscribed(topicFilter: string): void;
  /**
   * Retained messages are going to be sent for a subscription.
   *
   * @param keptUntil those that were kept until then, see `RetainedNode.storedAt`
   */
  replaying(topicFilter: string, keptUntil: number): void;
  /** One of them is about to be sent, or waits in the queue. */
  replayed(topicFilter: string, delivery: Delivery): void;
  /** No more of them are to come. */
  replayDone(topicFilter: string): void;
  /** The session has lost its connection and ends at `endsAt`, milliseconds on the engine's clock; undefined for never. */
  detached(endsAt: number | undefined): void;
  ended(): void;
}

/** Of a session that ends with its connection, and of a broker without a store. */
export const NO_JOURNAL: SessionJournal = {
  isFull: false,
  queued() {},
  dropped() {},
  sent() {},
  released() {},
  closed() {},
  received() {},
  completed() {},
  subscribed() {},
  unsubscribed() {},
  replaying() {},
  replayed() {},
  replayDone() {},
  detached() {},
  ended() {},
};

/** Takes down the wills, those of sessions that end with their connection too. */
export interface WillJournal {
  /** @param publishAt milliseconds on the engine's clock: the end of the delay; undefined while the client is connected */
  willKept(client: ClientIdentity, will: Will, publishAt: number | undefined): void;
  /** The will was published or discarded. */
  willGone(clientId: string): void;
}
