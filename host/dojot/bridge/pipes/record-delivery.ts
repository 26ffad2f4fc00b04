import { RestartDelays } from '../../../mqtt-client/restart-delay.js';
import { reasonOf } from '../../../node/reason.js';
import { type OutgoingRecord, RecordRefusedError, type RecordSink } from '../record-ports.js';

export interface DeliveryOptions {
  sink: RecordSink;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
  /** The sink failed; it is tried again in so many seconds. */
  failed(reason: string, retryIn: number): void;
}

/** What became of a record: Kafka has it, or refuses it for ever. */
export type Delivered = 'taken' | { readonly refused: string };

interface Waiting {
  readonly record: OutgoingRecord;
  readonly done: (delivered: Delivered) => void;
}

/** Records of one `send`. A batch of this many takes Kafka a few milliseconds. */
const BATCH_RECORDS = 1000;
/** Bytes of one `send`: below what a request to Kafka may have by default. */
const BATCH_BYTES = 900_000;
const RETRY = { base: 1, cap: 30 };

/** Sends records in their order, in batches, one after the other, each until Kafka has it. Whoever adds bounds how many wait. */
export class RecordDelivery {
  readonly #options: DeliveryOptions;
  readonly #delays: RestartDelays;
  #queue: Waiting[] = [];
  #isRunning = false;
  #isStopped = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#delays = new RestartDelays(RETRY, () => options.random());
  }

  /** Resolves when Kafka has the record or refuses it; never after `stop`. */
  add(record: OutgoingRecord): Promise<Delivered> {
    return new Promise((resolve) => {
      this.#queue.push({ record, done: resolve });
      if (this.#isRunning) return;
      this.#isRunning = true;
      // What comes in the same turn goes in the same batch.
      queueMicrotask(() => void this.#run());
    });
  }

  /** Nothing more is sent but what is on its way. */
  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isStopped) await this.#attempt(this.#nextBatch());
    this.#isRunning = false;
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    const end = this.#queue.findIndex(({ record }, at) => {
      bytes += record.value.length + (record.key?.length ?? 0);
      return at > 0 && (at >= BATCH_RECORDS || bytes > BATCH_BYTES);
    });
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end);
  }

  /** What is not taken stands at the head of the queue again. */
  async #attempt(batch: Waiting[]): Promise<void> {
    try {
      await this.#options.sink.send(batch.map(({ record }) => record));
      this.#delays.reset();
      for (const { done } of batch) done('taken');
    } catch (error) {
      const refused = error instanceof RecordRefusedError ? batch[error.index] : undefined;
      this.#queue = [...batch.filter((waiting) => waiting !== refused), ...this.#queue];
      if (refused) {
        refused.done({ refused: reasonOf(error) });
        return;
      }
      const retryIn = this.#delays.next();
      this.#options.failed(reasonOf(error), retryIn);
      await this.#options.wait(retryIn * 1000);
    }
  }
}
