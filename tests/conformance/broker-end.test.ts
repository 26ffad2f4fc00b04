import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../host/broker/index.js';
import { encodePacket, type Packet } from '../../host/core/index.js';
import { type TestClient, text, World } from '../host/broker/world.js';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const publish: Packet = { type: 'publish', topic: 'a', payload: text('x'), qos: 0, retain: false, dup: false };

/** Packets that a receiver must refuse, and the reason code of MQTT 5 for each. */
const malformed: [string, string, number][] = [
  ['PUBREL with flags 0000 (MQTT-3.6.1-1)', '60 02 0001', 0x81],
  ['SUBSCRIBE with flags 0000 (MQTT-3.8.1-1)', '80 06 0001 00 0001 61 00', 0x81],
  ['UNSUBSCRIBE with flags 0000 (MQTT-3.10.1-1)', 'a0 06 0001 00 0001 61', 0x81],
  ['DISCONNECT with a reserved bit (MQTT-3.14.1-1)', 'e1 00', 0x81],
  ['AUTH with a reserved bit (MQTT-3.15.1-1)', 'f1 00', 0x81],
  ['PINGREQ with a reserved bit (MQTT-2.1.3-1)', 'c1 00', 0x81],
  ['a topic name with a surrogate (MQTT-1.5.4-1)', '30 06 0003 eda080 00', 0x81],
  ['a topic name with U+0000 (MQTT-1.5.4-2)', '30 04 0001 00 00', 0x81],
  ['a topic name with a wildcard (MQTT-3.3.2-2)', '30 06 0003 612f2b 00', 0x90],
  ['SUBSCRIBE without filters (MQTT-3.8.3-2)', '82 03 0001 00', 0x82],
  ['UNSUBSCRIBE without filters (MQTT-3.10.3-2)', 'a2 03 0001 00', 0x82],
  ['SUBSCRIBE with a reserved option bit (MQTT-3.8.3-5)', '82 07 0001 00 0001 61 40', 0x81],
  ['No Local on a shared subscription (MQTT-3.8.3-4)', '82 10 0001 00 000a 24736861 72652f67 2f61 04', 0x82],
  ['topic alias 0 (MQTT-3.3.2-8)', '30 07 0001 61 03 230000', 0x94],
];

describe('after a malformed packet or a protocol error', () => {
  it.each(malformed)('the broker sends DISCONNECT and closes: %s (MQTT-4.13.1-1)', (_, bytes, reasonCode) => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.raw(hex(bytes));
    expect(client.next('disconnect').reasonCode).toBe(reasonCode);
    expect(client.isClosed).toBe(true);
    expect(client.received).toEqual([]);
    expect(world.eventsOf('published')).toEqual([]);
  });

  it.each([
    ['PUBREL with flags 0000', '60 02 0001'],
    ['SUBSCRIBE with flags 0000', '80 06 0001 0001 61 00'],
    ['UNSUBSCRIBE with flags 0000', 'a0 05 0001 0001 61'],
    ['DISCONNECT with a reserved bit', 'e1 00'],
    ['PINGREQ with a reserved bit', 'c1 00'],
    ['QoS 3', '36 03 0001 61'],
  ])(
    'a client of 3.1.1 is closed without an answer: %s (3.1.1: MQTT-4.8.0-1, MQTT-2.2.2-2, MQTT-3.14.1-1, MQTT-3.6.1-1)',
    (_, bytes) => {
      const client = new World().connect({ protocolVersion: 4 });
      client.raw(hex(bytes));
      expect(client.received).toEqual([]);
      expect(client.isClosed).toBe(true);
    },
  );

  it.each([
    ['a surrogate', '30 05 0003 eda080'],
    ['U+0000', '30 03 0001 00'],
    ['an overlong form', '30 04 0002 c0af'],
    ['an octet that UTF-8 does not use', '82 06 0001 0001 ff 00'],
  ])('a client of 3.1.1 that sends bad text is closed: %s (3.1.1: MQTT-1.5.3-1, -2)', (_, bytes) => {
    const world = new World();
    const client = world.connect({ protocolVersion: 4 });
    client.raw(hex(bytes));
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('disconnected')).toMatchObject([{ reasonCode: 0x81 }]);
  });

  it.each([
    ['SUBSCRIBE without filters', '82 02 0001'],
    ['UNSUBSCRIBE without filters', 'a2 02 0001'],
    ['QoS 3', '82 06 0001 0001 61 03'],
    ['a reserved option bit', '82 06 0001 0001 61 04'],
  ])(
    'a client of 3.1.1 that sends an empty list or bad options is closed: %s (3.1.1: MQTT-3.8.3-3, -4, MQTT-3.10.3-2)',
    (_, bytes) => {
      const world = new World();
      const client = world.connect({ protocolVersion: 4 });
      client.raw(hex(bytes));
      expect(client.received).toEqual([]);
      expect(client.isClosed).toBe(true);
      expect(world.engine.counts.subscriptions).toBe(0);
    },
  );

  it('a client that sends a subscription identifier in PUBLISH is closed with 0x82 (MQTT-3.3.4-6)', () => {
    const client = new World().connect({ protocolVersion: 5 });
    client.send({ ...publish, properties: { subscriptionIdentifier: [1] } } as Packet);
    expect(client.next('disconnect').reasonCode).toBe(0x82);
    expect(client.isClosed).toBe(true);
  });

  it('a client that sends AUTH without a method in CONNECT is closed with 0x82 (MQTT-4.12.0-7, MQTT-4.12.1-1)', () => {
    const client = new World().connect({ protocolVersion: 5 });
    client.send({ type: 'auth', reasonCode: 0x19, properties: { authenticationMethod: 'K' } });
    expect(client.next('disconnect').reasonCode).toBe(0x82);
    expect(client.isClosed).toBe(true);
  });
});

