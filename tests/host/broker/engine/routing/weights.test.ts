import { describe, expect, it } from 'vitest';
import { makeMessage } from '../../../../../host/broker/engine/message.js';
import { RetainedStore } from '../../../../../host/broker/engine/routing/retained-store.js';
import { SubscriptionTree } from '../../../../../host/broker/engine/routing/subscription-tree.js';
import type { Properties } from '../../../../../host/core/index.js';
import { World } from '../../world.js';

const lasting = { protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 0xffffffff } } as const;

/** Of one kind each, with 1,000 bytes of text. */
const PROPERTIES: [string, Properties][] = [
  ['user properties', { userProperty: [['x'.repeat(500), 'x'.repeat(500)]] }],
  ['many small user properties', { userProperty: Array.from({ length: 500 }, () => ['a', 'b'] as [string, string]) }],
  ['correlation data', { correlationData: new Uint8Array(1000) }],
  ['a response topic', { responseTopic: 'x'.repeat(1000) }],
  ['a content type', { contentType: 'x'.repeat(1000) }],
];

describe.each(PROPERTIES)('%s', (_, properties) => {
  it('count for the bytes that wait for one client', () => {
    const world = new World({ limits: { queuedBytes: 5000 } });
    const client = world.connect(lasting);
    client.subscribe('a', { qos: 1 });
    client.drop();
    for (let n = 0; n < 10; n++) world.engine.publish('a', 'x', { qos: 1, properties });
    const dropped = world.eventsOf('dropped');
    expect(dropped.length).toBeGreaterThan(5);
    expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(['queue full']));
  });

  it('count for the bytes of retained messages', () => {
    const world = new World({ limits: { retainedBytes: 5000 } });
    for (let n = 0; n < 10; n++) world.engine.publish(`a${n}`, 'x', { retain: true, properties });
    expect(world.engine.counts.retained).toBeLessThan(5);
  });
});

describe('the bytes that all clients have waiting', () => {
  const away = (world: World, clientId: string) => {
    const client = world.connect({ ...lasting, clientId });
    client.subscribe(`to/${clientId}`, { qos: 1 });
    client.subscribe('to/all', { qos: 1 });
    client.drop();
  };

  it('have a limit of their own; a message that many wait for counts once', () => {
    const world = new World({ limits: { heldBytes: 100_000 } });
    for (const clientId of ['a', 'b', 'c', 'd']) away(world, clientId);
    world.engine.publish('to/all', 'x'.repeat(80_000), { qos: 1 });
    expect(world.eventsOf('published')[0].recipients).toBe(4);
    world.engine.publish('to/a', 'x'.repeat(30_000), { qos: 1 });
    expect(world.eventsOf('dropped')).toMatchObject([{ clientId: 'a', reason: 'queue full' }]);
  });

  it('do not keep a client from a few small messages that has little waiting', () => {
    const world = new World({ limits: { heldBytes: 100_000 } });
    for (const clientId of ['greedy', 'modest']) away(world, clientId);
    for (let n = 0; n < 20; n++) world.engine.publish('to/greedy', 'x'.repeat(10_000), { qos: 1 });
    world.engine.publish('to/modest', 'x'.repeat(1000), { qos: 1 });
    expect(world.connect({ ...lasting, clientId: 'modest' }).messages()).toHaveLength(1);
  });

  it('are free again when messages were delivered, have expired or were forgotten with their session', () => {
    const world = new World({ limits: { heldBytes: 50_000 } });
    const fill = () => {
      const before = world.eventsOf('dropped').length;
      world.engine.publish('to/a', 'x'.repeat(40_000), { qos: 1, properties: { messageExpiryInterval: 10 } });
      expect(world.eventsOf('dropped')).toHaveLength(before);
    };
    away(world, 'a');
    fill();
    const client = world.connect({ ...lasting, clientId: 'a' });
    client.send({ type: 'puback', packetId: client.next('publish').packetId!, reasonCode: 0 });
    client.drop();
    fill();
    world.advance(11_000);
    world.events.length = 0;
    fill();
    world.connect({ protocolVersion: 5, clientId: 'a' }).disconnect();
    away(world, 'a');
    fill();
  });

  it('count messages that were sent and not acknowledged', () => {
    const world = new World({ limits: { heldBytes: 50_000 } });
    const client = world.connect({ ...lasting, clientId: 'a' });
    client.subscribe('to/a', { qos: 1 });
    for (let n = 0; n < 3; n++) world.engine.publish('to/a', 'x'.repeat(40_000), { qos: 1 });
    expect(client.messages()).toHaveLength(1);
    expect(world.eventsOf('dropped')).toHaveLength(2);
  });
});

