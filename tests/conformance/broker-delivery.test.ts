import { describe, expect, it } from 'vitest';
import { textOf, World } from '../host/broker/world.js';

describe.each([4, 5] as const)('delivery, protocol version %i', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 1000 } : undefined;
  const lasting = { protocolVersion, cleanStart: false, properties };

  it('DUP of an incoming message is not passed on (MQTT-3.3.1-3)', () => {
    const world = new World();
    const reader = world.connect({ protocolVersion, clientId: 'reader' });
    reader.subscribe('#', { qos: 2 });
    const writer = world.connect({ protocolVersion, clientId: 'writer' });
    writer.publish('a', '1', { qos: 1, dup: true });
    writer.publish('a', '2', { qos: 2, dup: true });
    expect(reader.received).toMatchObject([{ dup: false }, { dup: false }]);
  });

  it('QoS 0 is sent once, without packet id and DUP (MQTT-4.3.1-1, MQTT-2.2.1-2)', () => {
    const world = new World();
    const reader = world.connect({ ...lasting, clientId: 'reader' });
    reader.subscribe('a');
    world.engine.publish('a', 'x');
    const packet = reader.next('publish');
    expect(packet).toMatchObject({ qos: 0, dup: false });
    expect(packet.packetId).toBeUndefined();
    reader.drop();
    expect(world.connect({ ...lasting, clientId: 'reader' }).received).toEqual([]);
  });

  it('QoS 2 is sent with a new packet id and DUP 0 (MQTT-4.3.3-1, -2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 2 });
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 2 });
    const packets = client.received.splice(0);
    expect(packets).toMatchObject([1, 2, 3].map(() => ({ qos: 2, dup: false, packetId: expect.any(Number) })));
    expect(new Set(packets.map((packet) => packet.type === 'publish' && packet.packetId)).size).toBe(3);
  });

  it('nothing is sent again while the connection lasts, however long (MQTT-4.4.0-1)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.subscribe('#', { qos: 2 });
    world.engine.publish('a', '1', { qos: 1 });
    world.engine.publish('b', '2', { qos: 2 });
    const [, second] = [client.next('publish'), client.next('publish')];
    client.send({ type: 'pubrec', packetId: second.packetId!, reasonCode: 0 });
    expect(client.next('pubrel').packetId).toBe(second.packetId);
    world.advance(100_000_000);
    expect(client.received).toEqual([]);
  });

  it('a new connection gets everything unacknowledged again, with the same ids (MQTT-4.3.2-3, MQTT-4.3.3-3, -5, -6)', () => {
    const world = new World();
    const client = world.connect(lasting);
    client.subscribe('#', { qos: 2 });
    world.engine.publish('a', 'one', { qos: 1 });
    world.engine.publish('b', 'two', { qos: 2 });
    world.engine.publish('c', 'three', { qos: 2 });
    const [one, two, three] = ['publish', 'publish', 'publish'].map(() => client.next('publish').packetId!);
    client.send({ type: 'pubrec', packetId: three, reasonCode: 0 });
    expect(client.next('pubrel').packetId).toBe(three);
    client.drop();
    for (let round = 0; round < 3; round++) {
      const back = world.connect(lasting);
      expect(back.received.map((packet) => 'packetId' in packet && [packet.type, packet.packetId])).toEqual([
        ['pubrel', three],
        ['publish', one],
        ['publish', two],
      ]);
      back.drop();
    }
  });

  it('PUBREL is sent again in the order in which PUBREC came (MQTT-4.6.0-4; 3.1.1: MQTT-4.6.0-6)', () => {
    const world = new World();
    const client = world.connect(lasting);
    client.subscribe('a', { qos: 2 });
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 2 });
    const ids = ['1', '2', '3'].map(() => client.next('publish').packetId!);
    const order = [ids[2], ids[0], ids[1]];
    for (const packetId of order) client.send({ type: 'pubrec', packetId, reasonCode: 0 });
    expect(order.map(() => client.next('pubrel').packetId)).toEqual(order);
    // A PUBREC that comes twice does not change its place.
    client.send({ type: 'pubrec', packetId: order[0], reasonCode: 0 });
    client.drop();
    const back = world.connect(lasting);
    expect(order.map(() => back.next('pubrel').packetId)).toEqual(order);
  });

  it('acknowledgements are sent in the order in which the messages came (MQTT-4.6.0-2, -3)', () => {
    const client = new World().connect({ protocolVersion });
    for (const packetId of [9, 3, 7]) client.publish('a', 'x', { qos: 1, packetId });
    expect([0, 0, 0].map(() => client.next('puback').packetId)).toEqual([9, 3, 7]);
    for (const packetId of [9, 3, 7]) client.publish('a', 'x', { qos: 2, packetId });
    expect([0, 0, 0].map(() => client.next('pubrec').packetId)).toEqual([9, 3, 7]);
  });

  it.each([0, 1, 2] as const)(
    'messages of QoS %i on a topic arrive in the order they were sent (MQTT-4.6.0-5)',
    (qos) => {
      const world = new World();
      const reader = world.connect({ protocolVersion, clientId: 'reader' });
      reader.subscribe('a', { qos });
      const writer = world.connect({ protocolVersion, clientId: 'writer' });
      const values = Array.from({ length: 60 }, (_, index) => String(index));
      for (const value of values) writer.publish('a', value, { qos });
      const got: string[] = [];
      for (let packet = reader.received.shift(); packet; packet = reader.received.shift()) {
        if (packet.type === 'pubrel') reader.send({ type: 'pubcomp', packetId: packet.packetId, reasonCode: 0 });
        if (packet.type !== 'publish') continue;
        got.push(textOf(packet));
        if (qos === 1) reader.send({ type: 'puback', packetId: packet.packetId!, reasonCode: 0 });
        if (qos === 2) reader.send({ type: 'pubrec', packetId: packet.packetId!, reasonCode: 0 });
      }
      expect(got).toEqual(values);
    },
  );

  it('a session is kept for as long as its connection is open (MQTT-4.1.0-1; 3.1.1: MQTT-4.1.0-2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion, cleanStart: true });
    client.subscribe('a', { qos: 2 });
    client.publish('b', 'x', { qos: 2, packetId: 5 });
    client.next('pubrec');
    world.advance(1_000_000_000);
    world.engine.publish('a', 'x', { qos: 2 });
    expect(client.next('publish').qos).toBe(2);
    client.publish('b', 'x', { qos: 2, packetId: 5, dup: true });
    expect(client.next('pubrec').packetId).toBe(5);
    expect(world.eventsOf('published').filter(({ topic }) => topic === 'b').length).toBe(1);
  });

  it('every matching session gets the message, connected or not (MQTT-4.5.0-1)', () => {
    const world = new World();
    for (const clientId of ['here', 'away']) world.connect({ ...lasting, clientId }).subscribe('a', { qos: 1 });
    const away = world.connect({ ...lasting, clientId: 'away' });
    away.drop();
    world.engine.publish('a', 'x', { qos: 1 });
    expect(world.eventsOf('published').at(-1)?.recipients).toBe(2);
    expect(world.connect({ ...lasting, clientId: 'here' }).messages()).toEqual(['a=x']);
    expect(world.connect({ ...lasting, clientId: 'away' }).messages()).toEqual(['a=x']);
  });

  it('other packets are answered while the client owes acknowledgements (MQTT-3.3.4-10, MQTT-4.9.0-3)', () => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const client = world.connect({ protocolVersion });
    client.subscribe('a', { qos: 1 });
    for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
    client.next('publish');
    client.send({ type: 'pingreq' });
    expect(client.next('pingresp').type).toBe('pingresp');
    expect(client.subscribe('b')).toEqual([0]);
    client.publish('c', 'x', { qos: 1, packetId: 3 });
    expect(client.next('puback').packetId).toBe(3);
    client.publish('c', 'x', { qos: 2, packetId: 4 });
    expect(client.next('pubrec').packetId).toBe(4);
    client.send({ type: 'pubrel', packetId: 4, reasonCode: 0 });
    expect(client.next('pubcomp').packetId).toBe(4);
    expect(client.received).toEqual([]);
  });

  it('PINGREQ is answered with PINGRESP (MQTT-3.12.4-1)', () => {
    const client = new World().connect({ protocolVersion });
    for (let round = 0; round < 3; round++) client.send({ type: 'pingreq' });
    expect(client.received.map(({ type }) => type)).toEqual(['pingresp', 'pingresp', 'pingresp']);
  });

  it('the topic name sent matches a filter of the receiver and is the one published (MQTT-3.3.2-3)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    for (const filter of ['a/+', 'b/#', 'c']) client.subscribe(filter);
    for (const topic of ['a/1', 'a/1/2', 'b', 'b/x/y', 'c', 'c/d', 'd']) world.engine.publish(topic, 'x');
    expect(client.messages()).toEqual(['a/1=x', 'b=x', 'b/x/y=x', 'c=x']);
  });
});

