import { describe, expect, it } from 'vitest';
import { textOf, World } from '../../world.js';

describe.each([4, 5] as const)('a session that outlives its connection, protocol version %i', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 0xffffffff } : undefined;
  const lasting = { protocolVersion, cleanStart: false, properties };

  function leaveBehind(world: World, qos: 0 | 1 = 1) {
    const client = world.connect(lasting);
    client.subscribe('a', { qos });
    return client;
  }

  it('is new at first and present afterwards (MQTT-3.2.2-2, -3)', () => {
    const world = new World();
    const first = world.connect(lasting);
    expect(first.connack.sessionPresent).toBe(false);
    first.disconnect();
    expect(world.connect(lasting).connack.sessionPresent).toBe(true);
  });

  it('keeps its subscriptions and queues QoS 1 messages in order while away (4.1)', () => {
    const world = new World();
    leaveBehind(world).disconnect();
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 1 });
    expect(world.connect(lasting).messages()).toEqual(['a=1', 'a=2', 'a=3']);
  });

  it('does not queue QoS 0 messages', () => {
    const world = new World();
    leaveBehind(world).disconnect();
    world.engine.publish('a', 'x');
    expect(world.connect(lasting).messages()).toEqual([]);
  });

  it('gets unacknowledged messages again with DUP and the same packet ids, before newer ones (MQTT-4.4.0-1)', () => {
    const world = new World();
    const client = leaveBehind(world);
    world.engine.publish('a', '1', { qos: 1 });
    world.engine.publish('a', '2', { qos: 1 });
    const [first, second] = [client.next('publish'), client.next('publish')];
    client.send({ type: 'puback', packetId: first.packetId!, reasonCode: 0 });
    client.drop();
    world.engine.publish('a', '3', { qos: 1 });
    const back = world.connect(lasting);
    const again = back.next('publish');
    expect([textOf(again), again.dup, again.packetId]).toEqual(['2', true, second.packetId]);
    const next = back.next('publish');
    expect([textOf(next), next.dup]).toEqual(['3', false]);
    expect(back.received).toEqual([]);
  });

  it('queues messages up to the limit, then drops the newest and reports it', () => {
    const world = new World({ limits: { queuedMessages: 2 } });
    leaveBehind(world).disconnect();
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 1 });
    expect(world.eventsOf('dropped')).toEqual([
      { type: 'dropped', clientId: 'client', topic: 'a', reason: 'queue full' },
    ]);
    expect(world.eventsOf('published').map(({ recipients }) => recipients)).toEqual([1, 1, 0]);
    expect(world.connect(lasting).messages()).toEqual(['a=1', 'a=2']);
  });

  it('queues no more bytes than the limit', () => {
    const world = new World({ limits: { queuedBytes: 20 } });
    leaveBehind(world).disconnect();
    for (const value of ['123456789', 'x'.repeat(11), '2']) world.engine.publish('a', value, { qos: 1 });
    expect(world.connect(lasting).messages()).toEqual(['a=123456789', 'a=2']);
  });

  it('is forgotten after a clean start', () => {
    const world = new World();
    leaveBehind(world).disconnect();
    world.connect({ protocolVersion, cleanStart: true }).disconnect();
    expect(world.engine.counts).toEqual({ connections: 0, sessions: 0, subscriptions: 0, retained: 0 });
    expect(world.connect(lasting).connack.sessionPresent).toBe(false);
  });

  it('does not expire without an interval', () => {
    const world = new World();
    leaveBehind(world).drop();
    expect(world.engine.nextDeadline(world.now)).toBeUndefined();
    expect(world.engine.counts.sessions).toBe(1);
  });

  it('cannot be opened when as many clients are connected as there may be sessions', () => {
    const world = new World({ limits: { sessions: 1 } });
    leaveBehind(world);
    expect(world.connect({ protocolVersion, clientId: 'other' }).connack.reasonCode).toBe(
      protocolVersion === 5 ? 0x97 : 3,
    );
    expect(world.connect(lasting).connack.reasonCode).toBe(0);
  });
});

describe('session expiry in MQTT 5', () => {
  const connect = (world: World, sessionExpiryInterval?: number) =>
    world.connect({ protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval } });

  it('without an interval ends the session with its connection (3.1.2.11.2)', () => {
    const world = new World();
    connect(world).drop();
    expect(world.engine.counts.sessions).toBe(0);
  });

  it('ends the session when the interval has passed (MQTT-3.1.2-23)', () => {
    const world = new World();
    connect(world, 100).subscribe('a');
    world.advance(200_000);
    expect(world.engine.counts.sessions, 'connected sessions do not expire').toBe(1);
    connect(world, 100).drop();
    world.advance(99_999);
    expect(world.engine.counts).toMatchObject({ sessions: 1, subscriptions: 1 });
    world.advance(1);
    expect(world.engine.counts).toMatchObject({ sessions: 0, subscriptions: 0 });
  });

  it('starts again when the client was back in between', () => {
    const world = new World();
    connect(world, 100).drop();
    world.advance(60_000);
    connect(world, 100).drop();
    world.advance(99_999);
    expect(world.engine.counts.sessions).toBe(1);
    world.advance(1);
    expect(world.engine.counts.sessions).toBe(0);
  });

  it('can be changed in DISCONNECT (3.14.2.2.2)', () => {
    const world = new World();
    connect(world, 100).send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    expect(world.engine.counts.sessions).toBe(0);
  });

  it('cannot be added in DISCONNECT to a session that had none (3.14.2.2.2)', () => {
    const world = new World();
    const client = connect(world, 0);
    client.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 10 } });
    expect(client.next('disconnect').reasonCode).toBe(0x82);
    expect(world.engine.counts.sessions).toBe(0);
  });

  it('of a queued message drops it in time (MQTT-3.3.2-5); before that, the rest of the interval is sent (MQTT-3.3.2-6)', () => {
    const world = new World();
    const client = connect(world, 1000);
    client.subscribe('a', { qos: 1 });
    client.drop();
    world.engine.publish('a', 'short', { qos: 1, properties: { messageExpiryInterval: 10 } });
    world.engine.publish('a', 'long', { qos: 1, properties: { messageExpiryInterval: 60 } });
    world.advance(10_500);
    const packet = connect(world, 1000).next('publish');
    expect([textOf(packet), packet.properties?.messageExpiryInterval]).toEqual(['long', 50]);
    expect(world.eventsOf('dropped')).toMatchObject([{ topic: 'a', reason: 'expired' }]);
  });
});

it('a client that moves from MQTT 5 to 3.1.1 keeps its session', () => {
  const world = new World();
  const five = world.connect({ protocolVersion: 5, cleanStart: false, properties: { sessionExpiryInterval: 100 } });
  five.subscribe('a', { qos: 1 }, 7);
  five.disconnect();
  world.engine.publish('a', 'x', { qos: 1, properties: { contentType: 'text/plain' } });
  const four = world.connect({ protocolVersion: 4, cleanStart: false });
  expect(four.connack.sessionPresent).toBe(true);
  expect(four.messages()).toEqual(['a=x']);
});
