import { describe, expect, it } from 'vitest';
import { encodePacket, type Packet } from '../../../../../host/core/index.js';
import { World } from '../../world.js';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

describe('the first packet', () => {
  it('closes the connection without an answer when it is not CONNECT (MQTT-3.1.0-1)', () => {
    const world = new World();
    const client = world.open();
    client.send({ type: 'pingreq' });
    expect(client.isClosed).toBe(true);
    expect(client.received).toEqual([]);
    expect(world.eventsOf('refused')).toMatchObject([{ reason: expect.stringContaining('PINGREQ') }]);
  });

  it('closes the connection without an answer when it is not MQTT', () => {
    const world = new World();
    const client = world.open();
    client.raw(Buffer.from('GET / HTTP/1.1\r\nHost: broker\r\n\r\n'));
    expect(client.isClosed).toBe(true);
    expect(client.received).toEqual([]);
  });

  it.each([
    ['6', '10 0d 0004 4d515454 06 02 000a 00 0000', 5 as const, 0x84],
    ['2', '10 0c 0004 4d515454 02 02 000a 0000', 4 as const, 1],
  ])(
    'of protocol version %s is refused in a form that its sender may understand (MQTT-3.1.2-2)',
    (_, bytes, answer, reasonCode) => {
      const world = new World();
      const client = world.open(answer);
      client.raw(hex(bytes));
      expect(client.next('connack')).toMatchObject({ reasonCode, sessionPresent: false });
      expect(client.isClosed).toBe(true);
    },
  );

  it('ends the connection when its header says more than 128 KiB, however large later packets may be', () => {
    const world = new World({ limits: { maximumPacketSize: 268_435_460 } });
    const client = world.open(5);
    client.raw(hex('10 80 80 88'));
    expect(client.isClosed).toBe(false);
    client.raw(hex('00'));
    expect(client.isClosed).toBe(false);
    const other = world.open(5);
    other.raw(hex('10 81 80 08'));
    expect(other.isClosed).toBe(true);
    expect(world.eventsOf('refused')).toMatchObject([{ reasonCode: 0x95, reason: expect.stringContaining('131073') }]);
  });

  it('may have the largest will with its topic, user properties and password, and more or less where a setting says so', () => {
    const userProperty = Array.from({ length: 200 }, (_, n): [string, string] => [`name ${n}`, 'v'.repeat(200)]);
    const will = {
      topic: 't'.repeat(5000),
      payload: new Uint8Array(65_535),
      qos: 1 as const,
      retain: false,
      properties: { userProperty },
    };
    const options = { protocolVersion: 5, will, userName: 'u'.repeat(500), password: new Uint8Array(10_000) } as const;
    expect(new World().connect(options).connack.reasonCode).toBe(0);
    const small = new World({ limits: { connectPacketSize: 100_000 } });
    expect(small.begin(options).isClosed).toBe(true);
    const large = { ...options, properties: { userProperty } };
    expect(new World().begin(large).isClosed).toBe(true);
    expect(new World({ limits: { connectPacketSize: 200_000 } }).connect(large).connack.reasonCode).toBe(0);
  });

  it('of MQTT 3.1 is accepted', () => {
    const world = new World();
    const client = world.open();
    client.raw(hex('10 0f 0006 4d5149736470 03 02 000a 0001 61'));
    expect(client.next('connack').reasonCode).toBe(0);
    client.subscribe('a', { qos: 1 });
    world.engine.publish('a', 'x', { qos: 1 });
    expect(client.next('publish').qos).toBe(1);
  });

  it('of MQTT 3.1 needs a client id: return code 2', () => {
    const client = new World().open();
    client.raw(hex('10 0e 0006 4d5149736470 03 02 000a 0000'));
    expect(client.next('connack').reasonCode).toBe(2);
    expect(client.isClosed).toBe(true);
  });

  it('of 3.1.1 with an empty client id needs a clean session: return code 2 (MQTT-3.1.3-8 of 3.1.1)', () => {
    const world = new World();
    const client = world.open();
    client.raw(hex('10 0c 0004 4d515454 04 00 000a 0000'));
    expect(client.next('connack').reasonCode).toBe(2);
    expect(client.isClosed).toBe(true);
  });

  it('that is a malformed CONNECT gets its reason in MQTT 5 and nothing in 3.1.1 (4.13)', () => {
    const world = new World();
    const five = world.open(5);
    five.raw(hex('10 0d 0004 4d515454 05 03 000a 00 0000'));
    expect(five.next('connack').reasonCode).toBe(0x81);
    const four = world.open(4);
    four.raw(hex('10 0c 0004 4d515454 04 03 000a 0000'));
    expect(four.received).toEqual([]);
    expect([five.isClosed, four.isClosed]).toEqual([true, true]);
  });

  it('may come in single bytes', () => {
    const world = new World();
    const client = world.open(5);
    const connect: Packet = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'c' };
    for (const byte of encodePacket(connect, 5)) client.raw(Uint8Array.of(byte));
    expect(client.next('connack').reasonCode).toBe(0);
  });

  it('that asks for enhanced authentication is refused with 0x8C (4.12)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5, properties: { authenticationMethod: 'SCRAM-SHA-1' } });
    expect(client.connack.reasonCode).toBe(0x8c);
    expect(client.isClosed).toBe(true);
  });
});

