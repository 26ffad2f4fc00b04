import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

const lasting = { protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 0xffffffff } } as const;
const short = { qos: 1, properties: { messageExpiryInterval: 1 } } as const;

describe('expired messages in a queue (3.3.2.3.3)', () => {
  const setUp = (limits: { queuedMessages?: number; queuedBytes?: number }) => {
    const world = new World({ limits });
    const client = world.connect(lasting);
    client.subscribe('a', { qos: 1 });
    client.drop();
    return world;
  };

  it.each([{ queuedMessages: 5 }, { queuedBytes: 10 }])('make room for a new one when %j is reached', (limits) => {
    const world = setUp(limits);
    for (let n = 0; n < 5; n++) world.engine.publish('a', 'x', short);
    world.now += 1000;
    world.engine.publish('a', 'y', { qos: 1 });
    expect(world.eventsOf('dropped').map(({ reason }) => reason)).toEqual(Array(5).fill('expired'));
    expect(world.connect(lasting).messages()).toEqual(['a=y']);
  });

  it('leave it when their time has come, though the client is away and the queue has room', () => {
    const world = setUp({});
    for (let n = 0; n < 3; n++) world.engine.publish('a', 'x', short);
    world.engine.publish('a', 'y', { ...short, properties: { messageExpiryInterval: 60 } });
    world.advance(1000);
    expect(world.eventsOf('dropped')).toHaveLength(3);
    world.advance(59_000);
    expect(world.eventsOf('dropped')).toHaveLength(4);
    expect(world.engine.nextDeadline(world.now)).toBeUndefined();
  });

  it('leave a gap in the packet ids, as in mosquitto', () => {
    const world = setUp({});
    world.engine.publish('a', 'x', short);
    world.engine.publish('a', 'y', { qos: 1 });
    world.advance(1000);
    expect(world.connect(lasting).next('publish')).toMatchObject({ packetId: 2 });
  });

  it('of a session that has ended are no longer looked for', () => {
    const world = setUp({});
    world.engine.publish('a', 'x', short);
    world.connect({ cleanStart: true }).disconnect();
    expect(world.engine.nextDeadline(world.now)).toBeUndefined();
  });
});
