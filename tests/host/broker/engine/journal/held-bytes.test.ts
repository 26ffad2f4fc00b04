import { describe, expect, it } from 'vitest';
import { text } from '../../world.js';
import { DurableWorld } from './durable-world.js';

const typesOf = (received: { type: string }[]) => received.map(({ type }) => type);

describe('what depends on the journal leaves after the commit', () => {
  it('CONNACK of a session that outlives its connection', () => {
    const world = new DurableWorld();
    const client = world.begin({ cleanStart: false });
    expect(client.received).toEqual([]);
    world.store.commit();
    expect(typesOf(client.received)).toEqual(['connack']);
  });

  it('CONNACK with a will, because the will is promised', () => {
    const world = new DurableWorld();
    const client = world.begin({ will: { topic: 'w', payload: text('x'), qos: 0, retain: false } });
    expect(client.received).toEqual([]);
    world.store.commit();
    expect(typesOf(client.received)).toEqual(['connack']);
  });

  it('SUBACK and UNSUBACK', () => {
    const world = new DurableWorld();
    const client = world.lasting();
    client.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 1 }] });
    client.send({ type: 'unsubscribe', packetId: 2, topicFilters: ['a'] });
    expect(client.received).toEqual([]);
    world.store.commit(1);
    expect(typesOf(client.received)).toEqual(['suback']);
    world.store.commit();
    expect(typesOf(client.received)).toEqual(['suback', 'unsuback']);
  });

  it('PUBACK for a message that a session keeps, and the PUBLISH to that session', () => {
    const world = new DurableWorld();
    const subscriber = world.subscriber('a', 1, 'subscriber');
    const publisher = world.connect({ clientId: 'publisher' });
    publisher.publish('a', 'x', { qos: 1 });
    expect([publisher.received, subscriber.received]).toEqual([[], []]);
    world.store.commit();
    expect([typesOf(publisher.received), subscriber.messages()]).toEqual([['puback'], ['a=x']]);
  });

  it('PUBACK for a retained message', () => {
    const world = new DurableWorld();
    const publisher = world.connect({ clientId: 'publisher' });
    publisher.publish('a', 'x', { qos: 1, retain: true });
    expect(publisher.received).toEqual([]);
    world.store.commit();
    expect(typesOf(publisher.received)).toEqual(['puback']);
  });

  it('PUBREC and PUBCOMP to a publisher whose session is kept', () => {
    const world = new DurableWorld();
    const publisher = world.lasting('publisher');
    publisher.publish('a', 'x', { qos: 2, packetId: 7 });
    expect(publisher.received).toEqual([]);
    world.store.commit();
    expect(publisher.next('pubrec').packetId).toBe(7);
    publisher.send({ type: 'pubrel', packetId: 7, reasonCode: 0 });
    expect(publisher.received).toEqual([]);
    world.store.commit();
    expect(publisher.next('pubcomp').packetId).toBe(7);
  });

  it('PUBREL to a subscriber: before it, the message could be sent again', () => {
    const world = new DurableWorld();
    const subscriber = world.subscriber('a', 2);
    world.engine.publish('a', 'x', { qos: 2 });
    world.store.commit();
    const { packetId } = subscriber.next('publish');
    subscriber.send({ type: 'pubrec', packetId: packetId!, reasonCode: 0 });
    expect(subscriber.received).toEqual([]);
    world.store.commit();
    expect(subscriber.next('pubrel').packetId).toBe(packetId);
  });

  it('a resent PUBLISH whose packet id was not durable when its first connection broke', () => {
    const world = new DurableWorld();
    const old = world.subscriber('a', 1);
    world.engine.publish('a', 'x', { qos: 1 });
    const back = world.begin({ cleanStart: false });
    expect([old.received, back.received]).toEqual([[], []]);
    world.store.commit();
    expect(typesOf(back.received)).toEqual(['connack', 'publish']);
  });

  it('what comes behind it on the same connection, in order', () => {
    const world = new DurableWorld();
    const subscriber = world.subscriber('a', 1);
    world.engine.publish('a', '1', { qos: 1 });
    world.engine.publish('a', '2');
    subscriber.send({ type: 'pingreq' });
    expect(subscriber.received).toEqual([]);
    world.store.commit();
    expect(typesOf(subscriber.received)).toEqual(['publish', 'publish', 'pingresp']);
  });

  it('and the end of the connection', () => {
    const world = new DurableWorld();
    const subscriber = world.subscriber('a', 1);
    world.engine.publish('a', '1', { qos: 1 });
    subscriber.disconnect();
    expect(subscriber.isClosed).toBe(false);
    world.store.commit();
    expect([subscriber.messages(), subscriber.isClosed]).toEqual([['a=1'], true]);
  });
});

