import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

describe.each([4, 5] as const)('subscriptions, protocol version %i', (protocolVersion) => {
  it('with "+" and "#" receive the topics that match by 4.7.1', () => {
    const world = new World();
    const one = world.connect({ protocolVersion, clientId: 'one' });
    const all = world.connect({ protocolVersion, clientId: 'all' });
    one.subscribe('sport/+/score');
    all.subscribe('sport/#');
    for (const topic of ['sport', 'sport/tennis/score', 'sport/score', 'sport/a/b/score', 'sports']) {
      world.engine.publish(topic, 'x');
    }
    expect(one.messages()).toEqual(['sport/tennis/score=x']);
    expect(all.messages()).toEqual(['sport=x', 'sport/tennis/score=x', 'sport/score=x', 'sport/a/b/score=x']);
  });

  it('that begin with a wildcard do not receive topics that begin with "$" (MQTT-4.7.2-1)', () => {
    const world = new World();
    world.engine.publish('$SYS/load', 'kept', { retain: true });
    const client = world.connect({ protocolVersion });
    client.subscribe('#');
    client.subscribe('+/load');
    expect(client.received).toEqual([]);
    client.subscribe('$SYS/#');
    expect(client.messages()).toEqual(['$SYS/load=kept']);
    world.engine.publish('$SYS/load', 'live');
    expect(client.messages()).toEqual(['$SYS/load=live']);
  });

  it('that overlap deliver a message once, with the highest QoS (MQTT-3.3.4-2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a/#', { qos: 0 });
    client.subscribe('a/+', { qos: 1 });
    world.engine.publish('a/b', 'x', { qos: 2 });
    expect(client.next('publish').qos).toBe(1);
    expect(client.received).toEqual([]);
  });

  it('are replaced by a new SUBSCRIBE with the same filter (MQTT-3.8.4-3)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 1 });
    client.subscribe('a', { qos: 0 });
    world.engine.publish('a', 'x', { qos: 1 });
    expect(client.next('publish').qos).toBe(0);
    expect(client.received).toEqual([]);
  });

  it('end with an UNSUBSCRIBE of exactly the same filter (MQTT-3.10.4-1)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a/+');
    client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['a/#', 'a/+'] });
    expect(client.next('unsuback')).toMatchObject({
      packetId: 9,
      reasonCodes: protocolVersion === 5 ? [0x11, 0] : [],
    });
    world.engine.publish('a/b', 'x');
    expect(client.received).toEqual([]);
    expect(world.engine.counts.subscriptions).toBe(0);
  });

  it('beyond the limits are refused one by one, and the others granted', () => {
    const world = new World({ limits: { subscriptionsPerSession: 1, topicLevels: 3 } });
    const client = world.connect({ protocolVersion });
    const filters = ['a/b/c/d', 'a', '$share/g/a', 'b', 'a'];
    client.send({
      type: 'subscribe',
      packetId: 1,
      subscriptions: filters.map((topicFilter) => ({ topicFilter, qos: 1 })),
    });
    const { reasonCodes } = client.next('suback');
    expect(reasonCodes).toEqual(protocolVersion === 5 ? [0x8f, 1, 0x97, 0x97, 1] : [0x80, 1, 0x80, 0x80, 1]);
    expect(world.engine.counts.subscriptions).toBe(1);
  });

  it('are granted at most the maximum QoS of the broker', () => {
    const world = new World({ limits: { maximumQoS: 1 } });
    expect(world.connect({ protocolVersion }).subscribe('a', { qos: 2 })).toEqual([1]);
  });
});

describe('subscriptions in MQTT 5', () => {
  it('with No Local do not receive what their own client publishes (MQTT-3.8.3-3)', () => {
    const world = new World();
    const one = world.connect({ protocolVersion: 5, clientId: 'one' });
    const two = world.connect({ protocolVersion: 5, clientId: 'two' });
    one.subscribe('a', { noLocal: true });
    one.publish('a', 'mine');
    two.publish('a', 'yours');
    expect(one.messages()).toEqual(['a=yours']);
  });

  it('with No Local do not receive their own retained messages either', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.publish('mine', 'x', { retain: true });
    world.engine.publish('yours', 'x', { retain: true });
    client.subscribe('#', { noLocal: true });
    expect(client.messages()).toEqual(['yours=x']);
  });

  it('that overlap keep the RETAIN flag if one of them asks for it', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('a/#', { retainAsPublished: true });
    client.subscribe('a/+');
    client.subscribe('b/#');
    client.subscribe('b/+', { retainAsPublished: true });
    for (const topic of ['a/x', 'b/x']) world.engine.publish(topic, 'x', { retain: true });
    expect([client.next('publish').retain, client.next('publish').retain]).toEqual([true, true]);
  });

  it('return all their identifiers with the message (MQTT-3.3.4-3, -4)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('a/#', {}, 7);
    client.subscribe('a/b', {}, 300_000);
    client.subscribe('+/b');
    world.engine.publish('a/b', 'x');
    expect(client.next('publish').properties?.subscriptionIdentifier?.sort((a, b) => a - b)).toEqual([7, 300_000]);
    world.engine.publish('b/b', 'x');
    expect(client.next('publish').properties?.subscriptionIdentifier).toBeUndefined();
  });

  it('return their identifier with retained messages too', () => {
    const world = new World();
    world.engine.publish('a', 'x', { retain: true });
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('a', {}, 7);
    expect(client.next('publish').properties?.subscriptionIdentifier).toEqual([7]);
  });
});