describe('delivery in MQTT 5', () => {
  const lasting = (more = {}) => ({
    protocolVersion: 5 as const,
    cleanStart: false,
    properties: { sessionExpiryInterval: 1000, ...more },
  });

  it('a message that was sent does not expire: it is sent again (MQTT-4.3.3-7)', () => {
    const world = new World();
    const client = world.connect(lasting());
    client.subscribe('a', { qos: 2 });
    world.engine.publish('a', 'x', { qos: 2, properties: { messageExpiryInterval: 10 } });
    const { packetId } = client.next('publish');
    client.drop();
    world.advance(60_000);
    expect(world.connect(lasting()).next('publish')).toMatchObject({ packetId, dup: true, qos: 2 });
  });

  it('the exchange of a message that expires meanwhile continues to PUBCOMP (MQTT-4.3.3-13)', () => {
    const world = new World();
    const client = world.connect(lasting());
    client.publish('a', 'x', { qos: 2, packetId: 5, properties: { messageExpiryInterval: 1 } });
    expect(client.next('pubrec').reasonCode).toBe(0);
    world.advance(60_000);
    client.send({ type: 'pubrel', packetId: 5, reasonCode: 0 });
    expect(client.next('pubcomp')).toMatchObject({ packetId: 5, reasonCode: 0 });
  });

  it.each([
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const)('a message of QoS %i answered with an error is not sent again (MQTT-4.4.0-2)', (qos, type) => {
    const world = new World();
    const client = world.connect(lasting());
    client.subscribe('a', { qos });
    world.engine.publish('a', 'x', { qos });
    client.send({ type, packetId: client.next('publish').packetId!, reasonCode: 0x80 });
    expect(client.received, 'no PUBREL').toEqual([]);
    client.drop();
    expect(world.connect(lasting()).received).toEqual([]);
  });

  it('PUBREL does not wait for the Receive Maximum (MQTT-3.3.4-10)', () => {
    const world = new World();
    const client = world.connect(lasting());
    client.subscribe('a', { qos: 2 });
    for (const value of ['1', '2', '3']) world.engine.publish('a', value, { qos: 2 });
    const [one, two, three] = ['1', '2', '3'].map(() => client.next('publish').packetId!);
    for (const packetId of [two, three]) client.send({ type: 'pubrec', packetId, reasonCode: 0 });
    client.drop();
    const back = world.connect(lasting({ receiveMaximum: 1 }));
    expect([back.next('pubrel').packetId, back.next('pubrel').packetId]).toEqual([two, three]);
    expect(back.received).toEqual([]);
    for (const packetId of [two, three]) back.send({ type: 'pubcomp', packetId, reasonCode: 0 });
    expect(back.next('publish')).toMatchObject({ packetId: one, dup: true });
  });

  it('the Receive Maximum counts QoS 2 until PUBCOMP and QoS 1 until PUBACK (MQTT-3.3.4-9, MQTT-4.9.0-1, -2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5, properties: { receiveMaximum: 2 } });
    client.subscribe('#', { qos: 2 });
    for (const value of ['1', '2', '3', '4']) world.engine.publish('a', value, { qos: value < '3' ? 2 : 1 });
    const [one, two] = [client.next('publish').packetId!, client.next('publish').packetId!];
    expect(client.received).toEqual([]);
    client.send({ type: 'pubrec', packetId: one, reasonCode: 0 });
    expect(client.next('pubrel').packetId).toBe(one);
    expect(client.received).toEqual([]);
    client.send({ type: 'pubcomp', packetId: one, reasonCode: 0 });
    expect(client.messages()).toEqual(['a=3']);
    client.send({ type: 'pubrec', packetId: two, reasonCode: 0x97 });
    expect(client.messages()).toEqual(['a=4']);
  });

  it.each([undefined, 0, 1, 3])(
    'no topic alias is above the maximum that the client sets, and none is 0: %s (MQTT-3.1.2-26, -27, MQTT-3.3.2-8, -11)',
    (topicAliasMaximum) => {
      const world = new World();
      const client = world.connect({ protocolVersion: 5, properties: { topicAliasMaximum } });
      client.subscribe('#');
      const topics = Array.from({ length: 20 }, (_, n) => `long/topic/${n % 5}`);
      for (const topic of topics) world.engine.publish(topic, 'x');
      const packets = topics.map(() => client.next('publish'));
      const aliases = packets.flatMap(({ properties }) => properties?.topicAlias ?? []);
      expect([...new Set(aliases)]).toEqual([1, 2, 3].slice(0, topicAliasMaximum ?? 0));
      const known = new Map<number | undefined, string>();
      const named = packets.map(({ topic, properties }) => {
        if (topic !== '') known.set(properties?.topicAlias, topic);
        return topic || known.get(properties?.topicAlias);
      });
      expect(named).toEqual(topics);
    },
  );

  it('a retained message that is sent later has the rest of its expiry interval (MQTT-3.3.2-6)', () => {
    const world = new World();
    world.engine.publish('a', 'x', { retain: true, properties: { messageExpiryInterval: 100 } });
    world.advance(30_000);
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe('a');
    expect(client.next('publish').properties?.messageExpiryInterval).toBe(70);
  });
});

it('a client of 3.1.1 whose retained message finds no room is closed, not acknowledged (3.1.1: MQTT-4.8.0-2)', () => {
  const world = new World({ limits: { retainedMessages: 1 } });
  const client = world.connect({ protocolVersion: 4 });
  client.publish('a', 'x', { retain: true, qos: 1 });
  expect(client.next('puback').packetId).toBe(1);
  client.publish('b', 'x', { retain: true, qos: 1 });
  expect(client.received).toEqual([]);
  expect(client.isClosed).toBe(true);
});
