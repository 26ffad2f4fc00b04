import { describe, expect, it } from 'vitest';
import { ALLOW, type Rules, refuse } from '../../../../../host/broker/index.js';
import { textOf, World } from '../../world.js';

/** Rules that let the user in `allowed` receive, and nobody else; it may change. */
function setUp(qos: 1 | 2) {
  const allowed = new Set(['first']);
  const rules: Rules = {
    receive: ({ userName }) => (userName !== undefined && allowed.has(userName) ? ALLOW : refuse('not for you')),
  };
  const world = new World({ rules, limits: { backlogBytes: 100 } });
  const connect = (userName: string) => world.connect({ cleanStart: false, userName });
  const client = connect('first');
  client.subscribe('a', { qos });
  return { world, allowed, connect, client };
}

const dropped = [{ type: 'dropped', clientId: 'client', topic: 'a', reason: 'no longer authorised' }];

describe.each([1, 2] as const)('the rules are asked again before a message of QoS %i', (qos) => {
  it('is sent that was queued, when the client has lost its right while it was away', () => {
    const { world, allowed, connect, client } = setUp(qos);
    client.drop();
    world.engine.publish('a', 'secret', { qos });
    allowed.clear();
    expect(connect('first').messages()).toEqual([]);
    expect(world.eventsOf('dropped')).toEqual(dropped);
    allowed.add('first');
    expect(connect('first').messages(), 'it is gone').toEqual([]);
  });

  it('is sent again', () => {
    const { world, allowed, connect, client } = setUp(qos);
    world.engine.publish('a', 'secret', { qos });
    expect(client.messages()).toEqual(['a=secret']);
    client.drop();
    allowed.clear();
    expect(connect('first').messages()).toEqual([]);
    expect(world.eventsOf('dropped')).toEqual(dropped);
  });

  it('that was queued or sent for one user reaches no other user of the client id (5.4.2)', () => {
    const { world, allowed, connect, client } = setUp(qos);
    world.engine.publish('a', 'sent', { qos });
    expect(client.messages()).toEqual(['a=sent']);
    client.drop();
    world.engine.publish('a', 'queued', { qos });
    allowed.add('second');
    const other = connect('second');
    expect([other.connack.sessionPresent, other.messages()]).toEqual([false, []]);
  });

  it('is sent that waited while the client was slow and lost its right', () => {
    const { world, allowed, client } = setUp(qos);
    world.backlog = 101;
    world.engine.publish('a', 'x', { qos });
    allowed.clear();
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
    allowed.clear();
    const back = connect('first');
    expect(back.messages()).toEqual([]);
    allowed.add('first');
    world.engine.publish('a', 'next', { qos });
    expect(back.messages()).toEqual(['a=next']);
  });
});

it('the rules are asked again before a message of QoS 0 is sent that waited', () => {
  const { world, allowed, client } = setUp(1);
  world.backlog = 101;
  world.engine.publish('a', 'x');
  allowed.clear();
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
  allowed.clear();
  expect(connect('first').next('pubrel').packetId).toBe(packetId);
});
