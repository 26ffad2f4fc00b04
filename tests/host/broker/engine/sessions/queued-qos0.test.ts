import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../../../host/broker/engine/broker-limits.js';
import { openRules } from '../../../../../host/broker/index.js';
import { World } from '../../world.js';

const LASTING = { protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 100 } } as const;

/** A client that subscribed to everything and is away. */
function away(limits: Partial<Limits> = {}, queueQoS0 = true) {
  const world = new World({ limits });
  const listener = { name: 'l', rules: openRules, settings: { queueQoS0 } };
  const connect = () => world.connect(LASTING, { listener });
  const client = connect();
  client.subscribe('#', { qos: 1 });
  return { world, client, connect };
}

describe('messages of QoS 0 for a client that is away', () => {
  it('are dropped, as everywhere', () => {
    const { world, client, connect } = away({}, false);
    client.drop();
    world.engine.publish('a', '1');
    expect(connect().messages()).toEqual([]);
  });

  it('wait where the listener says so, and come in their order, before what comes then', () => {
    const { world, client, connect } = away();
    client.drop();
    for (const value of ['1', '2', '3']) world.engine.publish('a', value);
    const back = connect();
    world.engine.publish('a', '4');
    expect(back.messages()).toEqual(['a=1', 'a=2', 'a=3', 'a=4']);
  });

  it('wait with those that a slow connection has not taken', () => {
    const { world, client, connect } = away({ backlogBytes: 100 });
    world.backlog = 101;
    world.engine.publish('a', '1');
    client.drop();
    world.engine.publish('a', '2');
    world.backlog = 0;
    expect(connect().messages()).toEqual(['a=1', 'a=2']);
  });

  it('have the room that those of QoS 1 leave, and take none from them', () => {
    const { world, client, connect } = away({ queuedMessages: 3 });
    client.drop();
    world.engine.publish('one', '1', { qos: 1 });
    for (const value of ['1', '2', '3']) world.engine.publish('zero', value);
    for (const value of ['2', '3']) world.engine.publish('one', value, { qos: 1 });
    expect(world.eventsOf('dropped')).toMatchObject([{ topic: 'zero', reason: 'queue full' }]);
    expect(connect().messages()).toEqual(['zero=1', 'zero=2', 'one=1', 'one=2', 'one=3']);
  });

  it('find the room of those that have expired', () => {
    const { world, client, connect } = away({ queuedMessages: 1 });
    client.drop();
    world.engine.publish('a', '1', { qos: 1, properties: { messageExpiryInterval: 1 } });
    world.now += 1000;
    world.engine.publish('a', '2');
    expect(connect().messages()).toEqual(['a=2']);
  });

  it('end with the session', () => {
    const { world, client, connect } = away();
    client.drop();
    world.engine.publish('a', '1');
    world.advance(100_000);
    expect(connect().messages()).toEqual([]);
    expect(world.engine.inspection.totals().queuedMessages).toBe(0);
  });

  it('go to another member of a shared subscription, not into the queue of this one', () => {
    const { world, client, connect } = away();
    client.subscribe('$share/g/s');
    client.drop();
    const other = world.connect({ clientId: 'other' });
    other.subscribe('$share/g/s');
    world.engine.publish('s', '1');
    expect(other.messages()).toEqual(['s=1']);
    expect(connect().messages()).toEqual(['s=1']);
  });
});
