import type { CarriedMessage } from '../../../mqtt-client/carried-message.js';
import { type Mapped, mappedOrDead } from '../mapping/mapped.js';
import type { IncomingRecord, RecordSink } from '../record-ports.js';
import { DeadLetters } from './dead-letters.js';
import type { PipeCounts, PipePorts } from './pipe-ports.js';
import { RecordDelivery } from './record-delivery.js';

export interface KafkaToMqttOptions {
  map(record: IncomingRecord): Mapped<CarriedMessage>;
  /**
   * Publishes in the order of the calls.
   *
   * @returns resolves when the broker has the message; with the problem when it never takes it
   */
  publish(message: CarriedMessage): Promise<string | undefined>;
  /** Where dead letters go; without it they are reported and dropped. */
  deadLetters?: { topic: string; sink: RecordSink };
}

/** Records of Kafka to an MQTT broker. The source bounds how many are in hand. */
export class KafkaToMqtt {
  readonly #options: KafkaToMqttOptions;
  readonly #ports: PipePorts;
  readonly #delivery: RecordDelivery | undefined;
  readonly #letters: DeadLetters;
  readonly #counts = { received: 0, carried: 0, skipped: 0, inHand: 0 };

  constructor(options: KafkaToMqttOptions, ports: PipePorts) {
    const { deadLetters } = options;
    this.#options = options;
    this.#ports = ports;
    const delivery =
      deadLetters &&
      new RecordDelivery({
        sink: deadLetters.sink,
        wait: ports.wait,
        random: ports.random,
        failed: (reason, retryIn) => ports.event({ type: 'not sent', reason, retryIn }),
      });
    this.#delivery = delivery;
    this.#letters = new DeadLetters({
      topic: delivery && deadLetters?.topic,
      deliver: async (record) => delivery?.add(record) ?? { refused: 'there is no topic for dead letters' },
      report: (reason, source, count) => ports.event({ type: 'dead letter', reason, source, count }),
      now: ports.now,
    });
  }

  get counts(): PipeCounts {
    const { kept: deadLetters, dropped } = this.#letters;
    return { ...this.#counts, deadLetters, dropped, repeated: 0 };
  }

  /** Carries a record over. Resolves when the broker has the message, or the dead letters have it; does not reject. */
  async carry(record: IncomingRecord): Promise<void> {
    this.#counts.received++;
    this.#counts.inHand++;
    await this.#carry(record);
    this.#counts.inHand--;
  }

  /** Sends no more dead letters: what is in hand is not confirmed. */
  stop(): void {
    this.#delivery?.stop();
  }

  async #carry(record: IncomingRecord): Promise<void> {
    const mapped = mappedOrDead(() => this.#options.map(record));
    if (mapped === 'skip') {
      this.#counts.skipped++;
      return;
    }
    if ('dead' in mapped) return this.#bury(record, mapped.dead);
    if (mapped.note !== undefined) this.#ports.event({ type: 'note', text: mapped.note, source: record.topic });
    const problem = await this.#options.publish(mapped.to);
    if (problem !== undefined) return this.#bury(record, problem);
    this.#counts.carried++;
  }

  #bury({ topic, key, value = new Uint8Array(0) }: IncomingRecord, reason: string): Promise<void> {
    return this.#letters.add({ source: topic, key, value }, reason);
  }
}
