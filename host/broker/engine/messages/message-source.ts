import type { Delivery } from '../message.js';
import type { Work } from '../turns/work-queue.js';

/** Messages that a session asks for when it has room for them. */
export interface MessageSource {
  /** For the journal, see `SessionJournal.replaying`; undefined when what comes from here does not outlive the process. */
  readonly keptUntil: number | undefined;
  readonly isDone: boolean;
  /** The next message. Undefined when there is none, or when the work of this turn is spent. */
  next(work: Work): Delivery | undefined;
  /** Whether a message that came from here and was not sent yet is still what would come. */
  isCurrent(delivery: Delivery): boolean;
  /** The message with this topic, when it is still to come: something newer of the same topic is about to be delivered. */
  takeEarly(topic: string): Delivery | undefined;
}
