import type { OutgoingRecord } from '../record-ports.js';
import type { Delivered } from './record-delivery.js';

/** What cannot go on. */
export interface Letter {
  /** The topic that it came on. */
  readonly source: string;
  readonly key?: Uint8Array;
  readonly value: Uint8Array;
}

export interface DeadLetterOptions {
  /** The Kafka topic that keeps them; without it they are reported and dropped. */
  topic?: string;
  /** Sends a record until Kafka has it or refuses it. */
  deliver(record: OutgoingRecord): Promise<Delivered>;
  /** Called for the first, and then once a second at most. @param count since the last call */
  report(reason: string, source: string, count: number): void;
  /** Milliseconds, never going back. */
  now(): number;
}

const REPORT_INTERVAL = 1000;

/** Keeps what cannot go on, with the reason in its headers, so that it stands in nobody's way. */
export class DeadLetters {
  readonly #options: DeadLetterOptions;
  #reported = Number.NEGATIVE_INFINITY;
  #unreported = 0;
  /** Letters that Kafka has. */
  kept = 0;
  /** Letters that nobody has. */
  dropped = 0;

  constructor(options: DeadLetterOptions) {
    this.#options = options;
  }

  /** Resolves when the letter is kept, or nothing can be done for it. */
  async add({ source, key, value }: Letter, reason: string): Promise<void> {
    const { topic, deliver } = this.#options;
    const headers = { reason, source };
    const delivered = topic === undefined ? undefined : await deliver({ topic, key, value, headers });
    if (delivered === 'taken') this.kept++;
    else this.dropped++;
    this.#report(delivered === undefined || delivered === 'taken' ? reason : `${reason}; ${delivered.refused}`, source);
  }

  #report(reason: string, source: string): void {
    const now = this.#options.now();
    this.#unreported++;
    if (now - this.#reported < REPORT_INTERVAL) return;
    this.#options.report(reason, source, this.#unreported);
    this.#reported = now;
    this.#unreported = 0;
  }
}
