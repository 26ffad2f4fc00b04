import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

describe('a client that does not take its bytes', () => {
  const limits = { backlogBytes: 100, queuedMessages: 2 };

  it('gets nothing more: a few messages wait, the rest are dropped', () => {
    const world = new World({ limits });
    const client = world.connect();
    client.subscribe('#', { qos: 1 });
    world.backlog = 101;
    for (const value of ['1', '2', '3']) {
      world.engine.publish('zero', value);
      world.engine.publish('one', value, { qos: 1 });
    }
    expect(client.received).toEqual([]);
    expect(world.eventsOf('dropped').map(({ topic, reason }) => `${topic}: ${reason}`)).toEqual([
      'zero: queue full',
      'one: queue full',
    ]);
    world.backlog = 0;
    world.engine.drained(client.id);
    expect(client.messages()).toEqual(['zero=1', 'zero=2', 'one=1', 'one=2']);
  });

  it('keeps the order of QoS 1 when it has caught up', () => {
    const world = new World({ limits });
    const client = world.connect();
    client.subscribe('#', { qos: 1 });
    world.backlog = 101;
    world.engine.publish('a', '1', { qos: 1 });
    world.backlog = 0;
    world.engine.publish('a', '2', { qos: 1 });
    world.engine.drained(client.id);
    expect(client.messages()).toEqual(['a=1', 'a=2']);
  });

  it('keeps the order of QoS 0 when it has caught up', () => {
    const world = new World({ limits });
    const client = world.connect();
    client.subscribe('#');
    world.backlog = 101;
    world.engine.publish('a', '1');
    world.backlog = 0;
    world.engine.publish('a', '2');
    world.engine.drained(client.id);
    world.engine.publish('a', '3');
    expect(client.messages()).toEqual(['a=1', 'a=2', 'a=3']);
  });

  it('gets the QoS 1 messages, not the QoS 0 ones, when it reconnects', () => {
    const world = new World({ limits });
    const client = world.connect({ cleanStart: false });
    client.subscribe('#', { qos: 1 });
    world.backlog = 101;
    world.engine.publish('zero', '1');
    world.engine.publish('one', '1', { qos: 1 });
    client.drop();
    world.backlog = 0;
    expect(world.connect({ cleanStart: false }).messages()).toEqual(['one=1']);
  });
});
