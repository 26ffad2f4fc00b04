import { describe, expect, it } from 'vitest';
import { World } from '../world.js';

const internal = { listener: { name: 'internal', rules: {}, isInternal: true } };

/** One connected client, one that is away with two messages waiting, one part of the program itself, two retained messages. */
function full(): World {
  const world = new World();
  const here = world.connect({ clientId: 'here', userName: 'u' }, { remote: 'a:1' });
  here.subscribe('a', { qos: 1 });
  here.subscribe('b/#');
  const away = world.connect({ clientId: 'away', cleanStart: false });
  away.subscribe('a', { qos: 1 });
  away.drop();
  world.connect({ clientId: 'own' }, internal).subscribe('#');
  for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
  for (const topic of ['kept', '$SYS/kept']) world.engine.publish(topic, 'x', { retain: true });
  return world;
}

describe('the inspection of an engine', () => {
  it("counts clients, sessions and what waits for them, without parts of the broker's own program", () => {
    expect(full().engine.inspection.totals()).toEqual({
      clients: 1,
      sessions: 2,
      subscriptions: 3,
      sharedSubscriptions: 0,
      retainedMessages: 2,
      retainedBytes: expect.any(Number),
      queuedMessages: 2,
      queuedBytes: expect.any(Number),
      inflightMessages: 2,
    });
    expect(full().engine.inspection.totals().queuedBytes).toBeGreaterThan(0);
  });

  it('lists the clients that are connected', () => {
    expect([...full().engine.inspection.clients()]).toEqual([
      { clientId: 'here', userName: 'u', remote: 'a:1', listener: 'default', protocolVersion: 4 },
    ]);
  });

  it('lists sessions, connected or not', () => {
    expect([...full().engine.inspection.sessions()]).toMatchObject([
      { clientId: 'here', isConnected: true, expiryInterval: 0, subscriptions: 2, inflightMessages: 2 },
      { clientId: 'away', isConnected: false, expiryInterval: undefined, queuedMessages: 2 },
    ]);
  });

  it('lists subscriptions, of all or of one client', () => {
    const { inspection } = full().engine;
    expect([...inspection.subscriptions()].map(({ clientId, topicFilter }) => `${clientId} ${topicFilter}`)).toEqual([
      'here a',
      'here b/#',
      'away a',
    ]);
    expect([...inspection.subscriptions('away')]).toEqual([{ clientId: 'away', topicFilter: 'a', qos: 1 }]);
  });

  it('lists all retained messages that have not expired', () => {
    const world = full();
    const properties = { messageExpiryInterval: 1 };
    world.engine.publish('short', 'x', { retain: true, properties });
    const topics = () => [...world.engine.inspection.retained()].map(({ topic }) => topic).sort();
    expect(topics()).toEqual(['$SYS/kept', 'kept', 'short']);
    world.advance(1000);
    world.engine.publish('other', 'x');
    expect(topics()).toEqual(['$SYS/kept', 'kept']);
  });
});