describe.each([4, 5] as const)('a connected client, protocol version %i', (protocolVersion) => {
  function expectClosed(world: World, client: ReturnType<World['connect']>, reasonCode: number) {
    if (protocolVersion === 5) expect(client.next('disconnect').reasonCode).toBe(reasonCode);
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('disconnected')).toMatchObject([{ reasonCode }]);
    expect(world.eventsOf('connected').length - world.engine.counts.connections).toBe(1);
  }

  it('may not send a second CONNECT (MQTT-3.1.0-2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.send({ type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: 'client' });
    expectClosed(world, client, 0x82);
  });

  it.each<Packet>([
    { type: 'connack', sessionPresent: false, reasonCode: 0 },
    { type: 'suback', packetId: 1, reasonCodes: [0] },
    { type: 'unsuback', packetId: 1, reasonCodes: protocolVersion === 5 ? [0] : [] },
    { type: 'pingresp' },
  ])('may not send $type', (packet) => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.send(packet);
    expectClosed(world, client, 0x82);
  });

  it.each([
    [
      'SUBSCRIBE with wrong flags (MQTT-3.8.1-1)',
      protocolVersion === 5 ? '80 07 0001 00 0001 61 00' : '80 06 0001 0001 61 00',
    ],
    ['QoS 3 (MQTT-3.3.1-4)', protocolVersion === 5 ? '36 06 0001 61 0001 00' : '36 05 0001 61 0001'],
    ['a length of five bytes (MQTT 1.5.5)', '30 ffffffff 01'],
    ['packet type 0 (2.1.2)', '00 00'],
  ])('is closed for %s', (_, bytes) => {
    const world = new World();
    const client = world.connect({ protocolVersion });
    client.raw(hex(bytes));
    expectClosed(world, client, 0x81);
  });

  it('is served up to its malformed packet and no further', () => {
    const world = new World();
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('#');
    const client = world.connect({ protocolVersion });
    const publish = (topic: string): Packet => ({
      type: 'publish',
      topic,
      payload: new Uint8Array(0),
      qos: 0,
      retain: false,
      dup: false,
    });
    const bytes = [publish('before'), publish('after')].map((packet) => encodePacket(packet, protocolVersion));
    client.raw(Buffer.concat([bytes[0], hex('0000'), bytes[1]]));
    client.raw(bytes[1]);
    expect(reader.messages()).toEqual(['before=']);
    expectClosed(world, client, 0x81);
  });

  it('may not send a packet above the announced maximum (MQTT-3.2.2-15)', () => {
    const world = new World({ limits: { maximumPacketSize: 200 } });
    const client = world.connect({ protocolVersion });
    client.raw(hex('30 ff01'));
    expectClosed(world, client, 0x95);
  });

  it('may not publish to a topic with too many levels', () => {
    const world = new World({ limits: { topicLevels: 3 } });
    const client = world.connect({ protocolVersion });
    client.publish('a/b/c', 'x');
    expect(client.isClosed).toBe(false);
    client.publish('a/b/c/d', 'x');
    expectClosed(world, client, 0x90);
  });

  it('is ignored after its DISCONNECT (MQTT-3.14.4-1)', () => {
    const world = new World();
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('#');
    const client = world.connect({ protocolVersion });
    const publish: Packet = { type: 'publish', topic: 'a', payload: hex(''), qos: 0, retain: false, dup: false };
    const packets: Packet[] = [{ type: 'disconnect', reasonCode: 0 }, publish];
    client.raw(Buffer.concat(packets.map((packet) => encodePacket(packet, protocolVersion))));
    client.send(publish);
    expect(reader.received).toEqual([]);
    expect(world.eventsOf('disconnected')).toMatchObject([{ reasonCode: 0 }]);
  });
});

it('AUTH without a method closes the connection with 0x82 (MQTT-4.12.0-6)', () => {
  const world = new World();
  const client = world.connect({ protocolVersion: 5 });
  client.raw(hex('f0 00'));
  expect(client.next('disconnect').reasonCode).toBe(0x82);
});

it.each(['a/+', '#', ''])('the program cannot publish to an invalid topic name either: "%s"', (topic) => {
  const world = new World();
  expect(() => world.engine.publish(topic, 'x')).toThrow(RangeError);
  expect(world.events).toEqual([]);
});
