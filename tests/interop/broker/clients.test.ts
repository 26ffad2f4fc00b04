// needs: mosquitto_pub, mosquitto_sub, openssl, paho-mqtt
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../authority.js';
import { clients, type Where } from './clients.js';
import { ServedBroker, type Transport } from './served-broker.js';

let authority: Authority;
let broker: ServedBroker;

beforeAll(async () => {
  authority = new Authority().issue('server', { names: 'DNS:localhost,IP:127.0.0.1' });
  broker = await ServedBroker.start(authority);
});

afterAll(async () => {
  await broker?.stop();
  authority[Symbol.dispose]();
});

describe.each(['mqtt', 'mqtts', 'ws', 'wss'] as const satisfies Transport[])(
  'clients of others over %s',
  (transport) => {
    const able = clients.filter(({ transports }) => transports.includes(transport));

    it.each([4, 5] as const)('get each other’s messages of every QoS once, protocol version %i', async (version) => {
      const where: Where = { broker, transport, version, ca: authority.path('ca.pem') };
      const prefix = `${transport}/${version}`;
      const readers = await Promise.all(able.map((client) => client.subscribe(where, `${prefix}/#`)));
      try {
        const sent: string[] = [];
        for (const [index, writer] of able.entries()) {
          for (const qos of [0, 1, 2] as const) {
            await writer.publish(where, `${prefix}/${index}`, qos, `of ${writer.name}`);
            sent.push(`${prefix}/${index} ${qos} of ${writer.name}`);
          }
        }
        for (const reader of readers) expect((await reader.messages(sent.length)).sort()).toEqual([...sent].sort());
      } finally {
        await Promise.all(readers.map((reader) => reader.stop()));
      }
    });
  },
);

describe('wasmqtt broker --json', () => {
  it('first says where it listens', () => {
    const listeners = (['mqtt', 'mqtts', 'ws', 'wss'] as const).map((protocol) => ({
      protocol,
      host: '127.0.0.1',
      port: broker.port(protocol),
    }));
    expect(broker.command.events[0]).toEqual({ event: 'listening', listeners });
  });
});
