import { describe, expect, it } from 'vitest';
import { textOf, World } from '../../world.js';

describe.each([4, 5] as const)('QoS 1, protocol version %i', (protocolVersion) => {
  it('a message from a client is acknowledged with its packet id (MQTT-4.3.2-4)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a');
    client.publish('a', 'x', { qos: 1, packetId: 777 });
    expect(client.next('publish')).toMatchObject({ topic: 'a' });
    expect(client.next('puback')).toMatchObject({ packetId: 777, reasonCode: 0 });
  });

  it('a message that no subscription matches is acknowledged with 0x10 in MQTT 5 (3.4.2.1)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    const reader = world.connect({ protocolVersion, clientId: 'reader' });
    reader.subscribe('b');
    reader.subscribe('$share/s/c');
    for (const retain of [false, true]) {
      client.publish('a', 'x', { qos: 1, retain });
      expect(client.next('puback').reasonCode).toBe(protocolVersion === 5 ? 0x10 : 0);
    }
    client.publish('a', 'x', { qos: 2 });
    expect(client.next('pubrec').reasonCode).toBe(0);
    client.publish('b', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0);
    client.publish('c', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0);
  });

  it('a message from a client is passed on each time it comes, with or without DUP (MQTT-4.3.2-5)', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion, clientId: 'reader' });
    reader.subscribe('a');
    const writer = world.connect({ protocolVersion, clientId: 'writer' });
    writer.publish('a', 'x', { qos: 1, packetId: 1 });
    writer.publish('a', 'x', { qos: 1, packetId: 1, dup: true });
    expect(reader.received.map((packet) => packet.type === 'publish' && packet.dup)).toEqual([false, false]);
  });

  it('messages to a client have different packet ids and DUP 0 (MQTT-2.2.1-4, MQTT-4.3.2-1, -2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 1 });
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 1 });
    const packets = [client.next('publish'), client.next('publish'), client.next('publish')];
    expect(new Set(packets.map(({ packetId }) => packetId)).size).toBe(3);
    for (const packet of packets) expect(packet).toMatchObject({ qos: 1, dup: false, packetId: expect.any(Number) });
  });

  it('messages to a client stop at the in-flight limit and continue in order with each PUBACK (MQTT-4.6.0-5)', () => {
    const world = new World({ limits: { inflightMessages: 2 } });
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 1 });
    for (const value of ['1', '2', '3', '4']) world.engine.publish('a', value, { qos: 1 });
    const [first, second] = [client.next('publish'), client.next('publish')];
    expect(client.received).toEqual([]);
    client.send({ type: 'puback', packetId: second.packetId!, reasonCode: 0 });
    expect(textOf(client.next('publish'))).toBe('3');
    expect(client.received).toEqual([]);
    client.send({ type: 'puback', packetId: first.packetId!, reasonCode: 0 });
    expect(textOf(client.next('publish'))).toBe('4');
  });

  it('unacknowledged messages do not hold up QoS 0', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const client = world.connect({ protocolVersion });
    client.subscribe('#', { qos: 1 });
    world.engine.publish('a', '1', { qos: 1 });
    world.engine.publish('a', '2', { qos: 1 });
    world.engine.publish('b', '3');
    expect(client.messages()).toEqual(['a=1', 'b=3']);
  });

  it('the packet id of an unacknowledged message is never reused', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 1 });
    world.engine.publish('a', 'held', { qos: 1 });
    const held = client.next('publish').packetId;
    for (let count = 0; count < 70_000; count++) {
      world.engine.publish('a', 'x', { qos: 1 });
      const { packetId } = client.next('publish');
      if (packetId === held) expect.unreachable('the id was given out twice');
      client.send({ type: 'puback', packetId: packetId!, reasonCode: 0 });
    }
  });

  it('a PUBACK for an unknown packet id is ignored', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.send({ type: 'puback', packetId: 5, reasonCode: 0 });
    expect(client.isClosed).toBe(false);
  });
});

describe('QoS 1 in MQTT 5', () => {
  it('no more messages are in flight to a client than its Receive Maximum (MQTT-3.3.4-9)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5, properties: { receiveMaximum: 1 } });
    client.subscribe('a', { qos: 1 });
    for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
    const { packetId } = client.next('publish');
    expect(client.received).toEqual([]);
    client.send({ type: 'puback', packetId: packetId!, reasonCode: 0x80 });
    expect(client.messages()).toEqual(['a=2']);
  });

  it('no more messages are sent again than a lowered Receive Maximum allows', () => {
    const world = new World();
    const properties = { sessionExpiryInterval: 100 };
    const old = world.connect({ protocolVersion: 5, cleanStart: false, properties });
    old.subscribe('a', { qos: 1 });
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 1 });
    expect(old.messages()).toEqual(['a=1', 'a=2', 'a=3']);
    old.drop();
    const back = world.connect({
      protocolVersion: 5,
      cleanStart: false,
      properties: { ...properties, receiveMaximum: 1 },
    });
    for (const value of ['1', '2', '3']) {
      const packet = back.next('publish');
      expect([textOf(packet), packet.dup]).toEqual([value, true]);
      expect(back.received).toEqual([]);
      back.send({ type: 'puback', packetId: packet.packetId!, reasonCode: 0 });
    }
    expect(back.received).toEqual([]);
  });

  it('a message whose PUBACK comes before its turn is not sent again', () => {
    const { first, second, back } = new World().interrupted(1);
    back.send({ type: 'puback', packetId: second.packetId!, reasonCode: 0 });
    back.send({ type: 'puback', packetId: first.packetId!, reasonCode: 0 });
    expect(back.messages()).toEqual(['a=1']);
  });
});
