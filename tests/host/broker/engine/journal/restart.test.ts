import { describe, expect, it } from 'vitest';
import { refuse } from '../../../../../host/broker/index.js';
import { DurableWorld } from './durable-world.js';

const five = (sessionExpiryInterval: number) => ({
  protocolVersion: 5 as const,
  cleanStart: false,
  properties: { sessionExpiryInterval },
});

describe('after a restart', () => {
  it('sessions are present, with their subscriptions', () => {
    const world = new DurableWorld();
    world.subscriber('a/+', 1);
    const next = world.crash();
    expect(next.engine.counts).toMatchObject({ connections: 0, sessions: 1, subscriptions: 1 });
    next.engine.publish('a/b', 'x', { qos: 1 });
    const client = next.lasting();
    next.store.commit();
    expect(client.connack.sessionPresent).toBe(true);
    expect(client.messages()).toEqual(['a/b=x']);
  });

  it('a subscription has its options and its identifier', () => {
    const world = new DurableWorld();
    const client = world.lasting('client', { protocolVersion: 5 });
    client.send({
      type: 'subscribe',
      packetId: 1,
      subscriptions: [{ topicFilter: 'a', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 }],
      properties: { subscriptionIdentifier: [268_435_455] },
    });
    world.store.commit();
    const next = world.crash();
    next.engine.publish('a', 'x', { qos: 1, retain: true });
    const back = next.lasting('client', { protocolVersion: 5 });
    next.store.commit();
    expect(back.next('publish')).toMatchObject({ retain: true, properties: { subscriptionIdentifier: [268_435_455] } });
    back.publish('a', 'own', { qos: 1 });
    next.store.commit();
    expect(back.received.map(({ type }) => type)).toEqual(['puback']);
  });

  it('what was unsubscribed stays so', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1).send({ type: 'unsubscribe', packetId: 2, topicFilters: ['a'] });
    world.store.commit();
    expect(world.crash().engine.counts.subscriptions).toBe(0);
  });

  it('queued messages are there in order, each once for all sessions', () => {
    const world = new DurableWorld();
    for (const name of ['one', 'two']) world.subscriber('a', 1, name).drop();
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 1 });
    world.store.commit();
    expect([...world.store.load()].filter(({ kind }) => kind === 'message')).toHaveLength(3);
    const next = world.crash();
    for (const name of ['one', 'two']) {
      const client = next.lasting(name);
      next.store.commit();
      expect(client.messages()).toEqual(['a=1', 'a=2', 'a=3']);
    }
  });

  it('messages have the properties of their publisher', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1, 'client', { protocolVersion: 5 }).drop();
    const properties = {
      payloadFormatIndicator: 1,
      contentType: 'text/plain',
      responseTopic: 'answer',
      correlationData: Buffer.from([0, 255]),
      userProperty: [
        ['a', '1'],
        ['a', ''],
      ] as [string, string][],
    };
    world.engine.publish('a', '', { qos: 1, properties });
    world.store.commit();
    const next = world.crash();
    const back = next.lasting('client', { protocolVersion: 5 });
    next.store.commit();
    expect(back.next('publish')).toMatchObject({ topic: 'a', qos: 1, properties });
  });

  it('unacknowledged messages come again with their packet ids and DUP, before queued ones (4.4.0-1)', () => {
    const world = new DurableWorld(undefined, { limits: { inflightMessages: 2 } });
    const client = world.subscriber('a', 1);
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 1 });
    world.store.commit();
    const [first, second] = [client.next('publish'), client.next('publish')];
    const next = world.crash(0, { limits: { inflightMessages: 2 } });
    const back = next.lasting();
    expect(back.next('publish')).toMatchObject({ packetId: first.packetId, dup: true });
    expect(back.next('publish')).toMatchObject({ packetId: second.packetId, dup: true });
    back.send({ type: 'puback', packetId: first.packetId!, reasonCode: 0 });
    next.store.commit();
    expect(back.messages()).toEqual(['a=3']);
  });

  it('an acknowledged message does not come again, and leaves nothing behind', () => {
    const world = new DurableWorld();
    const client = world.subscriber('a', 1);
    world.engine.publish('a', '1', { qos: 1 });
    world.store.commit();
    client.send({ type: 'puback', packetId: client.next('publish').packetId!, reasonCode: 0 });
    world.store.commit();
    expect([...world.store.load()].map(({ kind }) => kind).sort()).toEqual(['session', 'subscription']);
    expect(world.crash().lasting().received).toEqual([]);
  });

  it('after PUBREC only PUBREL comes again, in the order of the PUBRECs (4.6.0-4)', () => {
    const world = new DurableWorld();
    const client = world.subscriber('a', 2);
    for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 2 });
    world.store.commit();
    const ids = [client.next('publish').packetId!, client.next('publish').packetId!].reverse();
    for (const packetId of ids) client.send({ type: 'pubrec', packetId, reasonCode: 0 });
    world.store.commit();
    const back = world.crash().lasting();
    expect(back.received).toEqual(ids.map((packetId) => expect.objectContaining({ type: 'pubrel', packetId })));
  });

  it('a QoS 2 message that was received before is not passed on twice (4.3.3-10)', () => {
    const world = new DurableWorld();
    world.subscriber('a', 2, 'subscriber').drop();
    world.lasting('publisher').publish('a', 'x', { qos: 2, packetId: 9 });
    world.store.commit();
    const next = world.crash();
    const publisher = next.lasting('publisher');
    publisher.publish('a', 'x', { qos: 2, packetId: 9, dup: true });
    next.store.commit();
    expect(publisher.next('pubrec').packetId).toBe(9);
    const subscriber = next.lasting('subscriber');
    next.store.commit();
    expect(subscriber.messages()).toEqual(['a=x']);
  });

  it('a QoS 2 packet id is free again after PUBREL', () => {
    const world = new DurableWorld();
    world.subscriber('a', 2, 'subscriber').drop();
    const old = world.lasting('publisher');
    old.publish('a', '1', { qos: 2, packetId: 9 });
    old.send({ type: 'pubrel', packetId: 9, reasonCode: 0 });
    world.store.commit();
    const next = world.crash();
    next.lasting('publisher').publish('a', '2', { qos: 2, packetId: 9 });
    next.store.commit();
    const subscriber = next.lasting('subscriber');
    next.store.commit();
    expect(subscriber.messages()).toEqual(['a=1', 'a=2']);
  });

  it('retained messages are there, and removed ones are not', () => {
    const world = new DurableWorld();
    for (const topic of ['a', 'b']) world.engine.publish(topic, 'x', { retain: true });
    world.engine.publish('a', '', { retain: true });
    world.store.commit();
    const next = world.crash();
    const client = next.connect();
    client.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: '#', qos: 0 }] });
    client.next('suback');
    expect(client.messages()).toEqual(['b=x']);
  });

  it('a session that was replaced by a clean start is gone with all it had', () => {
    const world = new DurableWorld();
    const old = world.subscriber('a', 2);
    world.engine.publish('a', 'x', { qos: 2 });
    old.publish('b', 'y', { qos: 2, packetId: 3 });
    world.store.commit();
    world.connect({ clientId: 'client', cleanStart: true });
    expect([...world.store.load()]).toEqual([]);
    expect(world.crash().engine.counts.sessions).toBe(0);
  });

  it('a lasting session that comes back for one connection only is kept no longer', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1, 'client', { protocolVersion: 5 }).drop();
    world.connect({ ...five(0), clientId: 'client' });
    expect([...world.store.load()]).toEqual([]);
  });

  it('the rules see the client as it was, by the rules of its listener', () => {
    const world = new DurableWorld();
    const seen: unknown[] = [];
    const listener = {
      name: 'inner',
      rules: {
        receive: (client: { userName?: string; listener: { name: string } }) => {
          seen.push([client.userName, client.listener.name]);
          return refuse('not here');
        },
      },
    };
    const client = world.open(4, { listener });
    client.send({
      type: 'connect',
      protocolVersion: 4,
      cleanStart: false,
      keepAlive: 0,
      clientId: 'client',
      userName: 'ada',
    });
    client.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 1 }] });
    world.store.commit();
    const again = new DurableWorld();
    again.engine.restore(world.store.load(), (name) => (name === 'inner' ? listener : undefined));
    again.engine.publish('a', 'x', { qos: 1 });
    expect(seen).toEqual([['ada', 'inner']]);
  });
});

describe('restore', () => {
  it('is refused without a journal and after the first connection', () => {
    const world = new DurableWorld();
    world.open();
    expect(() => world.engine.restore([])).toThrow('before it');
  });

  it('deletes what nothing refers to, and what has lost its session', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1).drop();
    world.engine.publish('a', 'x', { qos: 1 });
    world.store.commit();
    const left = [...world.store.load()].filter(({ kind }) => kind !== 'session');
    expect(left.map(({ kind }) => kind).sort()).toEqual(['message', 'queued', 'subscription']);
    const next = new DurableWorld();
    next.store.write(left);
    next.engine.restore(left);
    next.store.commit();
    expect([...next.store.load()]).toEqual([]);
  });

  it('refuses a delivery whose message is missing', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1).drop();
    world.engine.publish('a', 'x', { qos: 1 });
    world.store.commit();
    const left = [...world.store.load()].filter(({ kind }) => kind !== 'message');
    expect(() => new DurableWorld().engine.restore(left)).toThrow('message 1 is missing from the store');
  });
});
