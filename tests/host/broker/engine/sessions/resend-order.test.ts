import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

const properties = { sessionExpiryInterval: 100 };
const lasting = { protocolVersion: 5, cleanStart: false, properties } as const;

/** A client that got `count` messages, acknowledged none and comes back over a network that is slow at once. */
function backOnSlowNetwork(qos: 1 | 2, count: number) {
  const world = new World({ limits: { backlogBytes: 100 } });
  const client = world.connect(lasting);
  client.subscribe('a', { qos });
  for (let n = 1; n <= count; n++) world.engine.publish('a', `old ${n}`, { qos });
  expect(client.messages()).toHaveLength(count);
  client.drop();
  world.backlog = 101;
  const back = world.connect(lasting);
  expect(back.received, 'nothing goes to a slow network').toEqual([]);
  return { world, back };
}

describe.each([1, 2] as const)('messages of QoS %i that a new connection has not sent again yet', (qos) => {
  it('are sent before a new one, which must not overtake them (MQTT-4.6.0-1)', () => {
    const { world, back } = backOnSlowNetwork(qos, 6);
    world.backlog = 0;
    world.engine.publish('a', 'new', { qos });
    world.engine.drained(back.id);
    expect(back.messages()).toEqual(['a=old 1', 'a=old 2', 'a=old 3', 'a=old 4', 'a=old 5', 'a=old 6', 'a=new']);
  });

  it('are sent before one that was queued while the client was away', () => {
    const { world, back } = backOnSlowNetwork(qos, 2);
    world.engine.publish('a', 'queued', { qos });
    world.backlog = 0;
    world.engine.publish('a', 'new', { qos });
    world.engine.drained(back.id);
    expect(back.messages()).toEqual(['a=old 1', 'a=old 2', 'a=queued', 'a=new']);
  });
});

describe('the receive maximum of the broker after a reconnect (4.9)', () => {
  const setUp = () => {
    const world = new World({ limits: { receiveMaximum: 2 } });
    const before = world.connect(lasting);
    for (const packetId of [1, 2]) before.publish('a', 'x', { qos: 2, packetId });
    before.drop();
    return world.connect(lasting);
  };

  it('counts what comes on the new connection: new messages may come before the old PUBRELs', () => {
    const client = setUp();
    for (const packetId of [3, 4]) client.publish('a', 'x', { qos: 2, packetId });
    expect(client.received.map(({ type }) => type)).toEqual(['pubrec', 'pubrec']);
    for (const packetId of [1, 2]) client.send({ type: 'pubrel', packetId, reasonCode: 0 });
    expect(client.received.slice(2)).toMatchObject([
      { type: 'pubcomp', packetId: 1, reasonCode: 0 },
      { type: 'pubcomp', packetId: 2, reasonCode: 0 },
    ]);
  });

  it('counts messages that come again, too', () => {
    const client = setUp();
    for (const packetId of [1, 2]) client.publish('a', 'x', { qos: 2, packetId, dup: true });
    client.publish('a', 'x', { qos: 2, packetId: 3 });
    expect(client.received.map(({ type }) => type)).toEqual(['pubrec', 'pubrec', 'disconnect']);
    expect(client.received[2]).toMatchObject({ reasonCode: 0x93 });
  });

  it('is not raised by the PUBREL of a message of the old connection', () => {
    const client = setUp();
    client.send({ type: 'pubrel', packetId: 1, reasonCode: 0 });
    for (const packetId of [3, 4, 5]) client.publish('a', 'x', { qos: 2, packetId });
    expect(client.received.map(({ type }) => type)).toEqual(['pubcomp', 'pubrec', 'pubrec', 'disconnect']);
  });
});
