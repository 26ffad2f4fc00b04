import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { Child, done } from '../child.js';
import type { ServedBroker, Transport } from './served-broker.js';

export interface Where {
  broker: ServedBroker;
  transport: Transport;
  version: 4 | 5;
  /** CA file. */
  ca: string;
}

/** A subscriber: what it got, as `topic qos payload`. */
export interface Reader {
  /** Resolves with the first `count` messages. */
  messages(count: number): Promise<string[]>;
  stop(): Promise<unknown>;
}

export interface Client {
  name: string;
  transports: readonly Transport[];
  /** Resolves when the broker has granted the subscription, with QoS 2. */
  subscribe(where: Where, topicFilter: string): Promise<Reader>;
  /** Resolves when the exchange of the message is over. */
  publish(where: Where, topic: string, qos: 0 | 1 | 2, payload: string): Promise<unknown>;
}

/** Lines of a program that prints a message a line, after `skip` other lines. */
function reading(child: Child, skip = 0): Reader {
  const lines = () => child.lines('stdout').slice(skip);
  return {
    messages: (count) => child.until(`${count} messages`, () => (lines().length >= count ? lines() : undefined)),
    stop: () => child.kill(),
  };
}

const mosquittoOptions = ({ broker, transport, version, ca }: Where): string[] => [
  ...['-h', transport === 'mqtts' ? 'localhost' : '127.0.0.1', '-p', String(broker.port(transport))],
  ...['-V', version === 5 ? 'mqttv5' : 'mqttv311'],
  ...(transport === 'mqtts' ? ['--cafile', ca] : []),
];

const mosquitto: Client = {
  name: 'mosquitto_pub and mosquitto_sub',
  transports: ['mqtt', 'mqtts'],
  async subscribe(where, topicFilter) {
    const options = [...mosquittoOptions(where), '-t', topicFilter, '-q', '2', '-F', '%t %q %p', '-d'];
    const child = new Child('stdbuf', ['-oL', 'mosquitto_sub', ...options]);
    await child.until('the SUBACK', () => /received SUBACK/.exec(child.stdout)?.[0]);
    const lines = () => child.lines('stdout').filter((line) => /^\S+ [012] /.test(line));
    return {
      messages: (count) => child.until(`${count} messages`, () => (lines().length >= count ? lines() : undefined)),
      stop: () => child.kill(),
    };
  },
  publish: (where, topic, qos, payload) =>
    done('mosquitto_pub', [...mosquittoOptions(where), '-t', topic, '-q', String(qos), '-m', payload]),
};

function mqttJs({ broker, transport, version, ca }: Where): Promise<MqttClient> {
  return mqtt.connectAsync(broker.url(transport), {
    protocolVersion: version,
    reconnectPeriod: 0,
    ca: readFileSync(ca),
  });
}

const mqttJsClient: Client = {
  name: 'MQTT.js',
  transports: ['mqtt', 'mqtts', 'ws', 'wss'],
  async subscribe(where, topicFilter) {
    const client = await mqttJs(where);
    const received: string[] = [];
    let check = () => {};
    client.on('message', (topic, payload, { qos }) => {
      received.push(`${topic} ${qos} ${payload}`);
      check();
    });
    await client.subscribeAsync(topicFilter, { qos: 2 });
    return {
      messages: (count) =>
        new Promise((resolve) => {
          check = () => received.length >= count && resolve(received);
          check();
        }),
      stop: () => client.endAsync(true),
    };
  },
  async publish(where, topic, qos, payload) {
    const client = await mqttJs(where);
    await client.publishAsync(topic, payload, { qos });
    await client.endAsync();
  },
};

/** Debian's: only it has Debian's packages. */
const PYTHON = '/usr/bin/python3';
const PAHO = join(import.meta.dirname, 'paho-client.py');

const paho: Client = {
  name: 'paho',
  transports: ['mqtt', 'mqtts', 'ws', 'wss'],
  async subscribe({ broker, transport, version, ca }, topicFilter) {
    const child = new Child(PYTHON, [PAHO, 'subscribe', broker.url(transport), String(version), ca, topicFilter, '2']);
    await child.line('stdout', /^subscribed$/);
    return reading(child, 1);
  },
  publish: ({ broker, transport, version, ca }, topic, qos, payload) =>
    done(PYTHON, [PAHO, 'publish', broker.url(transport), String(version), ca, topic, String(qos), payload]),
};

export const clients: readonly Client[] = [mosquitto, mqttJsClient, paho];
