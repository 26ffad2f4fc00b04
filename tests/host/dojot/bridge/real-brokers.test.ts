// needs: mosquitto, mosquitto_pub, mosquitto_sub
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createBroker } from '../../../../host/broker/index.js';
import { deviceConfigMapping } from '../../../../host/dojot/bridge/mapping/device-config.js';
import { messageToRecord } from '../../../../host/dojot/bridge/mapping/message-to-record.js';
import type { IncomingRecord, RecordSource } from '../../../../host/dojot/bridge/record-ports.js';
import {
  type BridgeReport,
  startKafkaToMqtt,
  startMqttToKafka,
} from '../../../../host/dojot/bridge/run/running-bridge.js';
import { BrokerConnection } from '../../../../host/mqtt-client/broker-connection.js';
import { Command } from '../../../interop/command.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { Program } from '../../broker/listeners/programs.js';
import { RealMosquitto } from '../../broker/real-mosquitto.js';
import { KafkaDouble } from './kafka-double.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** What was reported, and a wait for one of it. */
class Reports {
  readonly all: BridgeReport[] = [];
  #checks: (() => void)[] = [];

  readonly add = (event: BridgeReport) => {
    this.all.push(event);
    for (const check of this.#checks) check();
  };

  count(type: BridgeReport['type']): number {
    return this.all.filter((event) => event.type === type).length;
  }

  /** Resolves at the report of this type, counted from 1. */
  next(type: BridgeReport['type'], number = 1): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.count(type) >= number) resolve();
      };
      this.#checks.push(check);
      check();
    });
  }
}

const restart = { constant: 0.05 };

async function bridge(port: number, kafka: KafkaDouble, protocolVersion: 4 | 5, filter = 'a/#') {
  const reports = new Reports();
  const running = startMqttToKafka({
    mqtt: { addresses: [{ host: '127.0.0.1', port }], clientId: 'bridge', protocolVersion },
    restart,
    filters: new Map([[filter, 1]]),
    sink: kafka,
    map: messageToRecord({ topic: 't' }),
    event: reports.add,
  });
  cleanups.push(() => running.close());
  await reports.next('subscribed');
  return { running, reports };
}

/** A client that publishes numbers, and comes back. */
function publisher(port: number): BrokerConnection {
  const end = { addresses: [{ host: '127.0.0.1', port }], clientId: 'publisher' };
  const client = new BrokerConnection({ end, restart, event: () => {} });
  client.start();
  cleanups.push(() => client.close());
  return client;
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n));
const publishAll = (client: BrokerConnection, values: readonly string[]) =>
  Promise.all(values.map((n) => client.publish({ topic: 'a/n', payload: Buffer.from(n), qos: 1, retain: false })));

describe.each([4, 5] as const)('with MQTT version %i', (version) => {
  it('what mosquitto_pub says to Mosquitto comes into Kafka, in order', async () => {
    const mosquitto = await RealMosquitto.start();
    cleanups.push(() => mosquitto.stop());
    const kafka = new KafkaDouble();
    const { running } = await bridge(mosquitto.port, kafka, version, '$share/group/+/attrs');
    const script = `for n in $(seq 0 299); do echo $n; done | mosquitto_pub -p ${mosquitto.port} -q 1 -t d/attrs -l`;
    expect((await new Program('bash', ['-c', script]).ended).code).toBe(0);
    await kafka.has(300);
    expect(kafka.values()).toEqual(numbers(300));
    expect(running.counts).toMatchObject({ received: 300, carried: 300, repeated: 0 });
  });

  it('a message that comes again on the next connection while it is in hand is carried once', async () => {
    const broker = await createBroker({ listeners: [{ protocol: 'mqtt' }] });
    cleanups.push(() => broker.close());
    const { port } = broker.listeners[0];
    const kafka = new KafkaDouble();
    kafka.isHolding = true;
    const { running, reports } = await bridge(port, kafka, version);
    const client = publisher(port);
    await publishAll(client, numbers(15));
    broker.engine.disconnect('bridge', 0x98);
    await reports.next('connected', 2);
    broker.engine.disconnect('bridge', 0x98);
    await reports.next('connected', 3);
    kafka.release();
    await publishAll(client, ['last']);
    await kafka.has(16);
    expect(kafka.values()).toEqual([...numbers(15), 'last']);
    expect(running.counts).toMatchObject({ carried: 16, repeated: 0 });
  });

  it('nothing that the broker acknowledged is lost when it is killed in the middle, and what is doubled is counted', async () => {
    const { folder, remove } = temporaryFolder();
    cleanups.push(remove);
    const port = await freePort();
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'max_queued_messages 0',
      'persistence true',
      `persistence_location ${folder}/`,
    ];
    writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    const start = async () => {
      const command = new Command(['broker', '-c', 'mosquitto.conf', '--json'], {}, folder);
      cleanups.push(() => command.kill());
      await command.event('listening');
      return command;
    };
    const first = await start();
    const kafka = new KafkaDouble();
    const { running, reports } = await bridge(port, kafka, version);
    const published = publishAll(publisher(port), numbers(2000));
    await kafka.has(300);
    await first.kill();
    await start();
    await published;
    await reports.next('connected', 2);
    await new Promise<void>((resolve) => {
      const check = () => {
        if (new Set(kafka.values()).size === 2000) resolve();
        else void kafka.has(kafka.records.length + 1).then(check);
      };
      check();
    });
    const doubled = kafka.records.length - 2000;
    // Of the bridge's, and of the publisher's own that the broker had but had not acknowledged.
    expect(doubled).toBeLessThanOrEqual(running.counts.repeated + 64);
  });
});

