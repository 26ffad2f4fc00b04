import type { PipeEvent, PipePorts } from '../../../../host/dojot/bridge/pipes/pipe-ports.js';
import {
  type IncomingRecord,
  type OutgoingRecord,
  RecordRefusedError,
  type RecordSink,
} from '../../../../host/dojot/bridge/record-ports.js';

/** A double of Kafka behind `RecordSink`. It has what was sent when the test lets it. */
export class KafkaDouble implements RecordSink {
  readonly records: OutgoingRecord[] = [];
  /** Sends that wait for `release`, while `isHolding`. */
  isHolding = false;
  /** Fails the next sends with these reasons. */
  readonly failures: string[] = [];
  /** Why a record is refused for ever; undefined when it is not. */
  refuses: (record: OutgoingRecord) => string | undefined = () => undefined;
  readonly isReady = true;
  /** Sends in hand at a time, at most. */
  mostAtOnce = 0;
  #atOnce = 0;
  #held: (() => void)[] = [];
  #waiting: (() => void)[] = [];

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    try {
      if (this.isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
      const failure = this.failures.shift();
      if (failure !== undefined) throw new Error(failure);
      for (const [index, record] of records.entries()) {
        const reason = this.refuses(record);
        if (reason !== undefined) throw new RecordRefusedError(index, reason);
      }
      this.records.push(...records);
    } finally {
      this.#atOnce--;
    }
    for (const check of this.#waiting) check();
  }

  /** Lets what is held go on, and holds nothing more. */
  release(): void {
    this.isHolding = false;
    for (const go of this.#held.splice(0)) go();
  }

  get held(): number {
    return this.#held.length;
  }

  /** Resolves when there are so many records. */
  has(count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.records.length >= count) resolve();
      };
      this.#waiting.push(check);
      check();
    });
  }

  values(): string[] {
    return this.records.map(({ value }) => String(value));
  }

  async close(): Promise<void> {}
}

/** The world of a pipe in virtual time. */
export class PipeWorld {
  readonly events: PipeEvent[] = [];
  now = 0;
  #waits: { until: number; go: () => void }[] = [];
  readonly ports: PipePorts = {
    now: () => this.now,
    wallNow: () => 1_600_000_000_000 + this.now,
    wait: (milliseconds) => new Promise((go) => this.#waits.push({ until: this.now + milliseconds, go })),
    random: () => 0.5,
    event: (event) => this.events.push(event),
  };

  async advance(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    const due = this.#waits.filter(({ until }) => until <= this.now);
    this.#waits = this.#waits.filter(({ until }) => until > this.now);
    for (const { go } of due) go();
    await turn();
  }
}

/** Lets everything happen that waits for nothing. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function message(topic: string, payload: string | Uint8Array, qos: 0 | 1 | 2 = 1) {
  return { topic, payload: Buffer.from(payload), qos, retain: false };
}

export function record(value: string | undefined, rest: Partial<IncomingRecord> = {}): IncomingRecord {
  return { topic: 't', partition: 0, offset: 0n, value: value === undefined ? undefined : Buffer.from(value), ...rest };
}
