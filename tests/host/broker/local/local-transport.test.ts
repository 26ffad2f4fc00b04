// needs: mosquitto_sub
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker, MemoryStore } from '../../../../host/broker/index.js';
import { BrokerConnection } from '../../../../host/mqtt-client/broker-connection.js';
import type { CarriedMessage } from '../../../../host/mqtt-client/carried-message.js';
import type { ConnectionEvent } from '../../../../host/mqtt-client/reconnecting-client.js';
import { Program } from '../listeners/programs.js';
import { turns } from './local-rig.js';

let broker: Broker;
beforeEach(async () => {
  broker = await createBroker({ listeners: [{ protocol: 'mqtt', port: 0 }], limits: { inflightMessages: 1 } });
});
afterEach(() => broker.close());

/** A client of the core's session over a connection in this process, that keeps what it gets until it is told. */
function client(most?: { messages: number; bytes: number }) {
  const got: CarriedMessage[] = [];
  const done: (() => void)[] = [];
  const events: ConnectionEvent[] = [];
  const connection = new BrokerConnection({
    end: {
      addresses: [{ host: 'here', port: 0 }],
      dial: (dialled) => broker.local.dial(dialled),
      protocolVersion: 5,
      clientId: 'c',
      keepAlive: 0,
    },
    filters: new Map([['in/#', 1]]),
    most,
    event: (event) => events.push(event),
    message: (message) => {
      got.push(message);
      return new Promise((resolve) => done.push(resolve));
    },
  });
  connection.start();
  return { connection, got, done, events };
}

describe('a client of the core over a connection in the process of the broker', () => {
  it('is acknowledged by the broker, and acknowledges when a message is safe', async () => {
    const { connection, got, done, events } = client();
    await turns(8);
    expect(events.map(({ type }) => type)).toEqual(['connected', 'subscribed']);
    expect(events[0]).toMatchObject({ address: 'here', sessionPresent: false });
    const published = { topic: 'in/1', payload: Buffer.from('x'), qos: 1, retain: false } as const;
    broker.publish('in/0', 'w', { qos: 1 });
    expect(await connection.publish({ ...published, topic: 'out' })).toBeUndefined();
    await turns();
    expect(got.map(({ topic }) => topic)).toEqual(['in/0']);
    expect(broker.engine.inspection.pending('c')).toBe(1);
    done[0]();
    await turns();
    expect(broker.engine.inspection.pending('c')).toBe(0);
    await connection.close();
  });

  it('finds on its next connection what it did not acknowledge on the one before', async () => {
    const first = client();
    await turns(8);
    broker.publish('in/0', 'w', { qos: 1 });
    await turns();
    await first.connection.close();
    const second = client();
    await turns(8);
    expect(second.events[0]).toMatchObject({ type: 'connected', sessionPresent: true });
    expect(second.got.map(({ topic }) => topic)).toEqual(['in/0']);
    await second.connection.close();
  });

  it('leaves with the broker what it has no room for', async () => {
    const { connection, got, done } = client({ messages: 500, bytes: 100_000 });
    await turns(8);
    for (let n = 0; n < 400; n++) broker.publish('in/0', new Uint8Array(10_000), { qos: 1 });
    await turns(20);
    expect(got).toHaveLength(10);
    expect(broker.engine.inspection.pending('c')).toBe(400);
    while (done.length > 0) {
      for (const settle of done.splice(0)) settle();
      await turns();
    }
    expect(got).toHaveLength(400);
    expect(broker.engine.inspection.pending('c')).toBe(0);
    await connection.close();
  });

  it('goes on when the network is closed, whose clients are told, without their wills', async () => {
    const { connection, got, done, events } = client();
    const args = ['-p', `${broker.listeners[0].port}`, '-i', 'n', '-t', 'x'];
    const will = ['--will-topic', 'in/will', '--will-payload', 'gone'];
    const subscribed = new Promise((resolve) =>
      broker.on('subscribed', ({ clientId }) => clientId === 'n' && resolve(0)),
    );
    const subscriber = new Program('mosquitto_sub', [...args, '-V', '5', ...will]);
    await subscribed;
    await broker.closeNetwork();
    await subscriber.stop();
    await expect(broker.listen({ protocol: 'mqtt', port: 0 })).rejects.toMatchObject({ code: 'closed' });
    broker.publish('in/last', '', { qos: 1 });
    await turns();
    expect(got.map(({ topic }) => topic)).toEqual(['in/last']);
    done[0]();
    await broker.close();
    await turns();
    expect(events.at(-1)).toMatchObject({ type: 'disconnected', address: 'here' });
    await connection.close();
  });
});

describe('a session of the process', () => {
  it('outlives the broker in its store, and goes on in the next process', async () => {
    await broker.close();
    const store = new MemoryStore(undefined, false);
    broker = await createBroker({ store });
    const first = client();
    await turns(10);
    await first.connection.close();
    broker.publish('in/kept', 'x', { qos: 1 });
    store.commit();
    await broker.close();
    broker = await createBroker({ store: new MemoryStore(store.durable, false) });
    const second = client();
    await turns(10);
    expect(second.got.map(({ topic }) => topic)).toEqual(['in/kept']);
    await second.connection.close();
  });
});
