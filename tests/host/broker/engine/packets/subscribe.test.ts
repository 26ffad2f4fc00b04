import { describe, expect, it } from 'vitest';
import { ALLOW, type Rules, refuse } from '../../../../../host/broker/index.js';
import type { Subscription } from '../../../../../host/core/index.js';
import { World } from '../../world.js';

const filters = (...topicFilters: string[]): Subscription[] =>
  topicFilters.map((topicFilter) => ({ topicFilter, qos: 0 }));

describe.each([4, 5] as const)('a SUBSCRIBE, protocol version %i', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 100 } : undefined;
  const lasting = { protocolVersion, cleanStart: false, properties };

  it('of which one filter ends the connection takes no effect at all', () => {
    const rules: Rules = {
      subscribe: (_, { topicFilter }) => (topicFilter === 'no' ? refuse('no', 0x87, 'disconnect') : ALLOW),
    };
    const world = new World({ rules });
    world.engine.publish('one', 'kept', { retain: true });
    const client = world.connect(lasting);
    client.send({ type: 'subscribe', packetId: 1, subscriptions: filters('one', 'no', 'two') });
    expect(client.isClosed).toBe(true);
    expect(client.received.map(({ type }) => type)).toEqual(protocolVersion === 5 ? ['disconnect'] : []);
    expect(world.engine.counts.subscriptions).toBe(0);
    expect(world.eventsOf('subscribed')).toEqual([]);
    const back = world.connect(lasting);
    world.engine.publish('one', 'x');
    expect(back.received).toEqual([]);
  });

  it('replaces nothing when it ends the connection: what was granted before stays as it was', () => {
    const rules: Rules = { subscribe: (_, { qos }) => (qos === 2 ? refuse('no', 0x87, 'disconnect') : ALLOW) };
    const world = new World({ rules });
    const client = world.connect(lasting);
    client.subscribe('a', { qos: 1 });
    const subscriptions: Subscription[] = [...filters('a'), { topicFilter: 'b', qos: 2 }];
    client.send({ type: 'subscribe', packetId: 9, subscriptions });
    expect(client.isClosed).toBe(true);
    const back = world.connect(lasting);
    world.engine.publish('a', 'x', { qos: 1 });
    expect(back.next('publish').qos).toBe(1);
  });

  it('that has a filter several times sends its retained messages once, and the last entry counts (MQTT-3.8.4-3)', () => {
    const world = new World();
    for (const topic of ['a/1', 'a/2']) world.engine.publish(topic, 'kept', { retain: true, qos: 2 });
    const client = world.connect({ protocolVersion });
    const subscriptions = ([0, 2, 1] as const).map((qos) => ({ topicFilter: 'a/+', qos }));
    client.send({ type: 'subscribe', packetId: 1, subscriptions });
    expect(client.next('suback').reasonCodes).toEqual([0, 2, 1]);
    expect(client.received).toMatchObject(['a/1', 'a/2'].map((topic) => ({ topic, qos: 1 })));
    expect(client.received).toHaveLength(2);
    expect(world.engine.counts.subscriptions).toBe(1);
  });

  it('counts a filter that it repeats once against the limit', () => {
    const world = new World({ limits: { subscriptionsPerSession: 2 } });
    const client = world.connect({ protocolVersion });
    client.send({ type: 'subscribe', packetId: 1, subscriptions: filters('a', 'a', 'a', 'b', 'c', 'a') });
    const refused = protocolVersion === 5 ? 0x97 : 0x80;
    expect(client.next('suback').reasonCodes).toEqual([0, 0, 0, 0, refused, 0]);
    expect(world.engine.counts.subscriptions).toBe(2);
  });

  it('takes filters of 200 slashes, as PUBLISH takes topics of them, and refuses more', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    expect(client.subscribe('/'.repeat(200))).toEqual([0]);
    expect(client.subscribe('/'.repeat(201))).toEqual([protocolVersion === 5 ? 0x8f : 0x80]);
    client.publish('/'.repeat(200), 'x');
    expect(client.messages()).toEqual([`${'/'.repeat(200)}=x`]);
    client.publish('/'.repeat(201), 'x');
    expect(client.isClosed).toBe(true);
  });
});

describe('UNSUBSCRIBE', () => {
  it('with a filter that it has several times removes it once, and answers each the same (MQTT-3.11.3-1, -2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('a');
    client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['a', 'b', 'a', 'b'] });
    expect(client.next('unsuback').reasonCodes).toEqual([0, 0x11, 0, 0x11]);
    expect(world.eventsOf('unsubscribed')).toMatchObject([{ topicFilters: ['a', 'b'] }]);
    expect(world.engine.counts.subscriptions).toBe(0);
  });
});

describe('Retain Handling of a filter that a SUBSCRIBE has several times (3.8.3.1)', () => {
  it.each([
    ['sent for one entry that asks for it', [2, 0, 2], false, 1],
    ['not sent when none asks', [2, 2], false, 0],
    ['not sent when an entry before it was the new one', [2, 1, 1], false, 0],
    ['sent when the first entry is the new one', [1, 2], false, 1],
    ['not sent when the subscription is not new', [1, 1], true, 0],
  ] as const)('is as of one after the other: %s', (_, handlings, isOld, count) => {
    const world = new World();
    world.engine.publish('a', 'kept', { retain: true });
    const client = world.connect({ protocolVersion: 5 });
    if (isOld) client.subscribe('a', { retainHandling: 2 });
    const subscriptions = handlings.map((retainHandling) => ({ topicFilter: 'a', qos: 0 as const, retainHandling }));
    client.send({ type: 'subscribe', packetId: 9, subscriptions });
    client.next('suback');
    expect(client.received).toHaveLength(count);
  });
});
