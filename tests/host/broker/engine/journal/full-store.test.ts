import { describe, expect, it } from 'vitest';
import { ReasonCode } from '../../../../../host/core/index.js';
import { text } from '../../world.js';
import { DurableWorld } from './durable-world.js';

const reason = 'the disk is full';
const will = { topic: 'w', payload: text('x'), qos: 0 as const, retain: false };

/** A world whose store cannot store any more, with whoever was connected before. */
function full<T>(before: (world: DurableWorld) => T, protocolVersion: 4 | 5 = 5) {
  const world = new DurableWorld();
  const clients = before(world);
  world.store.commit();
  world.store.fail(reason);
  return { world, clients, protocolVersion };
}

describe('while the store is full', () => {
  it('the events say so once, and once when there is room again', () => {
    const { world } = full(() => {});
    world.store.fail('again');
    world.store.commit();
    world.store.commit();
    expect(world.eventsOf('store')).toEqual([
      { type: 'store', isFull: true, reason },
      { type: 'store', isFull: false },
    ]);
  });

  it.each([1, 2] as const)('MQTT 5 refuses a message of QoS %i with 0x97 and nobody gets it', (qos) => {
    const { world, clients } = full((world) => [
      world.connect({ protocolVersion: 5, clientId: 'publisher' }),
      world.subscriber('a', 2, 'subscriber'),
    ]);
    clients[0].publish('a', 'x', { qos });
    expect(clients[0].next(qos === 1 ? 'puback' : 'pubrec').reasonCode).toBe(ReasonCode.quotaExceeded);
    expect(clients[1].received).toEqual([]);
    expect(world.eventsOf('dropped')).toMatchObject([{ clientId: 'publisher', reason: 'store full' }]);
  });

  it.each([1, 2] as const)('3.1.1 loses its connection with a message of QoS %i, without acknowledgement', (qos) => {
    const { clients } = full((world) => world.connect());
    clients.publish('a', 'x', { qos });
    expect([clients.received, clients.isClosed]).toEqual([[], true]);
  });

  it('QoS 0 is passed on, to lasting and to passing sessions', () => {
    const { clients } = full((world) => ({
      publisher: world.connect({ clientId: 'publisher' }),
      lasting: world.subscriber('a', 1, 'lasting'),
      passing: world.connect({ clientId: 'passing' }),
    }));
    clients.passing.subscribe('a');
    clients.publisher.publish('a', 'x');
    expect([clients.lasting.messages(), clients.passing.messages()]).toEqual([['a=x'], ['a=x']]);
  });

  it('a retained message of QoS 0 is dropped, and the old one stays', () => {
    const { world, clients } = full((world) => {
      world.engine.publish('a', 'old', { retain: true });
      return world.connect({ clientId: 'publisher' });
    });
    clients.publish('a', 'new', { retain: true });
    clients.subscribe('a');
    expect(clients.messages()).toEqual(['a=old']);
    expect(world.eventsOf('dropped')).toMatchObject([{ topic: 'a', reason: 'store full' }]);
  });

  it('a lasting session subscribes to nothing new, and a passing one does', () => {
    const { clients } = full((world) => ({
      lasting: world.lasting('lasting', { protocolVersion: 5 }),
      passing: world.connect({ protocolVersion: 5, clientId: 'passing' }),
    }));
    expect(clients.lasting.subscribe('a', { qos: 1 })).toEqual([ReasonCode.quotaExceeded]);
    expect(clients.passing.subscribe('a', { qos: 1 })).toEqual([1]);
  });

  it.each([
    ['a lasting session', { cleanStart: false, properties: { sessionExpiryInterval: 1 } }],
    ['a will', { will }],
    ['a session that is there', { clientId: 'there' }],
  ])('CONNECT with %s is refused with 0x97', (_, options) => {
    const { world } = full((world) => world.lasting('there', { protocolVersion: 5 }).drop());
    const client = world.open(5);
    client.send({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'new', ...options });
    expect(client.next('connack').reasonCode).toBe(ReasonCode.quotaExceeded);
    expect(client.isClosed).toBe(true);
  });

  it('CONNECT with nothing to keep is accepted', () => {
    const { world } = full(() => {});
    expect(world.connect({ protocolVersion: 5 }).connack.reasonCode).toBe(0);
  });
});

