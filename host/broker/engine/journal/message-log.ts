import type { Message } from '../message.js';
import type { JournalRecord, MessageValue } from './journal-record.js';

interface Kept {
  readonly id: number;
  references: number;
}

/** The messages that queues and windows refer to: each is stored once, and deleted with the last reference. */
export class MessageLog {
  readonly #kept = new Map<Message, Kept>();
  readonly #put: (record: JournalRecord) => void;
  readonly #toValue: (message: Message) => MessageValue;
  #lastId = 0;

  constructor(put: (record: JournalRecord) => void, toValue: (message: Message) => MessageValue) {
    this.#put = put;
    this.#toValue = toValue;
  }

  /** Counts one more reference. Returns the id of the record. */
  hold(message: Message): number {
    let kept = this.#kept.get(message);
    if (!kept) {
      kept = { id: ++this.#lastId, references: 0 };
      this.#kept.set(message, kept);
      this.#put({ kind: 'message', id: kept.id, value: this.#toValue(message) });
    }
    kept.references++;
    return kept.id;
  }

  release(message: Message): void {
    const kept = this.#kept.get(message);
    if (!kept || --kept.references > 0) return;
    this.#kept.delete(message);
    this.#put({ kind: 'message', id: kept.id });
  }

  /** Takes over a message that was loaded; `hold` counts its references. */
  adopt(id: number, message: Message): void {
    this.#lastId = Math.max(this.#lastId, id);
    this.#kept.set(message, { id, references: 0 });
  }

  /** Deletes a message that was loaded and that nothing refers to. */
  deleteUnused(message: Message): void {
    const kept = this.#kept.get(message);
    if (kept?.references !== 0) return;
    kept.references = 1;
    this.release(message);
  }
}
