import type { Delivery } from '../message.js';
import type { ClientIdentity } from '../rules.js';

/** What a router needs of a session. */
export interface Recipient {
  readonly client: ClientIdentity;
  /** Sends or queues a message. False when it was dropped. */
  deliver(delivery: Delivery): boolean;
}
