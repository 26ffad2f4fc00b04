import { describe, expect, it } from 'vitest';
import { text, World } from '../../world.js';

describe('MQTT 5 properties', () => {
  const properties = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 60,
    contentType: 'application/json',
    responseTopic: 'answer/here',
    correlationData: text('id'),
    userProperty: [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ] as [string, string][],
  };

  it('the properties of a PUBLISH are passed on, user properties in their order (3.3.2-4, -15 to -20)', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion: 5, clientId: 'reader' });
    reader.subscribe('a');
    world.connect({ protocolVersion: 5, clientId: 'writer' }).publish('a', 'x', { properties });
    const { correlationData, ...others } = reader.next('publish').properties!;
    const { correlationData: _, ...expected } = properties;
    expect(others).toEqual(expected);
    expect(Buffer.from(correlationData!).toString()).toBe('id');
  });

  it('clients of 3.1.1 get the message without properties', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion: 4, clientId: 'reader' });
    reader.subscribe('a');
    world.connect({ protocolVersion: 5, clientId: 'writer' }).publish('a', 'x', { properties });
    expect(reader.next('publish').properties).toBeUndefined();
  });

  it('topic aliases of a client are resolved and not passed on (MQTT-3.3.2-12)', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion: 5, clientId: 'reader' });
    reader.subscribe('#');
    const writer = world.connect({ protocolVersion: 5, clientId: 'writer' });
    expect(writer.connack.properties?.topicAliasMaximum).toBe(16);
    writer.publish('a/b', '1', { properties: { topicAlias: 16 } });
    writer.publish('', '2', { properties: { topicAlias: 16 } });
    writer.publish('c', '3', { properties: { topicAlias: 16 } });
    writer.publish('', '4', { properties: { topicAlias: 16 } });
    expect(reader.received.every((packet) => packet.type === 'publish' && !packet.properties?.topicAlias)).toBe(true);
    expect(reader.messages()).toEqual(['a/b=1', 'a/b=2', 'c=3', 'c=4']);
  });

  it('topic aliases end with the connection (MQTT-3.3.2-7)', () => {
    const world = new World();
    const lasting = { protocolVersion: 5 as const, cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    world.connect(lasting).publish('a', '1', { properties: { topicAlias: 1 } });
    const back = world.connect(lasting);
    back.publish('', '2', { properties: { topicAlias: 1 } });
    expect(back.next('disconnect').reasonCode).toBe(0x82);
  });

  it('a topic alias above the announced maximum closes the connection with 0x94 (MQTT-3.3.2-9)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.publish('a', '1', { properties: { topicAlias: 17 } });
    expect(client.next('disconnect').reasonCode).toBe(0x94);
  });

  it('a client without an id gets one assigned (MQTT-3.2.2-16)', () => {
    const world = new World({ newClientId: () => 'made-up' });
    const client = world.connect({ protocolVersion: 5, clientId: '' });
    expect(client.connack.properties?.assignedClientIdentifier).toBe('made-up');
    expect(world.eventsOf('connected')).toMatchObject([{ clientId: 'made-up' }]);
  });

  it('two assigned ids differ', () => {
    const world = new World();
    for (const protocolVersion of [4, 5] as const) world.connect({ protocolVersion, clientId: '' });
    const [one, two] = world.eventsOf('connected').map(({ clientId }) => clientId);
    expect(one).not.toBe(two);
    expect(world.engine.counts.connections).toBe(2);
  });

  it('a packet larger than the client accepts is not sent and counts as delivered (MQTT-3.1.2-24, -25)', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const client = world.connect({ protocolVersion: 5, properties: { maximumPacketSize: 50 } });
    client.subscribe('#', { qos: 1 });
    world.engine.publish('big', 'x'.repeat(50));
    world.engine.publish('big', 'x'.repeat(50), { qos: 1 });
    world.engine.publish('small', 'x', { qos: 1 });
    expect(client.messages()).toEqual(['small=x']);
    expect(world.eventsOf('dropped')).toMatchObject([
      { topic: 'big', reason: 'too large' },
      { topic: 'big', reason: 'too large' },
    ]);
  });

  it('a reason string that would be too large is left out', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5, properties: { maximumPacketSize: 25 } });
    client.publish('a', '1', { properties: { topicAlias: 17 } });
    expect(client.next('disconnect')).toMatchObject({ reasonCode: 0x94, properties: {} });
  });

  it('CONNACK announces what differs from the defaults (3.2.2.3)', () => {
    const world = new World({ limits: { maximumPacketSize: 5000, receiveMaximum: 65_535, topicAliasMaximum: 0 } });
    expect(world.connect({ protocolVersion: 5 }).connack.properties).toEqual({
      maximumPacketSize: 5000,
    });
  });
});