it('a bridge that ends finishes what is in hand, and the next one goes on where it was', async () => {
  const broker = await createBroker({ listeners: [{ protocol: 'mqtt' }] });
  cleanups.push(() => broker.close());
  const { port } = broker.listeners[0];
  const client = publisher(port);
  const first = new KafkaDouble();
  first.isHolding = true;
  const { running } = await bridge(port, first, 4);
  await publishAll(client, numbers(10));
  const closed = running.close();
  first.release();
  await closed;
  await publishAll(client, ['while it is away']);
  const second = new KafkaDouble();
  await bridge(port, second, 4);
  await second.has(1);
  expect([first.values(), second.values()]).toEqual([numbers(10), ['while it is away']]);
});

it('configurations come from Kafka to mosquitto_sub, and are confirmed when Mosquitto has them', async () => {
  const mosquitto = await RealMosquitto.start();
  cleanups.push(() => mosquitto.stop());
  const subscriber = new Program('mosquitto_sub', ['-p', String(mosquitto.port), '-t', 'admin:a1/config', '-q', '1']);
  cleanups.push(() => subscriber.stop());
  await mosquitto.line(/^Sending SUBACK to/);
  let handle: (record: IncomingRecord) => Promise<void> = () => Promise.resolve();
  const source: RecordSource = {
    isReady: true,
    start: async (handler) => {
      handle = handler;
    },
    close: async () => {},
  };
  const running = await startKafkaToMqtt({
    mqtt: { addresses: [{ host: '127.0.0.1', port: mosquitto.port }], clientId: 'k2v' },
    source,
    map: deviceConfigMapping(),
    event: () => {},
  });
  cleanups.push(() => running.close());
  const event = { event: 'configure', meta: { service: 'admin' }, data: { id: 'a1', attrs: { led: 'on' } } };
  await handle({ topic: 't', partition: 0, offset: 0n, value: Buffer.from(JSON.stringify(event)) });
  expect(running.counts.carried).toBe(1);
  expect(await subscriber.lines(1)).toEqual(['{"led":"on"}']);
});

it('nothing of a broker that cannot be reached ends a bridge: it says so, and tries again', async () => {
  const reports = new Reports();
  const running = startMqttToKafka({
    mqtt: { addresses: [{ host: '127.0.0.1', port: await freePort() }], clientId: 'b' },
    restart,
    filters: new Map([['a', 1]]),
    sink: new KafkaDouble(),
    map: messageToRecord({ topic: 't' }),
    event: reports.add,
  });
  cleanups.push(() => running.close());
  await reports.next('disconnected', 3);
  expect(reports.all[0]).toMatchObject({ reason: expect.stringContaining('ECONNREFUSED'), retryIn: 0.05 });
});
