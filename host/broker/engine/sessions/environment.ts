import type { DropReason, EventHub } from '../broker-events.js';
import type { Limits } from '../broker-limits.js';
import type { Deadlines } from '../deadlines.js';
import type { GuardedRules } from '../guarded-rules.js';
import type { Delivery, Message } from '../message.js';
import type { Readiness } from '../messages/readiness.js';
import type { ClientIdentity, Refusal } from '../rules.js';
import type { WorkQueue } from '../turns/work-queue.js';
import type { HeldBytes } from './held-bytes.js';
import type { WillJournal } from './session-journal.js';

/** A session, for which messages are handed over. */
export interface Holder {
  readonly client: ClientIdentity;
}

/** What sessions need of the broker around them. */
export interface SessionEnvironment {
  /** Milliseconds on the engine's clock. */
  readonly now: number;
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  readonly work: WorkQueue;
  /** What all sessions hold together. */
  readonly held: HeldBytes;
  readonly events: EventHub;
  readonly journal?: WillJournal;
  /** Asked before a will is published, and before a message is sent that has waited or was sent before. */
  readonly rules: Pick<GuardedRules, 'publish' | 'receive'>;
  /** Reports that a message did not reach a client. @param clientId the receiver, or the publisher of a will */
  reportDrop(clientId: string, topic: string, reason: DropReason, refusal?: Refusal): void;
  /** Passes a will on; access was checked. */
  publish(message: Message): void;
  /**
   * Gives a message of a shared subscription to another of its members (4.8.2).
   *
   * @param from the session that had it
   * @param worst the least ready that may get it
   * @returns false when there is none
   */
  handOver(delivery: Delivery, from: Holder, worst: Readiness): boolean;
}
