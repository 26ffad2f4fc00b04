import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../host/broker/index.js';
import type { QoS } from '../../host/core/index.js';
import { World } from '../host/broker/world.js';

const qualities = [0, 1, 2] as const;

describe.each([4, 5] as const)('SUBSCRIBE and UNSUBSCRIBE, protocol version %i', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 100 } : undefined;
  const lasting = { protocolVersion, cleanStart: false, properties };

  it('are answered with their packet id (MQTT-2.2.1-6, MQTT-3.8.4-1, -2, MQTT-3.10.4-4, -5)', () => {
    const client = new World().connect({ protocolVersion });
    for (const packetId of [1, 256, 65_535]) {
      client.send({ type: 'subscribe', packetId, subscriptions: [{ topicFilter: 'a', qos: 0 }] });
      expect(client.next('suback').packetId).toBe(packetId);
      client.send({ type: 'unsubscribe', packetId, topicFilters: ['a'] });
      expect(client.next('unsuback').packetId).toBe(packetId);
      client.send({ type: 'unsubscribe', packetId, topicFilters: ['a'] });
      expect(client.next('unsuback').packetId, 'nothing was deleted').toBe(packetId);
      expect(client.received).toEqual([]);
    }
  });

  it('with several filters act like several with one each, and get one answer in their order (MQTT-3.8.4-5, -6, MQTT-3.9.3-1)', () => {
    const world = new World({
      rules: { subscribe: (_, { topicFilter }) => (topicFilter === 'no' ? refuse('no') : ALLOW) },
    });
    const client = world.connect({ protocolVersion });
    const wanted: [string, QoS][] = [
      ['a', 2],
      ['no', 1],
      ['b/+', 0],
      ['c/#', 1],
    ];
    const subscriptions = wanted.map(([topicFilter, qos]) => ({ topicFilter, qos }));
    client.send({ type: 'subscribe', packetId: 7, subscriptions });
    expect(client.next('suback').reasonCodes).toEqual([2, protocolVersion === 5 ? 0x87 : 0x80, 0, 1]);
    for (const topic of ['a', 'no', 'b/x', 'c']) world.engine.publish(topic, 'x', { qos: 2 });
    expect(client.received).toMatchObject([
      { topic: 'a', qos: 2 },
      { topic: 'b/x', qos: 0 },
      { topic: 'c', qos: 1 },
    ]);
  });

  it('UNSUBSCRIBE with several filters ends each of them and gets one answer (MQTT-3.10.4-6, MQTT-3.11.3-1)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    for (const filter of ['a', 'b', 'c']) client.subscribe(filter);
    client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['a', 'x', 'c'] });
    const { reasonCodes } = client.next('unsuback');
    expect(reasonCodes).toEqual(protocolVersion === 5 ? [0, 0x11, 0] : []);
    for (const topic of ['a', 'b', 'c']) world.engine.publish(topic, '1');
    expect(client.messages()).toEqual(['b=1']);
  });

  it('a message sent before UNSUBSCRIBE is completed, and no new one is sent (MQTT-3.10.4-2, -3)', () => {
    const world = new World();
    const client = world.connect(lasting);
    client.subscribe('a', { qos: 2 });
    world.engine.publish('a', '1', { qos: 2 });
    const { packetId } = client.next('publish');
    client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['a'] });
    client.next('unsuback');
    world.engine.publish('a', '2', { qos: 2 });
    client.drop();
    const back = world.connect(lasting);
    expect(back.next('publish')).toMatchObject({ packetId, dup: true, qos: 2 });
    back.send({ type: 'pubrec', packetId: packetId!, reasonCode: 0 });
    expect(back.next('pubrel').packetId).toBe(packetId);
    back.send({ type: 'pubcomp', packetId: packetId!, reasonCode: 0 });
    expect(back.received).toEqual([]);
  });

  it.each(qualities.flatMap((published) => qualities.map((granted) => [published, granted] as const)))(
    'a message of QoS %i for a subscription of QoS %i comes with the lower one (MQTT-3.8.4-8)',
    (published, granted) => {
      const world = new World();
      const reader = world.connect({ protocolVersion, clientId: 'reader' });
      expect(reader.subscribe('a', { qos: granted })).toEqual([granted]);
      world.connect({ protocolVersion, clientId: 'writer' }).publish('a', 'x', { qos: published });
      expect(reader.next('publish').qos).toBe(Math.min(published, granted));
    },
  );

  it('a replaced subscription loses no waiting message and gets retained messages again (MQTT-3.8.4-4)', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 1 });
    for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
    world.engine.publish('a', 'kept', { retain: true });
    const { packetId } = client.next('publish');
    expect(client.messages()).toEqual(['a=kept']);
    expect(client.subscribe('a', { qos: 1 })).toEqual([1]);
    expect(client.messages()).toEqual(['a=kept']);
    client.send({ type: 'puback', packetId: packetId!, reasonCode: 0 });
    expect(client.messages()).toEqual(['a=2']);
  });

  it('filters and topics are compared byte for byte (MQTT-4.7.3-4, MQTT-3.10.4-1)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    const composed = 'caf\u00e9';
    const decomposed = 'cafe\u0301';
    for (const filter of [composed, 'Up', 'a//b', 'b/', '/c', '\ufeffd', 'e ']) client.subscribe(filter);
    for (const topic of [decomposed, 'up', 'UP', 'a/b', 'b', 'c', 'd', 'e', ' e ']) world.engine.publish(topic, 'x');
    expect(client.received).toEqual([]);
    for (const topic of [composed, 'a//b', 'b/', '/c', '\ufeffd', 'e ']) world.engine.publish(topic, 'x');
    expect(client.messages().length).toBe(6);
    client.send({ type: 'unsubscribe', packetId: 9, topicFilters: [decomposed, 'up', 'a/b'] });
    client.next('unsuback');
    expect(world.engine.counts.subscriptions).toBe(7);
  });

  it('a new subscription gets the last retained message of each matching topic (3.1.1: MQTT-3.3.1-6, -8)', () => {
    const world = new World();
    for (const topic of ['a/1', 'a/2', 'b/1']) world.engine.publish(topic, 'old', { retain: true });
    for (const topic of ['a/1', 'a/2', 'b/1']) world.engine.publish(topic, 'new', { retain: true });
    const client = world.connect({ protocolVersion });
    client.subscribe('a/+');
    expect(client.received.map((packet) => packet.type === 'publish' && packet.retain)).toEqual([true, true]);
    expect(client.messages().sort()).toEqual(['a/1=new', 'a/2=new']);
  });

  it('a retained message of QoS 0 takes the place of one of higher QoS (MQTT-3.3.1-5; 3.1.1: MQTT-3.3.1-7)', () => {
    const world = new World();
    const writer = world.connect({ protocolVersion, clientId: 'writer' });
    writer.publish('a', 'first', { retain: true, qos: 1 });
    writer.publish('a', 'second', { retain: true, qos: 0 });
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 2 });
    expect(client.next('publish')).toMatchObject({ qos: 0 });
    expect(client.received).toEqual([]);
  });

  it('retained messages stay when the session that left them ends (3.1.1: MQTT-3.1.2-7)', () => {
    const world = new World();
    const writer = world.connect({ protocolVersion, clientId: 'writer' });
    writer.publish('a', 'x', { retain: true });
    writer.disconnect();
    expect(world.engine.counts.sessions).toBe(0);
    const client = world.connect({ protocolVersion });
    client.subscribe('a');
    expect(client.messages()).toEqual(['a=x']);
  });
});

