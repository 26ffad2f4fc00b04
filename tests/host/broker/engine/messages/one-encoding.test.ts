// alone: it replaces a module
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Message from '../../../../../host/broker/engine/message.js';
import type * as Core from '../../../../../host/core/index.js';
import { encodePacket, type Packet } from '../../../../../host/core/index.js';
import { type TestClient, World } from '../../world.js';

const encodings = vi.hoisted(() => ({ ofPublish: 0 }));
const packets = vi.hoisted(() => ({ made: 0 }));

vi.mock('../../../../../host/broker/engine/message.js', async (original) => {
  const message = await original<typeof Message>();
  const publishPacket: typeof message.publishPacket = (...args) => {
    packets.made++;
    return message.publishPacket(...args);
  };
  return { ...message, publishPacket };
});

vi.mock('../../../../../host/core/index.js', async (original) => {
  const core = await original<typeof Core>();
  const encodePacket: typeof core.encodePacket = (packet, version) => {
    if (packet.type === 'publish') encodings.ofPublish++;
    return core.encodePacket(packet, version);
  };
  return { ...core, encodePacket };
});

/** Subscribers, and the pieces of bytes that each of them got. */
function setUp(count: number, qos: 0 | 1 | 2, options: { protocolVersion?: 4 | 5; identifier?: number } = {}) {
  const { protocolVersion = 5, identifier } = options;
  const pieces = new Map<number, Uint8Array[]>();
  const world = new World({
    wrap: (transport) => ({
      ...transport,
      send(id, bytes) {
        pieces.get(id)?.push(bytes);
        transport.send(id, bytes);
      },
    }),
  });
  const clients = Array.from({ length: count }, (_, n) => {
    const client = world.connect({ protocolVersion, clientId: `c${n}` });
    client.subscribe('a/#', { qos }, identifier);
    pieces.set(client.id, []);
    return client;
  });
  return { world, clients, pieces: (client: TestClient) => pieces.get(client.id)! };
}

beforeEach(() => {
  encodings.ofPublish = 0;
});

describe('a message to 1,000 subscribers is encoded once', () => {
  it.each([
    ['QoS 0, 64 bytes', 0, 64],
    ['QoS 1, 64 bytes', 1, 64],
    ['QoS 2, 64 bytes', 2, 64],
    ['QoS 0, 64 KB', 0, 65_536],
    ['QoS 1, 64 KB', 1, 65_536],
  ] as const)('%s', (_, qos, size) => {
    const { world, clients } = setUp(1000, qos);
    const message = { topic: 'a/b', payload: new Uint8Array(size).fill(7), qos, retain: false, dup: false } as const;
    const packetId = qos > 0 ? 1 : undefined;
    const bytes = encodePacket({ type: 'publish', ...message, packetId, properties: { contentType: 'x' } }, 5);
    const writer = world.connect({ protocolVersion: 5, clientId: 'writer' });
    encodings.ofPublish = 0;
    writer.raw(bytes);
    expect(encodings.ofPublish).toBe(1);
    for (const client of clients) {
      const packet = client.next('publish');
      expect([packet.topic, packet.qos, packet.dup, packet.payload.length]).toEqual(['a/b', qos, false, size]);
      expect(packet.properties?.contentType).toBe('x');
    }
  });

  it('also when all have the same subscription identifier', () => {
    const { world, clients } = setUp(1000, 1, { identifier: 5 });
    encodings.ofPublish = 0;
    world.engine.publish('a/b', 'x', { qos: 1 });
    expect(encodings.ofPublish).toBe(1);
    expect(clients.at(-1)!.next('publish').properties?.subscriptionIdentifier).toEqual([5]);
  });
});

describe('a message to many is made a packet once', () => {
  it.each([
    ['when nobody looks on', undefined],
    ['when a tap counts and sees bytes', { counted() {}, bytes() {} }],
  ])('%s', (_, tap) => {
    const world = new World({ taps: tap && [tap] });
    for (let n = 0; n < 10; n++) world.connect({ clientId: `c${n}` }).subscribe('a');
    packets.made = 0;
    world.engine.publish('a', 'x');
    expect(packets.made).toBe(1);
  });

  it('and once more for each whose packets a tap wants to see', () => {
    const seen: Packet[] = [];
    const world = new World({ taps: [{ packet: ({ packet }) => seen.push(packet) }] });
    for (let n = 0; n < 10; n++) world.connect({ clientId: `c${n}` }).subscribe('a');
    seen.length = 0;
    packets.made = 0;
    world.engine.publish('a', 'x');
    expect([packets.made, seen.length]).toEqual([11, 10]);
  });
});

