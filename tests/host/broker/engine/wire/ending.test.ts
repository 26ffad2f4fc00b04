import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../../../../host/broker/index.js';
import { encodePacket, type Packet } from '../../../../../host/core/index.js';
import { type TestClient, World } from '../../world.js';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const longest = 'x'.repeat(65_535);
const subscribe: Packet = { type: 'subscribe', packetId: 9, subscriptions: [{ topicFilter: longest, qos: 0 }] };

/** Another client of the same broker: it must not notice anything. */
function neighbour(world: World): { expectServed(): void } {
  const client = world.connect({ clientId: 'neighbour', protocolVersion: 5 });
  client.subscribe('neighbour/#', { qos: 1 });
  return {
    expectServed: () => {
      client.publish('neighbour/a', 'x', { qos: 1 });
      expect(client.received.splice(0).map(({ type }) => type)).toEqual(['publish', 'puback']);
    },
  };
}

function expectEnded(world: World, client: TestClient, reasonCode: number): void {
  expect(client.isClosed).toBe(true);
  expect(world.eventsOf('disconnected')).toMatchObject([{ clientId: 'client', reasonCode }]);
  expect(world.engine.counts.connections).toBe(1);
}

describe.each([4, 5] as const)('one connection ends and the broker goes on, protocol version %i', (protocolVersion) => {
  const isFive = protocolVersion === 5;

  it.each([
    ['an unknown version', '10 0e 0004 4d515454 06 02 0000 00 0001 61'],
    ['version 0', '10 0d 0004 4d515454 00 02 0000 00 0001 61'],
    ['another name', '10 0e 0004 58585858 05 02 0000 00 0001 61'],
    ['no client id', '10 0c 0004 4d515454 04 00 0000 0000'],
  ])('after a second CONNECT with %s: Protocol Error (MQTT-3.1.0-2, MQTT-3.14.2-1)', (_, second) => {
    const world = new World();
    const other = neighbour(world);
    const client = world.connect({ protocolVersion });
    client.raw(hex(second));
    if (isFive) expect(client.next('disconnect').reasonCode).toBe(0x82);
    expect(client.received).toEqual([]);
    expectEnded(world, client, 0x82);
    expect(world.eventsOf('failed')).toEqual([]);
    other.expectServed();
  });

  it.each([
    ['a publish', (client: TestClient) => client.publish(longest, 'x')],
    ['a subscription', (client: TestClient) => client.send(subscribe)],
  ])('when a rule ends it for %s whose topic leaves the reason no room', (_, act) => {
    const decide = (topic: string) => (topic === longest ? refuse(`not to ${topic}`, 0x87, 'disconnect') : ALLOW);
    const world = new World({
      rules: { publish: (_, { topic }) => decide(topic), subscribe: (_, { topicFilter }) => decide(topicFilter) },
    });
    const other = neighbour(world);
    const client = world.connect({ protocolVersion });
    act(client);
    if (isFive) expect(client.next('disconnect')).toEqual({ type: 'disconnect', reasonCode: 0x87, properties: {} });
    expectEnded(world, client, 0x87);
    expect(world.eventsOf('failed')).toEqual([]);
    other.expectServed();
  });

  it('when its transport cannot send: QoS 1 messages stay in its session', () => {
    const world = new World();
    const other = neighbour(world);
    const lasting = {
      protocolVersion,
      cleanStart: false,
      ...(isFive && { properties: { sessionExpiryInterval: 99 } }),
    };
    const client = world.connect(lasting);
    client.subscribe('a', { qos: 1 });
    client.failing.add('send');
    for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
    expectEnded(world, client, 0x83);
    expect(world.eventsOf('failed')[0]).toMatchObject({
      error: new Error('the transport cannot send'),
      remote: 'test:1',
    });
    other.expectServed();
    expect(world.connect(lasting).messages()).toEqual(['a=1', 'a=2']);
  });

  it('when its transport cannot say what waits', () => {
    const world = new World();
    const other = neighbour(world);
    const client = world.connect({ protocolVersion });
    client.subscribe('a');
    client.failing.add('backlog');
    world.engine.publish('a', 'x');
    if (isFive) expect(client.next('disconnect').reasonCode).toBe(0x83);
    expectEnded(world, client, 0x83);
    other.expectServed();
  });

  it('when its transport cannot close: its will is published and its client id is free', () => {
    const world = new World();
    const other = neighbour(world);
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('gone');
    const will = { topic: 'gone', payload: hex('61'), qos: 0, retain: false } as const;
    const client = world.connect({ protocolVersion, will });
    client.failing.add('end');
    client.raw(hex('00 00'));
    expect(watcher.messages()).toEqual(['gone=a']);
    expect(world.eventsOf('failed').length).toBe(1);
    expect(world.connect({ protocolVersion }).connack).toMatchObject({ reasonCode: 0, sessionPresent: false });
    other.expectServed();
  });

  it('when its keep-alive ends together with that of a broken one', () => {
    const world = new World();
    const broken = world.connect({ protocolVersion, clientId: 'broken', keepAlive: 2 });
    broken.failing.add('end').add('send');
    const client = world.connect({ protocolVersion, keepAlive: 2 });
    const other = neighbour(world);
    world.advance(3_000);
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('disconnected').map(({ reasonCode }) => reasonCode)).toEqual([0x8d, 0x8d]);
    other.expectServed();
  });

  it('when a listener hands in something that is not bytes', () => {
    const world = new World();
    const other = neighbour(world);
    const client = world.connect({ protocolVersion });
    client.raw('text' as never);
    if (isFive) expect(client.next('disconnect').reasonCode).toBe(0x83);
    expectEnded(world, client, 0x83);
    other.expectServed();
  });
});