describe('levels of topics take memory', () => {
  const deep = (n: number, levels: number) => `${n}/${'x/'.repeat(levels - 2)}x`;

  it('which counts for the bytes of retained messages: topics that share no level do not fit a million nodes', () => {
    const world = new World({ limits: { retainedBytes: 1_000_000 } });
    for (let n = 0; n < 100; n++) world.engine.publish(deep(n, 199), 'x', { retain: true });
    expect(world.engine.counts.retained).toBeLessThan(30);
  });

  it('which is free again when the messages are gone', () => {
    const message = (topic: string, payload: string) =>
      makeMessage({ payload: Buffer.from(payload), qos: 0, retain: true }, topic, 0);
    const store = new RetainedStore(100, 1_000_000);
    for (let n = 0; n < 20; n++) store.set(message(deep(n, 50), 'x'), 0);
    expect(store.bytes).toBeGreaterThan(20 * 49 * 100);
    for (let n = 0; n < 20; n++) store.set(message(deep(n, 50), ''), 0);
    expect(store.bytes).toBe(0);
    const tree = new SubscriptionTree<string, number>();
    for (const owner of ['one', 'two']) for (let n = 0; n < 20; n++) tree.set(deep(n, 50), owner, n);
    expect(tree.bytesOf('one')).toBe(tree.bytesOf('two'));
    for (const owner of ['one', 'two']) for (let n = 0; n < 20; n++) tree.delete(deep(n, 50), owner);
    expect([tree.bytes, tree.bytesOf('one'), tree.bytesOf('two')]).toEqual([0, 0, 0]);
  });

  it('which a session has a limit for, whatever the number of its filters; 0x97 says so', () => {
    const world = new World({ limits: { subscriptionBytesPerSession: 100_000 } });
    const client = world.connect({ protocolVersion: 5 });
    const subscriptions = Array.from({ length: 10 }, (_, n) => ({ topicFilter: deep(n, 150), qos: 0 as const }));
    client.send({ type: 'subscribe', packetId: 1, subscriptions });
    expect(client.next('suback').reasonCodes).toEqual([0, 0, 0, ...Array(7).fill(0x97)]);
    client.send({ type: 'unsubscribe', packetId: 2, topicFilters: [deep(0, 150)] });
    client.next('unsuback');
    expect(client.subscribe(deep(5, 150))).toEqual([0]);
  });

  it('which all sessions together have a limit for: levels that they share count once', () => {
    const world = new World({ limits: { subscriptionBytes: 100_000 } });
    const results = Array.from({ length: 10 }, (_, n) => {
      const client = world.connect({ protocolVersion: 5, clientId: `c${n}` });
      return [...client.subscribe(deep(n, 150)), ...client.subscribe(deep(0, 3))];
    });
    expect(results.map(([code]) => code)).toEqual([0, 0, 0, ...Array(7).fill(0x97)]);
  });
});

it('a retained message that is refused makes nobody look through the store', () => {
  const world = new World({ limits: { retainedMessages: 2000 } });
  const properties = { messageExpiryInterval: 1000 };
  for (let n = 0; n < 2000; n++) world.engine.publish(`a/${n}`, 'x', { retain: true, properties });
  expect(walksOf(() => world.engine.publish('one more', 'x', { retain: true }))).toBe(0);
  expect(world.eventsOf('dropped')).toMatchObject([{ topic: 'one more', reason: 'retained store full' }]);
  world.now += 1_000_000;
  world.engine.publish('one more', 'x', { retain: true });
  expect(world.eventsOf('dropped'), 'expired messages make room').toHaveLength(1);
});

/** How many maps are looked through while something runs: the children of each node of a tree are a map. */
function walksOf(work: () => void): number {
  const { values } = Map.prototype;
  let walks = 0;
  Map.prototype.values = function (this: Map<unknown, unknown>) {
    walks++;
    return values.call(this);
  } as never;
  try {
    work();
  } finally {
    Map.prototype.values = values;
  }
  return walks;
}
