import { setTimeout as wait } from 'node:timers/promises';
import type { QoS } from '../../../core/index.js';
import { BrokerConnection, type BrokerEnd } from '../../../mqtt-client/broker-connection.js';
import type { CarriedMessage } from '../../../mqtt-client/carried-message.js';
import type { ConnectionEvent } from '../../../mqtt-client/reconnecting-client.js';
import type { RestartDelay } from '../../../mqtt-client/restart-delay.js';
import type { Mapped } from '../mapping/mapped.js';
import { KafkaToMqtt } from '../pipes/kafka-to-mqtt.js';
import { MqttToKafka } from '../pipes/mqtt-to-kafka.js';
import type { PipeCounts, PipeEvent, PipePorts } from '../pipes/pipe-ports.js';
import type { IncomingRecord, OutgoingRecord, RecordSink, RecordSource } from '../record-ports.js';

export type BridgeReport = ConnectionEvent | PipeEvent;

interface CommonOptions {
  mqtt: BrokerEnd;
  /** How long to wait before the broker is tried again. Default: from 1 to 30 seconds. */
  restart?: RestartDelay;
  /** Called with what happens. */
  event(event: BridgeReport): void;
}

export interface MqttToKafkaBridgeOptions extends CommonOptions {
  /** Topic filters to subscribe to, and their QoS. */
  filters: ReadonlyMap<string, QoS>;
  /** Closed with the bridge. */
  sink: RecordSink;
  /** @param now milliseconds of 1970 */
  map(message: CarriedMessage, now: number): Mapped<OutgoingRecord>;
  /** Kafka topic of dead letters; without it they are reported and dropped. */
  deadLetters?: string;
  /** Bytes of payloads in hand; more stay with the broker. Default 16 MiB. */
  maxBytes?: number;
  /** Messages in hand. Default 500. */
  maxMessages?: number;
}

export interface KafkaToMqttBridgeOptions extends CommonOptions {
  /** Closed with the bridge. */
  source: RecordSource;
  map(record: IncomingRecord): Mapped<CarriedMessage>;
  /** Where dead letters go; closed with the bridge. Without it they are reported and dropped. */
  deadLetters?: { topic: string; sink: RecordSink };
}

/** A bridge between an MQTT broker and Kafka that runs. */
export interface RunningBridge {
  readonly mqttConnected: boolean;
  readonly kafkaReady: boolean;
  readonly counts: PipeCounts;
  /**
   * Finishes what is in hand, for a few seconds; what is not finished then is not confirmed, and comes again.
   *
   * @param isEmptied whether the broker has nothing more for the bridge: until then it goes on taking, as long as Kafka is there. Default: it has not
   */
  close(isEmptied?: () => boolean): Promise<void>;
}

/** Milliseconds that what is in hand may take at the end. */
const LAST_WAIT = 5000;
/** Milliseconds between looks at what the broker has. */
const LOOK_INTERVAL = 20;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_MESSAGES = 500;

/** Starts to carry messages to Kafka, as soon as there is a broker. */
export function startMqttToKafka(options: MqttToKafkaBridgeOptions): RunningBridge {
  const { mqtt, restart, event, filters, sink, map, deadLetters } = options;
  const most = { messages: options.maxMessages ?? MAX_MESSAGES, bytes: options.maxBytes ?? MAX_BYTES };
  const pipe = new MqttToKafka({ map, deadLetters }, sink, pipePorts(event));
  const message = (each: CarriedMessage, isDuplicate: boolean) => pipe.carry(each, isDuplicate);
  const connection = new BrokerConnection({ end: mqtt, filters, restart, most, event, message });
  connection.start();
  return {
    get mqttConnected() {
      return connection.isConnected;
    },
    get kafkaReady() {
      return sink.isReady;
    },
    get counts() {
      return pipe.counts;
    },
    async close(isEmptied = () => true) {
      const end = performance.now() + LAST_WAIT;
      while (!isEmptied() && sink.isReady && performance.now() < end) await wait(LOOK_INTERVAL);
      connection.rest();
      await within(end - performance.now(), pipe.rest());
      pipe.stop();
      await connection.close();
      await sink.close();
    },
  };
}

/** Starts to carry records to a broker, as soon as there is Kafka. */
export async function startKafkaToMqtt(options: KafkaToMqttBridgeOptions): Promise<RunningBridge> {
  const { mqtt, restart, event, source, map, deadLetters } = options;
  const connection = new BrokerConnection({ end: mqtt, restart, event });
  const publish = (message: CarriedMessage) => connection.publish(message);
  const pipe = new KafkaToMqtt({ map, publish, deadLetters }, pipePorts(event));
  connection.start();
  await source.start((record) => pipe.carry(record));
  return {
    get mqttConnected() {
      return connection.isConnected;
    },
    get kafkaReady() {
      return source.isReady;
    },
    get counts() {
      return pipe.counts;
    },
    async close() {
      await source.close();
      pipe.stop();
      await connection.close();
      await deadLetters?.sink.close();
    },
  };
}

function pipePorts(event: (event: PipeEvent) => void): PipePorts {
  return { now: () => performance.now(), wallNow: Date.now, wait: (time) => wait(time), random: Math.random, event };
}

async function within(milliseconds: number, done: Promise<void>): Promise<void> {
  const over = new AbortController();
  const timeout = wait(milliseconds, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([done, timeout]);
  over.abort();
}