describe('what depends on nothing leaves at once', () => {
  it('answers to clients without a lasting session, while others wait', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1, 'lasting');
    const passing = world.connect({ clientId: 'passing' });
    world.engine.publish('a', 'x', { qos: 1 });
    expect(world.store.pending).toBe(1);
    passing.publish('b', 'y', { qos: 1 });
    passing.publish('b', 'z', { qos: 2 });
    passing.send({ type: 'pingreq' });
    expect(typesOf(passing.received)).toEqual(['puback', 'pubrec', 'pingresp']);
  });

  it('a message to a passing session that goes to a lasting one too', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1, 'lasting');
    const passing = world.connect({ clientId: 'passing' });
    passing.subscribe('a', { qos: 1 });
    world.engine.publish('a', 'x', { qos: 1 });
    expect(passing.messages()).toEqual(['a=x']);
  });

  it('QoS 0 to a lasting session', () => {
    const world = new DurableWorld();
    const subscriber = world.subscriber('a', 1);
    world.engine.publish('a', 'x');
    expect([subscriber.messages(), world.store.pending]).toEqual([['a=x'], 0]);
  });

  it('everything, with a journal that is not waited for', async () => {
    const { MemoryStore } = await import('../../../../../host/broker/index.js');
    const world = new DurableWorld(new MemoryStore(undefined, false));
    const client = world.begin({ cleanStart: false });
    client.publish('a', 'x', { qos: 2 });
    expect(typesOf(client.received)).toEqual(['connack', 'pubrec']);
  });
});

describe('a connection that waits for the journal', () => {
  it('counts as slow with more waiting bytes than the limit, and goes on after the commit', () => {
    const world = new DurableWorld(undefined, { limits: { backlogBytes: 20 } });
    const subscriber = world.subscriber('a', 1);
    world.engine.publish('a', 'x'.repeat(30), { qos: 1 });
    world.engine.publish('a', 'second', { qos: 1 });
    world.store.commit();
    world.store.commit();
    expect(subscriber.messages()).toEqual([`a=${'x'.repeat(30)}`, 'a=second']);
  });

  it('may be lost meanwhile: nothing is sent to it', () => {
    const world = new DurableWorld();
    const subscriber = world.subscriber('a', 1);
    world.engine.publish('a', 'x', { qos: 1 });
    subscriber.drop();
    world.store.commit();
    expect(subscriber.received).toEqual([]);
  });

  it('ends alone when the transport throws for it', () => {
    const world = new DurableWorld();
    const [first, second] = [world.subscriber('a', 1, 'first'), world.subscriber('a', 1, 'second')];
    world.engine.publish('a', 'x', { qos: 1 });
    first.failing.add('send');
    world.store.commit();
    expect([first.isClosed, second.messages()]).toEqual([true, ['a=x']]);
    expect(world.eventsOf('failed')).not.toEqual([]);
  });
});

it('one call into the engine is one write, and whenStored waits for it', () => {
  const world = new DurableWorld();
  for (const name of ['1', '2', '3']) world.subscriber('a', 1, name);
  const publisher = world.connect({ clientId: 'publisher' });
  publisher.publish('a', 'x', { qos: 1, retain: true });
  expect(world.store.pending).toBe(1);
  let isStored = false;
  world.engine.whenStored(() => {
    isStored = true;
  });
  expect(isStored).toBe(false);
  world.store.commit();
  expect(isStored).toBe(true);
});