describe('SUBSCRIBE in MQTT 5', () => {
  it.each([
    ['a shared subscription', 'sharedSubscriptionAvailable', '$share/group/a', undefined, 0x9e],
    ['a wildcard', 'wildcardSubscriptionAvailable', 'a/+', undefined, 0xa2],
    ['a subscription identifier', 'subscriptionIdentifierAvailable', 'a', 7, 0xa1],
  ] as const)(
    'with %s where CONNACK says that there are none ends the connection, and leaves nothing behind (3.2.2.3.11 to .13)',
    (_, setting, topicFilter, identifier, reasonCode) => {
      const world = new World();
      const listener = { name: 'l', rules: {}, settings: { [setting]: false } };
      const client = world.connect({ protocolVersion: 5 }, { listener });
      expect(client.connack.properties?.[setting]).toBe(0);
      const properties = identifier === undefined ? undefined : { subscriptionIdentifier: [identifier] };
      const subscriptions = ['before', topicFilter].map((filter) => ({ topicFilter: filter, qos: 0 as const }));
      client.send({ type: 'subscribe', packetId: 1, subscriptions, properties });
      expect(client.next('disconnect').reasonCode).toBe(reasonCode);
      expect(client.isClosed).toBe(true);
      expect(world.engine.counts.subscriptions).toBe(0);
    },
  );

  it('several subscription identifiers come in a single PUBLISH (MQTT-3.3.4-4)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('a/#', { qos: 1 }, 1);
    client.subscribe('a/b', { qos: 0 }, 2);
    client.subscribe('a/b', { qos: 2 }, 3);
    world.engine.publish('a/b', 'x', { qos: 2 });
    const packet = client.next('publish');
    expect(packet).toMatchObject({ qos: 2 });
    expect(packet.properties?.subscriptionIdentifier?.sort()).toEqual([1, 3]);
    expect(client.received).toEqual([]);
  });

  it('SUBSCRIBE in 3.1.1 is refused with 0x80 and no other code (3.1.1: MQTT-3.9.3-2)', () => {
    const world = new World({
      limits: { topicLevels: 1 },
      rules: { subscribe: (_, { topicFilter }) => (topicFilter === 'no' ? refuse('no') : ALLOW) },
    });
    const client = world.connect({ protocolVersion: 4 });
    expect(['no', 'a/b', '$share/g/a'].map((filter) => client.subscribe(filter))).toEqual([[0x80], [0x80], [0x80]]);
  });
});