describe('the end of a connection', () => {
  it('before a successful CONNACK comes without DISCONNECT (MQTT-3.14.0-1)', () => {
    const world = new World({ rules: { connect: () => refuse('nobody') } });
    const refused = world.connect({ protocolVersion: 5 });
    const silent = world.open(5);
    world.advance(60_000);
    const early = world.open(5);
    early.send({ type: 'pingreq' });
    const shut = world.open(5);
    world.engine.shutDown();
    for (const client of [refused, silent, early, shut]) {
      expect(client.received).toEqual([]);
      expect(client.isClosed).toBe(true);
    }
  });

  it.each([
    ['a protocol error', (_: World, client: TestClient) => client.raw(hex('0000'))],
    ['a takeover', (world: World) => world.connect({ protocolVersion: 5 })],
    ['the end of keep-alive', (world: World) => world.advance(60_000)],
    ['a shutdown', (world: World) => world.engine.shutDown()],
  ])('by %s: DISCONNECT is the last packet, and the connection is closed (MQTT-3.14.4-1, -2)', (_, end) => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5, keepAlive: 10 });
    client.subscribe('#', { qos: 1 });
    end(world, client);
    const last = client.next('disconnect');
    expect(last.reasonCode).toBeGreaterThanOrEqual(0x80);
    expect(last.properties).not.toHaveProperty('sessionExpiryInterval');
    expect(last.properties).not.toHaveProperty('userProperty');
    expect(client.isClosed).toBe(true);
    world.engine.publish('a', 'x', { qos: 1 });
    client.send({ type: 'pingreq' });
    world.advance(1_000_000);
    expect(client.received).toEqual([]);
  });

  it.each([
    [25, false],
    [1000, true],
  ])(
    'leaves out a reason string that would make DISCONNECT or CONNACK too large: at most %i bytes (MQTT-3.14.2-3, MQTT-3.2.2-19)',
    (maximumPacketSize, hasReason) => {
      const world = new World({
        rules: { connect: ({ clientId }) => (clientId === 'bad' ? refuse('this client id is nobody here') : ALLOW) },
      });
      const properties = { maximumPacketSize };
      const { connack } = world.connect({ protocolVersion: 5, clientId: 'bad', properties });
      expect(connack.reasonCode).toBe(0x87);
      expect(connack.properties?.reasonString !== undefined).toBe(hasReason);
      const client = world.connect({ protocolVersion: 5, properties });
      client.raw(hex('c1 00'));
      expect(client.next('disconnect').properties?.reasonString !== undefined).toBe(hasReason);
    },
  );
});

