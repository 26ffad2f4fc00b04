import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type BrokerOptions, createBroker, LmdbStore, refuse } from '../../../../host/broker/index.js';
import type { Packet } from '../../../../host/core/index.js';
import { SocketLink } from './broker-process.js';

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wasmqtt-broker-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function startBroker(directory: string, options: BrokerOptions = {}) {
  const store = new LmdbStore({ directory });
  const broker = await createBroker({ store, listeners: [{ protocol: 'mqtt', port: 0, name: 'inner' }], ...options });
  onTestFinished(() => broker.close());
  return broker;
}

/** Connects a lasting client, and calls it with each packet that comes until it has what it wants. */
async function talk(port: number, isEnough: (packet: Packet, link: SocketLink) => boolean): Promise<Packet[]> {
  const seen: Packet[] = [];
  await new Promise<void>((resolve) => {
    const link = new SocketLink(port, { clientId: 'client' }, () => {
      for (const packet of link.received.splice(0)) {
        seen.push(packet);
        if (!isEnough(packet, link)) continue;
        link.drop();
        resolve();
      }
    });
  });
  return seen;
}

/** Subscribes to "a" and waits for the acknowledgement. */
const subscribe = (port: number) =>
  talk(port, (packet, link) => {
    const subscriptions = [{ topicFilter: 'a', qos: 1 as const }];
    if (packet.type === 'connack') link.send({ type: 'subscribe', packetId: 1, subscriptions });
    return packet.type === 'suback';
  });

it('a broker with a store goes on where it ended, on its own timer and sockets', async () => {
  const directory = folder();
  const first = await startBroker(directory);
  await subscribe(first.listeners[0].port);
  first.publish('a', 'kept', { qos: 1 });
  await first.close();
  const second = await startBroker(directory);
  const seen = await talk(second.listeners[0].port, ({ type }) => type === 'publish');
  expect(seen).toMatchObject([
    { type: 'connack', sessionPresent: true },
    { type: 'publish', topic: 'a' },
  ]);
});

it('sessions are judged by the rules of the listener that they came in by, also before anybody connects', async () => {
  const directory = folder();
  const first = await startBroker(directory);
  await subscribe(first.listeners[0].port);
  await first.close();
  const seen: string[] = [];
  const rules = {
    receive: ({ clientId, listener }: { clientId: string; listener: { name: string } }) => {
      seen.push(`${clientId} at ${listener.name}`);
      return refuse('not here');
    },
  };
  const second = await startBroker(directory, { listeners: [{ protocol: 'mqtt', port: 0, name: 'inner', rules }] });
  second.publish('a', 'x', { qos: 1 });
  expect(seen).toEqual(['client at inner']);
});
