import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../../../host/broker/engine/broker-limits.js';
import { encodePacket, type PublishPacket } from '../../../../../host/core/index.js';
import { type TestClient, textOf, World } from '../../world.js';

const TOPIC = 'building/1/floor/2';

function connect(world: World, topicAliasMaximum: number | undefined, options: Parameters<World['connect']>[0] = {}) {
  const { properties, ...rest } = options;
  const client = world.connect({ protocolVersion: 5, properties: { topicAliasMaximum, ...properties }, ...rest });
  client.subscribe('#', { qos: 1 });
  return client;
}

/** The PUBLISH packets that came, as `topic alias payload`. */
const publishes = (client: TestClient) =>
  client.received
    .splice(0)
    .map((packet) => packet as PublishPacket)
    .map((packet) => `${packet.topic} ${packet.properties?.topicAlias} ${textOf(packet)}`);

describe('topic aliases that the broker sets', () => {
  it('take the place of a topic from its second message on (3.3.2.3.4)', () => {
    const world = new World();
    const client = connect(world, 10);
    for (const value of ['1', '2', '3']) world.engine.publish(TOPIC, value);
    expect(publishes(client)).toEqual([`${TOPIC} 1 1`, ' 1 2', ' 1 3']);
  });

  it('are the same for QoS 0 and 1, and for retained messages', () => {
    const world = new World();
    const client = connect(world, 10);
    world.engine.publish(TOPIC, '1', { qos: 1, retain: true });
    world.engine.publish(TOPIC, '2');
    client.send({ type: 'subscribe', packetId: 9, subscriptions: [{ topicFilter: TOPIC, qos: 0 }] });
    expect(client.received.splice(2, 1)).toMatchObject([{ type: 'suback' }]);
    expect(publishes(client)).toEqual([`${TOPIC} 1 1`, ' 1 2', ' 1 1']);
  });

  it.each([
    ['by default', undefined, {}],
    ['with a maximum of 0', 0, {}],
    ['where the broker sets none', 10, { outgoingTopicAliases: 0 }],
  ] as [string, number | undefined, Partial<Limits>][])('are none %s (MQTT-3.1.2-26, -27)', (_, maximum, limits) => {
    const world = new World({ limits });
    const client = connect(world, maximum);
    for (const value of ['1', '2']) world.engine.publish(TOPIC, value);
    expect(publishes(client)).toEqual([`${TOPIC} undefined 1`, `${TOPIC} undefined 2`]);
  });

  it.each([
    [2, {}],
    [100, { outgoingTopicAliases: 2 }],
  ] as [number, Partial<Limits>][])('are as many as the client and the broker take: %i, %j', (maximum, limits) => {
    const world = new World({ limits });
    const client = connect(world, maximum);
    for (const value of ['1', '2']) for (const n of [1, 2, 3]) world.engine.publish(`long/topic/${n}`, value);
    expect(publishes(client).slice(3)).toEqual([' 1 2', ' 2 2', 'long/topic/3 undefined 2']);
  });

  it('are not for topics that are as short as an alias', () => {
    const world = new World();
    const client = connect(world, 10);
    for (const value of ['1', '2']) world.engine.publish('a/b/c', value);
    expect(publishes(client)).toEqual(['a/b/c undefined 1', 'a/b/c undefined 2']);
  });

  it('make no message longer in the long run', () => {
    const world = new World();
    const [with_, without] = [connect(world, 10), connect(world, 0, { clientId: 'other' })];
    for (const value of ['1', '2']) world.engine.publish('123456', value);
    const bytes = (client: TestClient) =>
      client.received.splice(0).reduce((sum, packet) => sum + encodePacket(packet, 5).length, 0);
    expect(bytes(with_)).toBeLessThanOrEqual(bytes(without));
  });

  it('are not used up by what is retained', () => {
    const world = new World();
    for (let n = 0; n < 50; n++) world.engine.publish(`retained/${n}`, 'x', { retain: true });
    const client = connect(world, 3);
    client.received.length = 0;
    for (const value of ['1', '2']) world.engine.publish(TOPIC, value);
    expect(publishes(client)).toEqual([`${TOPIC} 1 1`, ' 1 2']);
  });

  it('end with the connection: what is sent again has its topic', () => {
    const world = new World();
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    const client = connect(world, 10, lasting);
    for (const value of ['1', '2']) world.engine.publish(TOPIC, value, { qos: 1 });
    expect(publishes(client)).toEqual([`${TOPIC} 1 1`, ' 1 2']);
    client.drop();
    const back = world.connect({ protocolVersion: 5, ...lasting });
    expect(publishes(back)).toEqual([`${TOPIC} undefined 1`, `${TOPIC} undefined 2`]);
  });

  it('are left out of a packet that they would make too large, and set by the next one (MQTT-3.1.2-24)', () => {
    const world = new World();
    const plain = encodePacket(
      { type: 'publish', topic: TOPIC, payload: Buffer.alloc(50), qos: 0, retain: false, dup: false },
      5,
    );
    const client = connect(world, 10, { properties: { maximumPacketSize: plain.length } });
    world.engine.publish(TOPIC, 'x'.repeat(50));
    world.engine.publish(TOPIC, 'x'.repeat(51));
    world.engine.publish(TOPIC, 'y');
    world.engine.publish(TOPIC, 'x'.repeat(51));
    expect(publishes(client)).toEqual([`${TOPIC} undefined ${'x'.repeat(50)}`, `${TOPIC} 1 y`, ` 1 ${'x'.repeat(51)}`]);
    expect(world.eventsOf('dropped')).toMatchObject([{ reason: 'too large' }]);
  });

  it('are of the topic as its client knows it, behind a mount point', () => {
    const world = new World();
    const settings = { mountPoint: 'site/' };
    const listener = { name: 'l', rules: {}, settings };
    const client = world.connect({ protocolVersion: 5, properties: { topicAliasMaximum: 5 } }, { listener });
    client.subscribe('#');
    for (const value of ['1', '2']) world.engine.publish(`site/${TOPIC}`, value);
    expect(publishes(client)).toEqual([`${TOPIC} 1 1`, ' 1 2']);
    for (const value of ['1', '2']) world.engine.publish('site/a', value);
    expect(publishes(client)).toEqual(['a undefined 1', 'a undefined 2']);
  });

  it('do not mix up the messages of clients that have others', () => {
    const world = new World();
    const one = connect(world, 10);
    world.engine.publish('only/for/one', '0');
    const two = connect(world, 10, { clientId: 'two' });
    const three = connect(world, undefined, { clientId: 'three' });
    for (const value of ['1', '2']) world.engine.publish(TOPIC, value, { qos: 1 });
    expect(publishes(one).slice(1)).toEqual([`${TOPIC} 2 1`, ' 2 2']);
    expect(publishes(two)).toEqual([`${TOPIC} 1 1`, ' 1 2']);
    expect(publishes(three)).toEqual([`${TOPIC} undefined 1`, `${TOPIC} undefined 2`]);
  });
});
