import { describe, expect, it } from 'vitest';
import { ALLOW, type Rules, refuse } from '../../../../../host/broker/index.js';
import { textOf, World } from '../../world.js';

/** Rules that let everybody receive, until `allowed` says otherwise. */
function setUp(qos: 1 | 2) {
  const allowed = { receive: true };
  const rules: Rules = { receive: () => (allowed.receive ? ALLOW : refuse('not for you')) };
  const world = new World({ rules, limits: { backlogBytes: 100 } });
  const connect = () => world.connect({ cleanStart: false });
  const client = connect();
  client.subscribe('a', { qos });
  return { world, allowed, connect, client };
}

const dropped = [{ type: 'dropped', clientId: 'client', topic: 'a', reason: 'no longer authorised' }];

describe.each([1, 2] as const)('the rules are asked again before a message of QoS %i', (qos) => {
  it('is sent that was queued while the client was away, and lost its right', () => {
    const { world, allowed, connect, client } = setUp(qos);
    client.drop();
    world.engine.publish('a', 'secret', { qos });
    allowed.receive = false;
    const back = connect();
    expect(back.messages()).toEqual([]);
    expect(world.eventsOf('dropped')).toEqual(dropped);
    back.drop();
    allowed.receive = true;
    expect(connect().messages(), 'it is gone').toEqual([]);
  });

  it('is sent again to a client that lost its right', () => {
    const { world, allowed, connect, client } = setUp(qos);
    world.engine.publish('a', 'secret', { qos });
    expect(client.messages()).toEqual(['a=secret']);
    client.drop();
    allowed.receive = false;
    expect(connect().messages()).toEqual([]);
    expect(world.eventsOf('dropped')).toEqual(dropped);
  });

  it('is sent that waited while the client was slow and lost its right', () => {
    const { world, allowed, client } = setUp(qos);
    world.backlog = 101;
    world.engine.publish('a', 'x', { qos });
    allowed.receive = false;
    world.backlog = 0;
    world.engine.drained(client.id);
    expect(client.messages()).toEqual([]);
    expect(world.eventsOf('dropped')).toEqual(dropped);
  });

  it('and a message that is refused takes no room in the window', () => {
    const { world, allowed, connect, client } = setUp(qos);
    for (let n = 0; n < 20; n++) world.engine.publish('a', String(n), { qos });
    expect(client.messages()).toHaveLength(20);
    client.drop();
    allowed.receive = false;
    connect().drop();
    world.engine.publish('a', 'refused', { qos });
    allowed.receive = true;
    const back = connect();
    world.engine.publish('a', 'next', { qos });
    expect(back.messages()).toEqual(['a=next']);
  });
});

it('the rules are asked again before a message of QoS 0 is sent that waited', () => {
  const { world, allowed, client } = setUp(1);
  world.backlog = 101;
  world.engine.publish('a', 'x');
  allowed.receive = false;
  world.backlog = 0;
  world.engine.drained(client.id);
  expect(client.messages()).toEqual([]);
  expect(world.eventsOf('dropped')).toEqual(dropped);
});

it('a PUBREL is sent again whatever the rules say: it carries no message (4.3.3)', () => {
  const { world, allowed, connect, client } = setUp(2);
  world.engine.publish('a', 'x', { qos: 2 });
  const { packetId, ...packet } = client.next('publish');
  expect(textOf(packet)).toBe('x');
  client.send({ type: 'pubrec', packetId: packetId!, reasonCode: 0 });
  client.drop();
  allowed.receive = false;
  expect(connect().next('pubrel').packetId).toBe(packetId);
});