describe('when the store becomes full', () => {
  it('connections that wait for it are closed without an acknowledgement, and others are not', () => {
    const world = new DurableWorld();
    const waiting = world.connect({ protocolVersion: 5, clientId: 'waiting' });
    const other = world.connect({ protocolVersion: 5, clientId: 'other' });
    waiting.publish('a', 'x', { qos: 1, retain: true });
    world.store.fail(reason);
    expect(waiting.next('disconnect').reasonCode).toBe(ReasonCode.quotaExceeded);
    expect([waiting.received, waiting.isClosed, other.isClosed]).toEqual([[], true, false]);
  });

  it('a client that waits for CONNACK gets nothing: no DISCONNECT may come before it (3.14.0-1)', () => {
    const world = new DurableWorld();
    const client = world.begin({ protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 9 } });
    world.store.fail(reason);
    expect([client.received, client.isClosed]).toEqual([[], true]);
  });

  it('an exchange that would have to be recorded ends its connection: PUBREC of a subscriber', () => {
    const { world, clients } = full((world) => {
      const subscriber = world.subscriber('a', 2, 'subscriber', { protocolVersion: 5 });
      world.engine.publish('a', 'x', { qos: 2 });
      return subscriber;
    });
    const { packetId } = clients.next('publish');
    clients.send({ type: 'pubrec', packetId: packetId!, reasonCode: 0 });
    expect(clients.next('disconnect').reasonCode).toBe(ReasonCode.quotaExceeded);
    expect(clients.isClosed).toBe(true);
    world.store.commit();
    const back = world.lasting('subscriber', { protocolVersion: 5 });
    expect(back.next('pubrel').packetId).toBe(packetId);
  });

  it('queued messages wait for room, and the connection stays', () => {
    const { world, clients } = full((world) => {
      const subscriber = world.lasting('subscriber', {
        protocolVersion: 5,
        properties: { receiveMaximum: 1, sessionExpiryInterval: 9 },
      });
      subscriber.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 1 }] });
      for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
      return subscriber;
    });
    clients.next('suback');
    clients.send({ type: 'puback', packetId: clients.next('publish').packetId!, reasonCode: 0 });
    expect([clients.received, clients.isClosed]).toEqual([[], false]);
    world.store.commit();
    world.store.commit();
    expect(clients.messages()).toEqual(['a=2']);
  });

  it('nothing that was acknowledged is lost by a crash meanwhile', () => {
    const { world } = full((world) => {
      world.subscriber('a', 1, 'subscriber').drop();
      world.engine.publish('a', 'safe', { qos: 1 });
    });
    world.connect({ protocolVersion: 5, clientId: 'publisher' }).publish('a', 'refused', { qos: 1 });
    const next = world.crash();
    const back = next.lasting('subscriber');
    next.store.commit();
    expect(back.messages()).toEqual(['a=safe']);
  });

  it('what was written before is durable once there is room, and everything goes on', () => {
    const world = new DurableWorld();
    world.subscriber('a', 1, 'subscriber').drop();
    world.connect({ protocolVersion: 5, clientId: 'publisher' }).publish('a', 'x', { qos: 1 });
    world.store.fail(reason);
    world.store.commit();
    const publisher = world.connect({ protocolVersion: 5, clientId: 'publisher' });
    publisher.publish('a', 'y', { qos: 1 });
    world.store.commit();
    expect(publisher.next('puback').reasonCode).toBe(0);
    const back = world.crash().lasting('subscriber');
    expect(back.messages()).toEqual(['a=x', 'a=y']);
  });
});
