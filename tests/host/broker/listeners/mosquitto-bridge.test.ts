// needs: mosquitto, mosquitto_pub
import { afterEach, expect, it } from 'vitest';
import { type Broker, type BrokerEvent, createBroker } from '../../../../host/broker/index.js';
import { RealMosquitto } from '../real-mosquitto.js';
import { Program } from './programs.js';

let broker: Broker | undefined;
let mosquitto: RealMosquitto | undefined;

afterEach(async () => {
  await mosquitto?.stop();
  await broker?.close();
});

const publish = (port: number, topic: string, payload: string, ...more: string[]) =>
  new Program('mosquitto_pub', ['-p', `${port}`, '-t', topic, '-m', payload, '-q', '1', ...more]).ended;

it.each([
  ['mqttv31', 3],
  ['mqttv311', 4],
] as const)(
  'a bridge of Mosquitto with %s comes in at its first try, takes messages both ways and keeps RETAIN',
  async (version, protocolVersion) => {
    const events: BrokerEvent[] = [];
    const waiting: (() => void)[] = [];
    const log = (event: BrokerEvent) => {
      events.push(event);
      for (const check of waiting) check();
    };
    const seen = <T extends BrokerEvent['type']>(type: T, is: (event: Extract<BrokerEvent, { type: T }>) => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (events.some((event) => event.type === type && is(event as Extract<BrokerEvent, { type: T }>))) resolve();
        };
        waiting.push(check);
        check();
      });
    broker = await createBroker({ listeners: [{ protocol: 'mqtt' }], log });
    const { port } = broker.listeners[0] as { port: number };
    mosquitto = await RealMosquitto.start([
      'connection b',
      `address 127.0.0.1:${port}`,
      `bridge_protocol_version ${version}`,
      'remote_clientid bridge',
      'topic # both 1',
    ]);
    await seen('subscribed', ({ clientId }) => clientId === 'bridge');
    expect(events.filter(({ type }) => type === 'refused')).toEqual([]);
    expect(events.find(({ type }) => type === 'connected')).toMatchObject({ clientId: 'bridge', protocolVersion });

    // What the bridge sends does not come back: it would go round for ever.
    await publish(mosquitto.port, 'from/there', 'x');
    await seen('published', ({ topic, recipients }) => topic === 'from/there' && recipients === 0);
    // What was published with RETAIN here is retained there.
    await publish(port, 'from/here', 'kept', '-r');
    await mosquitto.line(/Received PUBLISH from .*r1, m\d+, 'from\/here'/);
  },
);
