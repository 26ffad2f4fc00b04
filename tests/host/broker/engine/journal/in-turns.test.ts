import { describe, expect, it } from 'vitest';
import { DurableWorld } from './durable-world.js';

/** So little that a message for several sessions takes more than one turn. */
const limits = { workPerTurn: 25 };
const NAMES = ['1', '2', '3', '4', '5'];

/** Lasting subscribers that are away, and a lasting publisher. */
function setUp() {
  const world = new DurableWorld(undefined, { limits });
  for (const name of NAMES) world.subscriber('a', 2, name).drop();
  world.store.commit();
  return { world, publisher: world.lasting('publisher') };
}

/** Does the work of one turn after the other until nothing is left, with a look after each. */
function turns(world: DurableWorld, look: () => void): void {
  for (let turn = 0; turn < 50 && world.engine.nextDeadline(world.now) === world.now; turn++) {
    world.engine.tick(world.now);
    look();
  }
}

const kindsOf = (world: DurableWorld) => [...world.store.load()].map(({ kind }) => kind);

describe('a message that goes to many', () => {
  it('with QoS 2 is durable for all of them and its packet id, or for nobody', () => {
    const { world, publisher } = setUp();
    publisher.publish('a', 'x', { qos: 2, packetId: 7 });
    const look = () => {
      world.store.commit(1);
      const kinds = kindsOf(world);
      const queued = kinds.filter((kind) => kind === 'queued').length;
      expect([0, NAMES.length]).toContain(queued);
      expect(kinds.filter((kind) => kind === 'inbound').length).toBe(queued > 0 ? 1 : 0);
    };
    look();
    turns(world, look);
    expect(publisher.next('pubrec').packetId).toBe(7);
    expect(kindsOf(world)).toContain('inbound');
  });

  it('with QoS 1 is acknowledged when the last of them is durable', () => {
    const { world, publisher } = setUp();
    publisher.publish('a', 'x', { qos: 1 });
    turns(world, () => expect(publisher.received).toEqual([]));
    expect(world.store.pending).toBeGreaterThan(1);
    world.store.commit(world.store.pending - 1);
    expect(publisher.received).toEqual([]);
    world.store.commit();
    expect(publisher.received.map(({ type }) => type)).toEqual(['puback']);
    expect(kindsOf(world).filter((kind) => kind === 'queued')).toHaveLength(NAMES.length);
  });

  it('with QoS 1, from a passing client, is acknowledged then too', () => {
    const { world } = setUp();
    const publisher = world.connect({ clientId: 'passing' });
    publisher.publish('a', 'x', { qos: 1 });
    turns(world, () => {});
    expect(publisher.received).toEqual([]);
    world.store.commit();
    expect(publisher.received.map(({ type }) => type)).toEqual(['puback']);
  });
});

describe('an UNSUBSCRIBE with many filters', () => {
  it('is answered when what the first turns removed is durable', () => {
    const world = new DurableWorld(undefined, { limits });
    const client = world.subscriber('a', 1, 'client');
    client.send({ type: 'unsubscribe', packetId: 7, topicFilters: ['a', ...NAMES, ...NAMES] });
    turns(world, () => {});
    expect(world.engine.counts.subscriptions).toBe(0);
    expect(client.received).toEqual([]);
    world.store.commit();
    expect(client.received.map(({ type }) => type)).toEqual(['unsuback']);
    expect(kindsOf(world)).not.toContain('subscription');
  });
});

describe('a message of QoS 2 behind one that takes many turns', () => {
  it('is acknowledged when it is durable, from a passing client too', () => {
    const { world } = setUp();
    const will = { topic: 'a', payload: new Uint8Array(1), qos: 1, retain: false } as const;
    const before = world.connect({ clientId: 'passing', will });
    before.drop();
    const publisher = world.connect({ clientId: 'passing' });
    publisher.publish('a', 'x', { qos: 2 });
    turns(world, () => {});
    expect(publisher.received).toEqual([]);
    world.store.commit();
    expect(publisher.received.map(({ type }) => type)).toEqual(['pubrec']);
  });
});

describe('what leaves the engine by itself leaves the journal', () => {
  it('a retained message that has expired', () => {
    const world = new DurableWorld();
    world.engine.publish('a', 'x', { retain: true, properties: { messageExpiryInterval: 5 } });
    world.advance(10_000);
    world.store.commit();
    expect(kindsOf(world)).toEqual([]);
  });

  it('a queued message that has expired', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1).drop();
    world.engine.publish('a', 'x', { qos: 1, properties: { messageExpiryInterval: 5 } });
    world.advance(10_000);
    world.store.commit();
    expect(kindsOf(world).sort()).toEqual(['session', 'subscription']);
  });

  it('the oldest idle session, when there is no room for another', () => {
    const world = new DurableWorld(undefined, { limits: { sessions: 1 } });
    world.subscriber('a', 1, 'old').drop();
    world.engine.publish('a', 'x', { qos: 1 });
    world.connect({ clientId: 'new' });
    expect(kindsOf(world)).toEqual([]);
  });

  it('a message that may not be sent any more', () => {
    let allow = true;
    const rules = {
      receive: () => (allow ? { allow } : { allow, reasonCode: 0x87, reason: 'no', effect: 'drop' }) as never,
    };
    const world = new DurableWorld(undefined, { rules });
    world.subscriber('a', 1).drop();
    world.engine.publish('a', 'x', { qos: 1 });
    allow = false;
    world.lasting();
    world.store.commit();
    expect(kindsOf(world).sort()).toEqual(['session', 'subscription']);
  });
});

describe('a message of a shared subscription', () => {
  it('is durable for the member that takes it over, and no longer for the one that left', () => {
    const world = new DurableWorld();
    const first = world.subscriber('$share/g/a', 1, 'first');
    world.subscriber('$share/g/a', 1, 'second').drop();
    world.engine.publish('a', 'x', { qos: 1 });
    world.store.commit();
    first.next('publish');
    world.connect({ clientId: 'first', cleanStart: true });
    const next = world.crash();
    const second = next.lasting('second');
    next.store.commit();
    expect(second.messages()).toEqual(['a=x']);
    expect(kindsOf(next).filter((kind) => kind === 'message')).toHaveLength(1);
  });

  it('that waits for a member that left is durable for another one only', () => {
    const world = new DurableWorld(undefined, { limits: { inflightMessages: 1 } });
    const first = world.subscriber('$share/g/a', 1, 'first');
    for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
    const second = world.subscriber('$share/g/a', 1, 'second');
    first.drop();
    world.store.commit();
    expect(second.messages()).toEqual(['a=2']);
    expect(kindsOf(world)).not.toContain('queued');
  });

  it('is still shared after a restart', () => {
    const world = new DurableWorld();
    for (const name of ['first', 'second']) world.subscriber('$share/g/a', 1, name).drop();
    const next = world.crash();
    for (const value of ['1', '2']) next.engine.publish('a', value, { qos: 1 });
    next.store.commit();
    const messages = ['first', 'second'].flatMap((name) => {
      const client = next.lasting(name);
      next.store.commit();
      return client.messages();
    });
    expect(messages.sort()).toEqual(['a=1', 'a=2']);
  });
});
