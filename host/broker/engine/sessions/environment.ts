import type { DropReason } from '../broker-events.js';
import type { Limits } from '../broker-limits.js';
import type { Deadlines } from '../deadlines.js';
import type { GuardedRules } from '../guarded-rules.js';
import type { Message } from '../message.js';
import type { WillJournal } from './session-journal.js';

/** What sessions need of the broker around them. */
export interface SessionEnvironment {
  /** Milliseconds on the engine's clock. */
  readonly now: number;
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  readonly journal?: WillJournal;
  /** Asked before a will is published. */
  readonly rules: Pick<GuardedRules, 'publish'>;
  /** Reports that a message did not reach a client. @param clientId the receiver, or the publisher of a will */
  reportDrop(clientId: string, topic: string, reason: DropReason): void;
  /** Passes a will on; access was checked. */
  publish(message: Message): void;
}
