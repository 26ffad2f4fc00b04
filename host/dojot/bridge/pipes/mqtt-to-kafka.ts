import type { CarriedMessage } from '../../../mqtt-client/carried-message.js';
import { type Mapped, mappedOrDead } from '../mapping/mapped.js';
import type { OutgoingRecord, RecordSink } from '../record-ports.js';
import { DeadLetters } from './dead-letters.js';
import type { PipeCounts, PipePorts } from './pipe-ports.js';
import { RecordDelivery } from './record-delivery.js';

export interface MqttToKafkaOptions {
  /** @param now milliseconds of 1970 */
  map(message: CarriedMessage, now: number): Mapped<OutgoingRecord>;
  /** Kafka topic of dead letters; without it they are reported and dropped. */
  deadLetters?: string;
}

/** Header of a record that may be in Kafka already, from before its acknowledgement was lost. */
const REPEATED = { 'mqtt-dup': '1' };

/** Messages of an MQTT client to Kafka. Whoever calls bounds how many are in hand. */
export class MqttToKafka {
  readonly #options: MqttToKafkaOptions;
  readonly #ports: PipePorts;
  readonly #delivery: RecordDelivery;
  readonly #letters: DeadLetters;
  readonly #counts = { received: 0, carried: 0, skipped: 0, repeated: 0, inHand: 0 };
  #isStopped = false;
  #idle: (() => void)[] = [];

  constructor(options: MqttToKafkaOptions, sink: RecordSink, ports: PipePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#delivery = new RecordDelivery({
      sink,
      wait: ports.wait,
      random: ports.random,
      failed: (reason, retryIn) => ports.event({ type: 'not sent', reason, retryIn }),
    });
    this.#letters = new DeadLetters({
      topic: options.deadLetters,
      deliver: (record) => this.#delivery.add(record),
      report: (reason, source, count) => ports.event({ type: 'dead letter', reason, source, count }),
      now: ports.now,
    });
  }

  get counts(): PipeCounts {
    const { kept: deadLetters, dropped } = this.#letters;
    return { ...this.#counts, deadLetters, dropped };
  }

  /**
   * Carries a message over; records keep the order of the calls.
   *
   * @param isDuplicate whether it may have been carried before
   * @returns resolves when Kafka has it, or the dead letters have; never after `rest`, so that it comes again
   */
  async carry(message: CarriedMessage, isDuplicate: boolean): Promise<void> {
    if (this.#isStopped) return new Promise(() => {});
    this.#counts.received++;
    this.#counts.inHand++;
    await this.#carry(message, isDuplicate);
    this.#counts.inHand--;
    if (this.#counts.inHand === 0) for (const settle of this.#idle.splice(0)) settle();
  }

  /** Takes nothing more. Resolves when nothing is in hand. */
  rest(): Promise<void> {
    this.#isStopped = true;
    if (this.#counts.inHand === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Sends nothing more: what is in hand is not confirmed. */
  stop(): void {
    this.#isStopped = true;
    this.#delivery.stop();
  }

  async #carry(message: CarriedMessage, isDuplicate: boolean): Promise<void> {
    const { topic, payload } = message;
    const mapped = mappedOrDead(() => this.#options.map(message, this.#ports.wallNow()));
    if (mapped === 'skip') {
      this.#counts.skipped++;
      return;
    }
    if ('dead' in mapped) return this.#bury(topic, payload, mapped.dead);
    if (mapped.note !== undefined) this.#ports.event({ type: 'note', text: mapped.note, source: topic });
    const record = isDuplicate ? { ...mapped.to, headers: { ...mapped.to.headers, ...REPEATED } } : mapped.to;
    const delivered = await this.#delivery.add(record);
    if (delivered !== 'taken') return this.#bury(topic, payload, delivered.refused);
    this.#counts.carried++;
    if (isDuplicate) this.#counts.repeated++;
  }

  #bury(source: string, value: Uint8Array, reason: string): Promise<void> {
    return this.#letters.add({ source, key: Buffer.from(source), value }, reason);
  }
}