describe('reason strings and user properties', () => {
  /** The broker's answers to everything that a client can ask, for both outcomes. */
  function answers(requestProblemInformation: number | undefined): Packet[] {
    const world = new World({
      rules: {
        publish: (_, { topic }) => (topic === 'no' ? refuse('no') : ALLOW),
        subscribe: (_, { topicFilter }) => (topicFilter === 'no' ? refuse('no') : ALLOW),
      },
    });
    const client = world.connect({ protocolVersion: 5, properties: { requestProblemInformation } });
    for (const topic of ['no', 'yes']) {
      client.publish(topic, 'x', { qos: 1 });
      client.publish(topic, 'x', { qos: 2, packetId: 99 });
      client.send({ type: 'pubrel', packetId: 99, reasonCode: 0 });
      client.send({ type: 'pubrec', packetId: 50, reasonCode: 0 });
      client.send({ type: 'subscribe', packetId: 9, subscriptions: [{ topicFilter: topic, qos: 0 }] });
      client.send({ type: 'unsubscribe', packetId: 9, topicFilters: [topic, 'nothing'] });
    }
    return [client.connack, ...client.received];
  }

  it('are only where the rules refused, and there without user properties', () => {
    const packets = answers(undefined);
    const types = ['connack', 'puback', 'pubrec', 'pubcomp', 'pubrel', 'suback', 'unsuback'];
    expect(new Set(packets.map(({ type }) => type))).toEqual(new Set(types));
    const told = packets.filter((packet) => 'properties' in packet && packet.properties?.reasonString !== undefined);
    expect(told.map(({ type }) => type)).toEqual(['puback', 'pubrec', 'suback']);
    for (const packet of told) expect(packet).toHaveProperty('properties.reasonString', 'no');
    for (const packet of packets) expect(packet).not.toHaveProperty('properties.userProperty');
  });

  it.each([
    ['PUBACK (MQTT-3.4.2-2)', 'puback'],
    ['PUBREC (MQTT-3.5.2-2)', 'pubrec'],
    ['SUBACK (MQTT-3.9.2-1)', 'suback'],
  ] as const)('are left out of %s where they would make it larger than the client accepts', (_, type) => {
    for (const missing of [0, 1]) {
      const rules = { publish: () => refuse('because'), subscribe: () => refuse('because') };
      const listener = {
        name: 'l',
        rules,
        settings: { topicAliasMaximum: 0, receiveMaximum: 65_535, maximumPacketSize: 268_435_460 },
      };
      const world = new World();
      const properties = { maximumPacketSize: 16 - missing };
      const client = world.connect({ protocolVersion: 5, properties }, { listener });
      if (type === 'suback')
        client.send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 0 }] });
      else client.publish('a', 'x', { qos: type === 'puback' ? 1 : 2 });
      const packet = client.next(type);
      expect(packet.properties?.reasonString).toBe(missing ? undefined : 'because');
      expect(client.isClosed).toBe(false);
    }
  });

  it('are in none when the client does not want them (MQTT-3.1.2-29)', () => {
    for (const packet of answers(0)) {
      expect(packet).not.toHaveProperty('properties.reasonString');
      expect(packet).not.toHaveProperty('properties.userProperty');
    }
  });
});

it.each([
  [0, false],
  [4, true],
  [0x80, true],
])(
  'DISCONNECT discards the will with reason 0, and only with 0: reason %i (MQTT-3.14.4-3, MQTT-3.1.2-10)',
  (reasonCode, isPublished) => {
    const world = new World();
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    const will = { topic: 'gone', payload: text('bye'), qos: 0 as const, retain: false };
    world.connect({ protocolVersion: 5, will }).send({ type: 'disconnect', reasonCode });
    expect(watcher.messages()).toEqual(isPublished ? ['gone=bye'] : []);
  },
);

it('a packet that comes after DISCONNECT is not answered (MQTT-3.14.4-1)', () => {
  const world = new World();
  const client = world.connect({ protocolVersion: 5 });
  const packets: Packet[] = [{ type: 'disconnect', reasonCode: 0 }, { type: 'pingreq' }];
  client.raw(Buffer.concat(packets.map((packet) => encodePacket(packet, 5))));
  expect(world.eventsOf('failed'), 'bytes were sent after the end').toEqual([]);
  expect(client.received).toEqual([]);
  expect(client.isClosed).toBe(true);
});
