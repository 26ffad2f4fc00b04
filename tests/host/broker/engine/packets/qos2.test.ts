import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

describe.each([4, 5] as const)('QoS 2, protocol version %i', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 100 } : undefined;
  const lasting = { protocolVersion, cleanStart: false, properties };

  it('a message from a client is passed on exactly once until PUBREL (MQTT-4.3.3-10)', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion, clientId: 'reader' });
    reader.subscribe('a', { qos: 2 });
    const writer = world.connect({ protocolVersion, clientId: 'writer' });
    writer.publish('a', 'x', { qos: 2, packetId: 5 });
    writer.publish('a', 'x', { qos: 2, packetId: 5, dup: true });
    expect([writer.next('pubrec').packetId, writer.next('pubrec').packetId]).toEqual([5, 5]);
    expect(reader.messages()).toEqual(['a=x']);
    writer.send({ type: 'pubrel', packetId: 5, reasonCode: 0 });
    expect(writer.next('pubcomp')).toMatchObject({ packetId: 5, reasonCode: 0 });
    writer.publish('a', 'y', { qos: 2, packetId: 5 });
    expect(reader.messages()).toEqual(['a=y']);
  });

  it('a message of a client that subscribes to it itself comes after its PUBREC', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 2 });
    client.publish('a', 'x', { qos: 2, packetId: 5 });
    expect(client.received.map(({ type }) => type)).toEqual(['pubrec', 'publish']);
  });

  it('a message from a client is remembered across a reconnect', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion, clientId: 'reader' });
    reader.subscribe('a');
    const before = world.connect(lasting);
    before.publish('a', 'x', { qos: 2, packetId: 5 });
    before.drop();
    const after = world.connect(lasting);
    after.publish('a', 'x', { qos: 2, packetId: 5, dup: true });
    expect(after.next('pubrec').packetId).toBe(5);
    expect(reader.messages()).toEqual(['a=x']);
  });

  it('a message to a client takes PUBLISH, PUBREC, PUBREL and PUBCOMP (4.3.3)', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 2 });
    world.engine.publish('a', '1', { qos: 2 });
    world.engine.publish('a', '2', { qos: 2 });
    const { packetId } = client.next('publish');
    client.send({ type: 'pubrec', packetId: packetId!, reasonCode: 0 });
    expect(client.next('pubrel').packetId).toBe(packetId);
    expect(client.received, 'the exchange counts until PUBCOMP').toEqual([]);
    client.send({ type: 'pubcomp', packetId: packetId!, reasonCode: 0 });
    expect(client.messages()).toEqual(['a=2']);
  });

  it('a client that comes back gets PUBLISH again before its PUBREC, and PUBREL after it (MQTT-4.4.0-1)', () => {
    const world = new World();
    const before = world.connect(lasting);
    before.subscribe('a', { qos: 2 });
    world.engine.publish('a', '1', { qos: 2 });
    world.engine.publish('a', '2', { qos: 2 });
    const [first, second] = [before.next('publish'), before.next('publish')];
    before.send({ type: 'pubrec', packetId: first.packetId!, reasonCode: 0 });
    before.drop();
    const after = world.connect(lasting);
    expect(after.next('pubrel').packetId).toBe(first.packetId);
    expect(after.next('publish')).toMatchObject({ packetId: second.packetId, dup: true, qos: 2 });
    expect(after.received).toEqual([]);
  });

  it('a PUBREL for an unknown packet id is answered with PUBCOMP (MQTT-4.3.3-11)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.send({ type: 'pubrel', packetId: 9, reasonCode: 0 });
    const reasonCode = protocolVersion === 5 ? 0x92 : 0;
    expect(client.next('pubcomp')).toMatchObject({ packetId: 9, reasonCode });
  });

  it('a PUBREC for an unknown packet id is answered with PUBREL', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.send({ type: 'pubrec', packetId: 9, reasonCode: 0 });
    const reasonCode = protocolVersion === 5 ? 0x92 : 0;
    expect(client.next('pubrel')).toMatchObject({ packetId: 9, reasonCode });
  });

  it('the acknowledgement of another QoS closes the connection', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 2 });
    world.engine.publish('a', '1', { qos: 2 });
    client.send({ type: 'puback', packetId: client.next('publish').packetId!, reasonCode: 0 });
    expect(client.isClosed).toBe(true);
  });
});

describe('QoS 2 in MQTT 5', () => {
  it('a PUBREC with an error ends the exchange (4.3.3)', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('a', { qos: 2 });
    world.engine.publish('a', '1', { qos: 2 });
    world.engine.publish('a', '2', { qos: 2 });
    client.send({ type: 'pubrec', packetId: client.next('publish').packetId!, reasonCode: 0x97 });
    expect(client.messages()).toEqual(['a=2']);
  });

  it('a client that exceeds the announced receive maximum is closed with 0x93 (MQTT-3.3.4-7)', () => {
    const world = new World({ limits: { receiveMaximum: 2 } });
    const client = world.connect({ protocolVersion: 5 });
    expect(client.connack.properties?.receiveMaximum).toBe(2);
    for (const packetId of [1, 2, 3]) client.publish('a', 'x', { qos: 2, packetId });
    expect(client.received.map(({ type }) => type)).toEqual(['pubrec', 'pubrec', 'disconnect']);
    expect(client.received[2]).toMatchObject({ reasonCode: 0x93 });
  });

  it('a client that exceeds the announced maximum QoS is closed with 0x9B (MQTT-3.2.2-11)', () => {
    const world = new World({ limits: { maximumQoS: 1 } });
    const client = world.connect({ protocolVersion: 5 });
    expect(client.connack.properties?.maximumQoS).toBe(1);
    client.publish('a', 'x', { qos: 2, packetId: 1 });
    expect(client.next('disconnect').reasonCode).toBe(0x9b);
  });

  it('a PUBREC for a message that a new connection has not sent again yet is answered and counts', () => {
    const { first, second, back } = new World().interrupted(2);
    expect(back.next('publish').packetId).toBe(first.packetId);
    back.send({ type: 'pubrec', packetId: second.packetId!, reasonCode: 0 });
    expect(back.next('pubrel').packetId).toBe(second.packetId);
    back.send({ type: 'pubrec', packetId: first.packetId!, reasonCode: 0 });
    expect(back.next('pubrel').packetId).toBe(first.packetId);
    for (const { packetId } of [second, first]) back.send({ type: 'pubcomp', packetId: packetId!, reasonCode: 0 });
    expect(back.received).toEqual([]);
  });
});
