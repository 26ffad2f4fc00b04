import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

const lasting = { protocolVersion: 4, cleanStart: false } as const;
const lastingV5 = (sessionExpiryInterval: number) =>
  ({ protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval } }) as const;

describe('when there are as many sessions as allowed', () => {
  it('a new client takes the place of the one that has been away for longest, and an event says so', () => {
    const world = new World({ limits: { sessions: 3 } });
    for (const clientId of ['a', 'b', 'c']) world.connect({ ...lasting, clientId }).disconnect();
    // "a" was here again: "b" is the oldest now.
    world.connect({ ...lasting, clientId: 'a' }).drop();
    expect(world.connect({ ...lasting, clientId: 'new' }).connack.reasonCode).toBe(0);
    expect(world.eventsOf('evicted')).toEqual([
      { type: 'evicted', clientId: 'b', reason: expect.stringContaining('3 sessions') },
    ]);
    expect(world.engine.counts.sessions).toBe(3);
    const present = ['a', 'c'].map((clientId) => world.connect({ ...lasting, clientId }).connack.sessionPresent);
    expect(present).toEqual([true, true]);
  });

  it('a client whose session is there takes nobody’s place', () => {
    const world = new World({ limits: { sessions: 2 } });
    for (const clientId of ['a', 'b']) world.connect({ ...lasting, clientId }).disconnect();
    expect(world.connect({ ...lasting, clientId: 'b' }).connack.sessionPresent).toBe(true);
    expect(world.eventsOf('evicted')).toEqual([]);
  });

  it('the one that goes leaves no subscriptions, and its will is published', () => {
    const world = new World({ limits: { sessions: 2 } });
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('will');
    const will = {
      topic: 'will',
      payload: new Uint8Array(0),
      qos: 0 as const,
      retain: false,
      properties: { willDelayInterval: 60 },
    };
    const away = world.connect({ ...lastingV5(100), clientId: 'away', will });
    away.subscribe('a');
    away.drop();
    expect(watcher.messages()).toEqual([]);
    world.connect({ clientId: 'new' });
    expect(watcher.messages()).toEqual(['will=']);
    expect(world.engine.counts).toMatchObject({ sessions: 2, subscriptions: 1 });
  });

  it('clients that never come back lock nobody out', () => {
    const world = new World({ limits: { sessions: 10 } });
    for (let n = 0; n < 100; n++) {
      const client = world.connect({ ...lasting, clientId: `gone-${n}` });
      expect(client.connack.reasonCode).toBe(0);
      client.drop();
    }
    expect(world.engine.counts.sessions).toBe(10);
  });
});

describe('a limit for the session expiry', () => {
  const limits = { sessionExpiryMaximum: 60_000 };

  it('is announced when it lowers what was asked for, and not otherwise (3.2.2.3.2)', () => {
    const world = new World({ limits });
    const answers = [0, 60, 61, 0xffffffff].map(
      (seconds) => world.connect(lastingV5(seconds)).connack.properties?.sessionExpiryInterval,
    );
    expect(answers).toEqual([undefined, undefined, 60, 60]);
  });

  it.each([
    ['4', lasting],
    ['5', lastingV5(0xffffffff)],
  ])('ends a session that would stay for ever, protocol version %s', (_, options) => {
    const world = new World({ limits });
    world.connect(options).drop();
    world.advance(59_999);
    expect(world.engine.counts.sessions).toBe(1);
    world.advance(1);
    expect(world.engine.counts.sessions).toBe(0);
  });

  it('holds for what DISCONNECT asks for too (3.14.2.2.2)', () => {
    const world = new World({ limits });
    const properties = { sessionExpiryInterval: 1000 };
    world.connect(lastingV5(10)).send({ type: 'disconnect', reasonCode: 0, properties });
    world.advance(59_999);
    expect(world.engine.counts.sessions).toBe(1);
    world.advance(1);
    expect(world.engine.counts.sessions).toBe(0);
  });
});
