import { setTimeout as wait } from 'node:timers/promises';
import { type BrokerName, startBrokerProcess } from '../broker/brokers.js';
import { usageOf } from '../broker/process-usage.js';
import { DevicePublisher } from './device-publisher.js';

/** What is between a broker and Kafka. */
export interface CarryOptions {
  /** the program `wasmqtt` */
  cli: string;
  broker: BrokerName;
  /** addresses of Kafka */
  kafka: readonly string[];
}

/** What a message took: of the clock, and of the bridge's processor time; microseconds. */
export interface CarryCost {
  clock: number;
  cpu: number;
}

const LOOK = 10;
/** Messages, and how many of them Kafka has when it stands still. The broker keeps 100,000 and drops what is beyond. */
const MESSAGES = 100_000;
const BEFORE = 20_000;

/**
 * Runs dojot's V2K in this process, and tells what so many messages took of it, from the first that a device publishes to the last that Kafka has.
 *
 * @param rounds messages of each round
 */
export async function carryRounds(options: CarryOptions, rounds: readonly number[]): Promise<CarryCost[]> {
  return withBridge(options, async (port, carried) => {
    const costs: CarryCost[] = [];
    let before = 0;
    for (const count of rounds) {
      const publisher = new DevicePublisher(port, count);
      try {
        while (carried() === before) await wait(1);
        const [first, start, cpu] = [carried(), performance.now(), process.cpuUsage()];
        while (carried() < before + count) await wait(1);
        const { user, system } = process.cpuUsage(cpu);
        const measured = before + count - first;
        costs.push({ clock: ((performance.now() - start) * 1000) / measured, cpu: (user + system) / measured });
      } finally {
        await publisher.stop();
      }
      before += count;
    }
    return costs;
  });
}

/**
 * Has Kafka stand still while devices publish.
 *
 * @param pids the processes of Kafka
 * @returns bytes of memory that the bridge took meanwhile beyond what it had before
 * @throws Error when a message is missing afterwards
 */
export async function memoryWithoutKafka(
  options: CarryOptions,
  pids: readonly number[],
  seconds: number,
): Promise<number> {
  return withBridge(options, async (port, carried) => {
    const publisher = new DevicePublisher(port, MESSAGES);
    try {
      while (carried() < BEFORE) await wait(LOOK);
      const before = usageOf(process.pid).memory;
      let most = 0;
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        most = Math.max(most, usageOf(process.pid).memory);
        await wait(LOOK * 10);
      }
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      while (carried() < MESSAGES) await wait(LOOK);
      return Math.max(0, most - before);
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      await publisher.stop();
    }
  });
}

async function withBridge<T>(
  { cli, broker, kafka }: CarryOptions,
  action: (port: number, carried: () => number) => Promise<T>,
): Promise<T> {
  const [{ KafkaSink }, { startMqttToKafka }, { deviceDataMapping }] = await Promise.all([
    import('../../dojot/bridge/kafka/kafka-sink.js'),
    import('../../dojot/bridge/run/running-bridge.js'),
    import('../../dojot/bridge/mapping/device-data.js'),
  ]);
  const mqtt = await startBrokerProcess(broker, 'plain', cli, { certificate: '', key: '' });
  if (!mqtt) throw new Error(`${broker} cannot be started`);
  try {
    const bridge = startMqttToKafka({
      mqtt: { addresses: [{ host: '127.0.0.1', port: mqtt.port }], clientId: 'v2k-bridge' },
      filters: new Map([['$share/group/+/attrs', 1]]),
      sink: new KafkaSink({ brokers: kafka, clientId: 'v2k-bridge', newTopics: { partitions: 6, replicas: 3 } }),
      map: deviceDataMapping({ generation: 1 }),
      event: () => {},
    });
    try {
      while (!bridge.mqttConnected || !bridge.kafkaReady) await wait(LOOK);
      return await action(mqtt.port, () => bridge.counts.carried);
    } finally {
      await bridge.close();
    }
  } finally {
    await mqtt.stop();
  }
}