describe('a message is encoded once for each form that it takes', () => {
  it('by version, QoS, flags and identifiers', () => {
    const { world } = setUp(3, 1);
    for (let n = 0; n < 6; n++) {
      const client = world.connect({ protocolVersion: n % 2 === 0 ? 4 : 5, clientId: `d${n}` });
      client.subscribe('a/b', { qos: n < 4 ? 1 : 0 }, n === 3 ? 9 : undefined);
    }
    encodings.ofPublish = 0;
    world.engine.publish('a/b', 'x', { qos: 1 });
    // QoS 1 in 5 and 3.1.1, with an identifier in 5, QoS 0 in 5 and 3.1.1.
    expect(encodings.ofPublish).toBe(5);
  });

  it('each with its own packet id, of 1 to 65,535', () => {
    const { world, clients } = setUp(2, 1);
    const [one, two] = clients;
    for (let n = 0; n < 300; n++) {
      world.engine.publish('a/b', 'x', { qos: 1 });
      const packet = one.next('publish');
      one.send({ type: 'puback', packetId: packet.packetId!, reasonCode: 0 });
      expect(packet.packetId).toBe(n + 1);
    }
    two.received.length = 0;
    for (const client of clients) world.connect({ clientId: `x${client.id}` });
    expect(world.eventsOf('failed')).toEqual([]);
  });

  it('again when time has passed: the expiry interval is what is left (MQTT-3.3.2-6)', () => {
    const { world, clients } = setUp(1, 1);
    const away = world.connect({
      protocolVersion: 5,
      cleanStart: false,
      clientId: 'away',
      properties: { sessionExpiryInterval: 100 },
    });
    away.subscribe('a/b', { qos: 1 });
    away.drop();
    world.engine.publish('a/b', 'x', { qos: 1, properties: { messageExpiryInterval: 60 } });
    expect(clients[0].next('publish').properties?.messageExpiryInterval).toBe(60);
    world.advance(20_000);
    const back = world.connect({ protocolVersion: 5, cleanStart: false, clientId: 'away' });
    expect(back.next('publish').properties?.messageExpiryInterval).toBe(40);
  });
});

describe('the bytes of one message', () => {
  it('are the same memory for all who get it with QoS 0', () => {
    const { world, clients, pieces } = setUp(3, 0);
    world.engine.publish('a/b', 'x');
    const [first, ...others] = clients.map((client) => pieces(client)[0]);
    for (const other of others) expect(other).toBe(first);
  });

  it.each([0, 1] as const)('are handed on with a large payload by reference, QoS %i', (qos) => {
    const { world, clients, pieces } = setUp(3, qos);
    world.engine.publish('a/b', new Uint8Array(65_536), { qos });
    const payloads = clients.map((client) => pieces(client).at(-1)!);
    expect(payloads[0].length).toBe(65_536);
    for (const payload of payloads) expect(payload).toBe(payloads[0]);
  });

  it('stay as they are when the next one gets another packet id, or the same message a second time with DUP', () => {
    const { world, clients, pieces } = setUp(2, 1);
    const [one] = clients;
    world.engine.publish('a/b', 'first', { qos: 1 });
    const before = pieces(one).map((bytes) => Buffer.from(bytes));
    world.engine.publish('a/b', 'second', { qos: 1 });
    one.send({ type: 'puback', packetId: 1, reasonCode: 0 });
    expect(
      pieces(one)
        .slice(0, before.length)
        .map((bytes) => Buffer.from(bytes)),
    ).toEqual(before);
  });

  it('are sent again with DUP and the same packet id', () => {
    const { world } = setUp(2, 1);
    const lasting = {
      protocolVersion: 5,
      cleanStart: false,
      clientId: 'l',
      properties: { sessionExpiryInterval: 9 },
    } as const;
    const client = world.connect(lasting);
    client.subscribe('a/b', { qos: 1 });
    world.engine.publish('a/b', new Uint8Array(5000), { qos: 1 });
    const { packetId } = client.next('publish');
    client.drop();
    expect(world.connect(lasting).next('publish')).toMatchObject({ packetId, dup: true });
  });

  it('that are more than a client accepts are not sent to it, but to the others (MQTT-3.1.2-24)', () => {
    const { world, clients } = setUp(1, 1);
    const small = world.connect({ protocolVersion: 5, clientId: 'small', properties: { maximumPacketSize: 100 } });
    small.subscribe('a/b', { qos: 1 });
    world.engine.publish('a/b', new Uint8Array(5000), { qos: 1 });
    expect([clients[0].received.length, small.received.length]).toEqual([1, 0]);
    expect(world.eventsOf('dropped')).toMatchObject([{ clientId: 'small', reason: 'too large' }]);
  });
});
