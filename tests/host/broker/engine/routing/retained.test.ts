import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../../../../host/core/index.js';
import { text, World } from '../../world.js';

describe.each([4, 5] as const)('retained messages, protocol version %i', (protocolVersion) => {
  it('reach a later subscriber with the RETAIN flag set (MQTT-3.3.1-8)', () => {
    const world = new World();
    world.connect({ protocolVersion, clientId: 'p' }).publish('room/temp', '21', { retain: true });
    const reader = world.connect({ protocolVersion, clientId: 's' });
    reader.subscribe('room/+');
    expect(reader.next('publish')).toMatchObject({ topic: 'room/temp', retain: true, qos: 0 });
    expect(reader.received).toEqual([]);
  });

  it('are only the last of each topic (MQTT-3.3.1-5)', () => {
    const world = new World();
    const writer = world.connect({ protocolVersion, clientId: 'p' });
    for (const value of ['1', '2', '3']) writer.publish('a', value, { retain: true });
    const reader = world.connect({ protocolVersion, clientId: 's' });
    reader.subscribe('#');
    expect(reader.messages()).toEqual(['a=3']);
  });

  it('are removed by an empty payload, which is itself delivered but not kept (MQTT-3.3.1-6, -7)', () => {
    const world = new World();
    const writer = world.connect({ protocolVersion, clientId: 'p' });
    const present = world.connect({ protocolVersion, clientId: 'present' });
    present.subscribe('a');
    writer.publish('a', 'x', { retain: true });
    writer.publish('a', '', { retain: true });
    expect(present.messages()).toEqual(['a=x', 'a=']);
    const late = world.connect({ protocolVersion, clientId: 'late' });
    late.subscribe('a');
    expect(late.received).toEqual([]);
    expect(world.engine.counts.retained).toBe(0);
  });

  it('come with RETAIN 0 to clients that subscribed before (MQTT-3.3.1-12)', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion, clientId: 's' });
    reader.subscribe('a');
    world.connect({ protocolVersion, clientId: 'p' }).publish('a', 'x', { retain: true });
    expect(reader.next('publish').retain).toBe(false);
  });

  it('stay when messages without the flag follow (MQTT-3.3.1-8)', () => {
    const world = new World();
    const writer = world.connect({ protocolVersion, clientId: 'p' });
    writer.publish('a', 'kept', { retain: true });
    writer.publish('a', 'passing');
    const reader = world.connect({ protocolVersion, clientId: 's' });
    reader.subscribe('a');
    expect(reader.messages()).toEqual(['a=kept']);
  });

  it('are sent with the lower of both QoS', () => {
    const world = new World();
    world.engine.publish('a', 'x', { qos: 1, retain: true });
    const reader = world.connect({ protocolVersion, clientId: 's' });
    reader.subscribe('a', { qos: 2 });
    expect(reader.next('publish')).toMatchObject({ qos: 1, retain: true });
  });
});

it('retained messages and wills own their bytes: the receive buffer may be used again', () => {
  const world = new World();
  const will = { topic: 'will', payload: text('bye'), qos: 0 as const, retain: true };
  const connect = { type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c', will } as const;
  const publish = { type: 'publish', topic: 'a', payload: text('x'), qos: 0, retain: true, dup: false } as const;
  const writer = world.open();
  for (const packet of [connect, publish]) {
    const bytes = encodePacket(packet, 4);
    writer.raw(bytes);
    bytes.fill(0);
  }
  writer.drop();
  const reader = world.connect({ clientId: 'reader' });
  reader.subscribe('#');
  expect(reader.messages().sort()).toEqual(['a=x', 'will=bye']);
});

describe('retained messages in MQTT 5', () => {
  const setUp = () => {
    const world = new World();
    world.engine.publish('a', 'x', { retain: true });
    return { world, reader: world.connect({ protocolVersion: 5, clientId: 's' }) };
  };

  it('are sent at every SUBSCRIBE with Retain Handling 0 (MQTT-3.3.1-9)', () => {
    const { reader } = setUp();
    reader.subscribe('a');
    expect(reader.messages()).toEqual(['a=x']);
    reader.subscribe('a');
    expect(reader.messages()).toEqual(['a=x']);
  });

  it('are sent for a new subscription only with Retain Handling 1 (MQTT-3.3.1-10)', () => {
    const { reader } = setUp();
    reader.subscribe('a', { retainHandling: 1 });
    expect(reader.messages()).toEqual(['a=x']);
    reader.subscribe('a', { retainHandling: 1 });
    expect(reader.messages()).toEqual([]);
  });

  it('are not sent with Retain Handling 2 (MQTT-3.3.1-11)', () => {
    const { reader } = setUp();
    reader.subscribe('a', { retainHandling: 2 });
    expect(reader.messages()).toEqual([]);
  });

  it('keep their flag for a subscription with Retain As Published (MQTT-3.3.1-13)', () => {
    const { world, reader } = setUp();
    reader.subscribe('b', { retainAsPublished: true });
    world.engine.publish('b', 'y', { retain: true });
    world.engine.publish('b', 'z');
    expect([reader.next('publish').retain, reader.next('publish').retain]).toEqual([true, false]);
  });

  it('are gone when their expiry interval has passed', () => {
    const { world, reader } = setUp();
    world.engine.publish('short', 'y', { retain: true, properties: { messageExpiryInterval: 10 } });
    world.advance(9_000);
    reader.subscribe('short');
    expect(reader.next('publish').properties?.messageExpiryInterval).toBe(1);
    world.advance(1_000);
    reader.subscribe('short');
    expect(reader.received).toEqual([]);
  });

  it('are refused with 0x97 and not delivered when the store has no room', () => {
    const world = new World({ limits: { retainedMessages: 1 } });
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('#');
    client.publish('a', 'x', { retain: true, qos: 1 });
    expect(client.next('publish').topic).toBe('a');
    expect(client.next('puback').reasonCode).toBe(0);
    client.publish('b', 'x', { retain: true, qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0x97);
    expect(client.received).toEqual([]);
    expect(world.eventsOf('dropped')).toMatchObject([
      { clientId: 'client', topic: 'b', reason: 'retained store full' },
    ]);
  });
});
