import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../host/broker/index.js';
import { encodePacket, type Packet } from '../../host/core/index.js';
import { text, World } from '../host/broker/world.js';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const publish: Packet = { type: 'publish', topic: 'a', payload: text('x'), qos: 0, retain: false, dup: false };
const will = { topic: 'gone', payload: text('bye'), qos: 0 as const, retain: false };

describe.each([4, 5] as const)('CONNECT and its answer, protocol version %i', (protocolVersion) => {
  const properties = protocolVersion === 5 ? { sessionExpiryInterval: 0xffffffff } : undefined;
  const lasting = { protocolVersion, cleanStart: false, properties };

  it('a client id of 1 to 23 letters and digits is accepted (MQTT-3.1.3-5)', () => {
    const world = new World();
    const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const ids = Array.from({ length: 23 }, (_, length) => alphabet.repeat(2).slice(length * 2, length * 3 + 1));
    for (const clientId of [...ids, ...alphabet]) {
      expect(world.connect({ protocolVersion, clientId }).connack.reasonCode, clientId).toBe(0);
    }
    expect(ids.map(({ length }) => length)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
  });

  it('an accepted CONNECT is answered with code 0, once and before anything else (MQTT-3.1.4-5, MQTT-3.2.0-1, -2)', () => {
    const world = new World();
    const before = world.connect(lasting);
    before.subscribe('a', { qos: 1 });
    before.drop();
    for (const value of ['1', '2']) world.engine.publish('a', value, { qos: 1 });
    const after = world.open(protocolVersion);
    after.send({ type: 'connect', keepAlive: 0, clientId: 'client', ...lasting });
    after.send({ type: 'pingreq' });
    expect(after.received.map(({ type }) => type)).toEqual(['connack', 'publish', 'publish', 'pingresp']);
    expect(after.received[0]).toMatchObject({ reasonCode: 0, sessionPresent: true });
  });

  it('after a refusal the packets that follow are ignored (MQTT-3.1.4-6; 3.1.1: MQTT-3.1.4-5)', () => {
    const world = new World({ rules: { connect: ({ clientId }) => (clientId === 'bad' ? refuse('bad') : ALLOW) } });
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('#');
    const client = world.open(protocolVersion);
    const connect: Packet = { type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: 'bad' };
    client.raw(Buffer.concat([connect, publish].map((packet) => encodePacket(packet, protocolVersion))));
    client.send(publish);
    expect(client.next('connack').reasonCode).toBe(protocolVersion === 5 ? 0x87 : 5);
    expect(client.isClosed).toBe(true);
    expect(client.received).toEqual([]);
    expect(reader.received).toEqual([]);
  });

  it('a refusal has Session Present 0 even when there is a session (MQTT-3.2.2-6; 3.1.1: MQTT-3.2.2-4)', () => {
    const world = new World({ rules: { connect: ({ userName }) => (userName === 'u' ? ALLOW : refuse('not u')) } });
    world.connect({ ...lasting, userName: 'u' }).disconnect();
    const refused = world.connect({ ...lasting, userName: 'v' });
    expect(refused.connack).toMatchObject({ sessionPresent: false });
    expect(refused.connack.reasonCode).not.toBe(0);
    expect(refused.isClosed).toBe(true);
    expect(world.connect({ ...lasting, userName: 'u' }).connack.sessionPresent).toBe(true);
  });

  it('an empty client id with a clean session gets a session of its own (3.1.1: MQTT-3.1.3-6)', () => {
    const world = new World();
    const clients = [1, 2].map(() => world.connect({ protocolVersion, clientId: '' }));
    for (const client of clients) expect(client.connack.reasonCode).toBe(0);
    clients[0].subscribe('a');
    world.engine.publish('a', 'x');
    expect(clients.map((client) => client.messages())).toEqual([['a=x'], []]);
    expect(world.engine.counts.sessions).toBe(2);
  });

  it('a refusal publishes no will (MQTT-3.1.2-7; 3.1.1: MQTT-3.1.2-8)', () => {
    const world = new World({ rules: { connect: ({ clientId }) => (clientId === 'bad' ? refuse('bad') : ALLOW) } });
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    expect(world.connect({ protocolVersion, clientId: 'bad', will }).isClosed).toBe(true);
    expect(watcher.received).toEqual([]);
  });

  it('without a will none is published (3.1.1: MQTT-3.1.2-12)', () => {
    const world = new World();
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    world.connect({ protocolVersion }).drop();
    expect(watcher.received).toEqual([]);
  });

  it('a will is published once, and retained only if it asks for that (MQTT-3.1.2-10, -14)', () => {
    const world = new World();
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    world.connect({ ...lasting, will }).drop();
    expect(watcher.messages()).toEqual(['gone=bye']);
    world.connect(lasting).drop();
    world.advance(1_000_000);
    expect(watcher.received).toEqual([]);
    expect(world.engine.counts.retained).toBe(0);
  });

  it('a will of a client that subscribed to it is not sent to the connection that just ended', () => {
    const world = new World();
    const client = world.connect({ ...lasting, will: { ...will, qos: 1 } });
    client.subscribe('gone', { qos: 1 });
    client.raw(hex('0000'));
    expect(client.isClosed).toBe(true);
    expect(client.received.filter(({ type }) => type !== 'disconnect')).toEqual([]);
    const back = world.connect(lasting);
    expect(back.next('publish')).toMatchObject({ topic: 'gone', dup: false });
  });

  it('a client id that the rules do not allow ends with CONNACK and close (MQTT-3.1.3-8; 3.1.1: MQTT-3.1.3-9)', () => {
    const world = new World({
      rules: { connect: ({ clientId }) => (clientId === 'odd' ? refuse('odd', 0x85) : ALLOW) },
    });
    const client = world.connect({ protocolVersion, clientId: 'odd' });
    expect(client.connack.reasonCode).toBe(protocolVersion === 5 ? 0x85 : 2);
    expect(client.isClosed).toBe(true);
  });

  it('different client ids have different sessions, the same id has the same session (MQTT-3.1.3-2)', () => {
    const world = new World();
    for (const clientId of ['one', 'two']) {
      const client = world.connect({ ...lasting, clientId });
      client.subscribe(clientId, { qos: 1 });
      client.drop();
    }
    for (const topic of ['one', 'two', 'One']) world.engine.publish(topic, 'x', { qos: 1 });
    expect(world.connect({ ...lasting, clientId: 'two' }).messages()).toEqual(['two=x']);
    expect(world.connect({ ...lasting, clientId: 'Two' }).connack.sessionPresent).toBe(false);
  });

  it('a CONNECT with another protocol name is not served (MQTT-3.1.2-1)', () => {
    const client = new World().open(protocolVersion);
    client.raw(hex(`10 10 0004 4d515458 0${protocolVersion} 02 0000 ${protocolVersion === 5 ? '00' : ''} 0003 646576`));
    client.raw(encodePacket({ type: 'pingreq' }, protocolVersion));
    expect(client.isClosed).toBe(true);
    expect(client.received).toEqual([]);
  });
});

describe('CONNECT of MQTT 5', () => {
  it('with a will above the maximum QoS is refused with 0x9B (MQTT-3.2.2-12)', () => {
    const world = new World({ limits: { maximumQoS: 1 } });
    const client = world.connect({ protocolVersion: 5, will: { ...will, qos: 2 } });
    expect(client.connack.reasonCode).toBe(0x9b);
    expect(client.isClosed).toBe(true);
  });

  it.each([0, 1] as const)(
    'is answered with a maximum QoS of %i below 2, and SUBSCRIBE with a higher one is still accepted (MQTT-3.2.2-9, -10)',
    (maximumQoS) => {
      const client = new World({ limits: { maximumQoS } }).connect({ protocolVersion: 5 });
      expect(client.connack.properties?.maximumQoS).toBe(maximumQoS);
      expect([0, 1, 2].map((qos) => client.subscribe(`a/${qos}`, { qos: qos as 0 | 1 | 2 }))).toEqual(
        [0, 1, 2].map((qos) => [Math.min(qos, maximumQoS)]),
      );
    },
  );

  it.each([undefined, 0, 1])(
    'is answered without response information, also when it asks with %s (MQTT-3.1.2-28)',
    (requestResponseInformation) => {
      const client = new World().connect({ protocolVersion: 5, properties: { requestResponseInformation } });
      expect(client.connack.properties).not.toHaveProperty('responseInformation');
    },
  );

  it('without an authentication method is answered without one, and without AUTH (MQTT-4.12.0-6)', () => {
    const client = new World().connect({ protocolVersion: 5, cleanStart: false });
    expect(client.connack.properties).not.toHaveProperty('authenticationMethod');
    expect(client.received).toEqual([]);
  });

  it('with an authentication method is refused with 0x8C and closed (MQTT-4.12.0-1)', () => {
    const client = new World().connect({ protocolVersion: 5, properties: { authenticationMethod: 'K' } });
    expect(client.connack.reasonCode).toBe(0x8c);
    expect(client.isClosed).toBe(true);
  });

  it('that accepts no packet of CONNACK size is refused with 0x95 and changes nothing (MQTT-3.14.0-1)', () => {
    const world = new World();
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    const lasting = { protocolVersion: 5, properties: { sessionExpiryInterval: 100 } } as const;
    world.connect({ ...lasting, cleanStart: false }).drop();
    const properties = { ...lasting.properties, maximumPacketSize: 5 };
    const small = world.connect({ ...lasting, properties, will });
    expect(small.connack).toMatchObject({ reasonCode: 0x95, sessionPresent: false });
    expect(small.isClosed).toBe(true);
    expect(small.received).toEqual([]);
    expect(watcher.received).toEqual([]);
    expect(world.connect({ ...lasting, cleanStart: false }).connack.sessionPresent).toBe(true);
  });

  it('that does not even accept a refusal is closed without an answer', () => {
    const client = new World().open(5);
    client.raw(hex('10 12 0004 4d515454 05 02 0000 05 27 00000004 0000'));
    expect(client.received).toEqual([]);
    expect(client.isClosed).toBe(true);
  });

  it('is never assigned an id that a session already has (MQTT-3.2.2-16)', () => {
    const ids = ['taken', 'taken', 'free', 'taken'];
    const world = new World({ newClientId: () => ids.shift() ?? 'taken' });
    const taken = world.connect({ protocolVersion: 5, clientId: 'taken' });
    const { connack } = world.connect({ protocolVersion: 5, clientId: '' });
    expect(connack.properties?.assignedClientIdentifier).toBe('free');
    expect(taken.isClosed).toBe(false);
    const none = world.connect({ protocolVersion: 5, clientId: '' });
    expect(none.connack.reasonCode).toBe(0x88);
    expect([none.isClosed, taken.isClosed]).toEqual([true, false]);
  });

  it('has its will published with the user properties in their order (MQTT-3.1.3-10)', () => {
    const world = new World();
    const watcher = world.connect({ protocolVersion: 5, clientId: 'watcher' });
    watcher.subscribe('gone');
    const userProperty: [string, string][] = ['z', 'a', 'z'].map((name, at) => [name, String(at)]);
    world.connect({ protocolVersion: 5, will: { ...will, properties: { userProperty } } }).drop();
    expect(watcher.next('publish').properties?.userProperty).toEqual(userProperty);
  });
});