describe('a broker that shuts down', () => {
  it.each([
    ['5', 5 as const, '10 10 0004 4d515454 05 02 0000', 0x88],
    ['3.1.1', 4 as const, '10 0e 0004 4d515454 04 02 0000', 3],
  ])(
    'refuses a CONNECT of MQTT %s that has only begun: server unavailable (MQTT-3.2.2-8)',
    (_, version, bytes, code) => {
      const world = new World();
      const client = world.open(version);
      const other = world.connect({ protocolVersion: 5 });
      client.raw(hex(bytes));
      world.engine.shutDown();
      expect(client.next('connack')).toMatchObject({ sessionPresent: false, reasonCode: code });
      expect(client.isClosed).toBe(true);
      expect(other.next('disconnect').reasonCode).toBe(0x8b);
      expect(world.engine.counts.connections).toBe(0);
      expect(world.eventsOf('failed')).toEqual([]);
    },
  );

  it('ends every connection although one transport fails', () => {
    const world = new World();
    const broken = world.connect({ protocolVersion: 5, clientId: 'broken' });
    broken.failing.add('send').add('end').add('backlog');
    const client = world.connect({ protocolVersion: 5 });
    world.engine.shutDown();
    expect(client.isClosed).toBe(true);
    expect(world.engine.counts).toMatchObject({ connections: 0, sessions: 0 });
  });
});

describe('a program that embeds the engine', () => {
  it.each([
    ['a reason code that CONNACK does not have', 0x8d, 0x80],
    ['a code that is not a refusal', 1, 0x83],
    ['a code above 255', 300, 0x83],
    ['a promise', Promise.resolve(0), 0x83],
    ['nothing', undefined, 0x83],
  ])('may refuse a CONNECT with %s: the client is refused', (_, reasonCode, sent) => {
    const world = new World({
      rules: { connect: () => ({ allow: false, reasonCode, reason: 'no', effect: 'drop' }) as never },
    });
    const client = world.connect({ protocolVersion: 5 });
    expect(client.connack.reasonCode).toBe(sent);
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('failed').length).toBe(sent === 0x83 ? 1 : 0);
    const old = world.open(4);
    old.send({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'old' });
    expect(old.isClosed).toBe(true);
  });

  it('may answer a rule with a promise: that refuses, and says so', () => {
    const rule = (async () => ALLOW) as never;
    const world = new World({ rules: { publish: rule, subscribe: rule } });
    const client = world.connect({ protocolVersion: 5 });
    expect(client.subscribe('a')).toEqual([0x87]);
    client.publish('a', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0x87);
    expect(world.eventsOf('failed').map(({ error }) => (error as Error).message)).toEqual([
      expect.stringContaining('rule subscribe answered'),
      expect.stringContaining('rule publish answered'),
    ]);
  });

  it.each(['bad\0id', 7 as never, 'x'.repeat(70_000)])(
    'may name a client unfit for CONNACK: it is refused',
    (clientId) => {
      const world = new World({ newClientId: () => clientId });
      const client = world.connect({ protocolVersion: 5, clientId: '' });
      expect(client.connack.reasonCode).toBe(0x83);
      expect(client.isClosed).toBe(true);
      expect(world.eventsOf('failed').length).toBe(1);
      expect(world.engine.counts).toMatchObject({ connections: 0, sessions: 0 });
    },
  );

  it.each([
    ['a NUL in a property', { properties: { contentType: 'a\0' } }],
    ['QoS 3', { qos: 3 as never }],
    ['a negative expiry', { properties: { messageExpiryInterval: -1 } }],
    ['a response topic with a wildcard', { properties: { responseTopic: '#' } }],
  ])('cannot publish with %s: no subscriber is disturbed', (_, options) => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('#');
    expect(() => world.engine.publish('a', 'x', { retain: true, ...options })).toThrow(RangeError);
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(false);
    expect(world.engine.counts.retained).toBe(0);
  });

  it('cannot publish a payload that is neither text nor bytes', () => {
    expect(() => new World().engine.publish('a', 5 as never)).toThrow(TypeError);
  });
});

it('CONNECT in pieces after a failed connection is served like any other', () => {
  const world = new World();
  world.connect({ protocolVersion: 5 }).raw(undefined as never);
  const client = world.open(5);
  for (const byte of encodePacket(
    { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'c' },
    5,
  ))
    client.raw(Uint8Array.of(byte));
  expect(client.next('connack').reasonCode).toBe(0);
});
