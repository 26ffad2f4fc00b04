// needs: mosquitto_pub, mosquitto_sub
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker, startSysTopics, TrafficCounter } from '../../../../host/broker/index.js';
import { Program } from '../listeners/programs.js';

let broker: Broker;
afterEach(() => broker.close());

async function start(options: Parameters<typeof createBroker>[0] = {}): Promise<string[]> {
  broker = await createBroker({ listeners: [{ protocol: 'mqtt', port: 0 }], ...options });
  return ['-h', '127.0.0.1', '-p', String(broker.listeners[0].port)];
}

describe('local clients of a broker with sockets', () => {
  it('send to clients over the network, and receive from them', async () => {
    const where = await start();
    const client = await broker.local.connect();
    const got = new Promise<string>((resolve) => {
      void client.subscribe('to/local', { qos: 1 }, ({ payload }) => resolve(Buffer.from(payload).toString()));
    });
    const subscribed = new Promise((resolve) =>
      broker.on('subscribed', ({ clientId }) => clientId === 's' && resolve(0)),
    );
    const subscriber = new Program('mosquitto_sub', [...where, '-i', 's', '-t', 'to/network', '-q', '1', '-C', '1']);
    await subscribed;
    await client.publish('to/network', 'hello', { qos: 1 });
    expect((await subscriber.ended).stdout).toBe('hello\n');
    await new Program('mosquitto_pub', [...where, '-t', 'to/local', '-m', 'hi', '-q', '1']).ended;
    expect(await got).toBe('hi');
  });

  it('end with the broker', async () => {
    await start();
    const client = await broker.local.connect();
    await broker.close();
    expect(await client.closed).toBe('the server is shutting down');
  });

  it('publish $SYS topics from the start, until the broker ends', async () => {
    const traffic = new TrafficCounter();
    const where = await start({ taps: [traffic] });
    await startSysTopics({
      local: broker.local,
      traffic,
      state: broker.engine.inspection,
      version: '1.2.3',
      interval: 3600,
    });
    const topic = '$SYS/broker/version';
    const { stdout } = await new Program('mosquitto_sub', [...where, '-t', topic, '-C', '1', '-F', '%r %p']).ended;
    expect(stdout).toBe('1 wasmqtt version 1.2.3\n');
  });
});
