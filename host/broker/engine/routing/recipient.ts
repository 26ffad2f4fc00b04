import type { Delivery } from '../message.js';
import type { MessageSource } from '../messages/message-source.js';
import type { Readiness } from '../messages/readiness.js';
import type { ClientIdentity } from '../rules.js';

/** What a router needs of a session. */
export interface Recipient {
  readonly client: ClientIdentity;
  /** How soon this message would be sent. */
  readiness(delivery: Delivery): Readiness;
  /** Sends or queues a message. False when it was dropped. */
  deliver(delivery: Delivery): boolean;
  /** Sends what comes from this source, as fast as the client takes it; in place of an earlier one for the same filter. */
  replay(topicFilter: string, source: MessageSource): void;
}
