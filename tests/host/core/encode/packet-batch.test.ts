import { describe, expect, it } from 'vitest';
import {
  encodePacket,
  MqttError,
  type Packet,
  PacketBatch,
  type ProtocolVersion,
  preparePublish,
} from '../../../../host/core/index.js';
import { samplePackets } from '../support/packet-arbitraries.js';

const ping: Packet = { type: 'pingreq' };
const publish = (topic: string, length = 3): Packet => ({
  type: 'publish',
  topic,
  payload: Buffer.alloc(length, topic),
  qos: 0,
  retain: false,
  dup: false,
});

const together = (packets: Packet[], version: ProtocolVersion) =>
  Buffer.concat(packets.map((packet) => encodePacket(packet, version)));

describe.each([4, 5] as const)('a batch of version %i', (version) => {
  it('holds its packets one after the other, as encodePacket returns them', () => {
    const packets = samplePackets(version, 1000, version * 77);
    const batch = new PacketBatch(version);
    for (const packet of packets) batch.add(packet);
    const expected = together(packets, version);
    expect(batch.count).toBe(1000);
    expect(batch.byteLength).toBe(expected.length);
    expect(batch.view().equals(expected)).toBe(true);
    expect(batch.take().equals(expected)).toBe(true);
  });

  it('grows beyond its memory', () => {
    const batch = new PacketBatch(version);
    const packets = [1, 100_000, 0, 3_000_000, 20, 16_384].map((length) => publish('a', length));
    for (const packet of packets) batch.add(packet);
    expect(batch.take().equals(together(packets, version))).toBe(true);
  });
});

describe('a batch', () => {
  it('is empty at first, and then returns no bytes', () => {
    const batch = new PacketBatch(4);
    expect(batch).toMatchObject({ count: 0, byteLength: 0, protocolVersion: 4 });
    expect(batch.view()).toHaveLength(0);
    expect(batch.take()).toHaveLength(0);
  });

  it('returns bytes that its further use does not change', () => {
    const batch = new PacketBatch(4);
    const taken: [Buffer, Buffer][] = [];
    for (let round = 0; round < 200; round++) {
      const packets = [publish(`topic ${round}`, round), ping];
      for (const packet of packets) batch.add(packet);
      taken.push([batch.take(), together(packets, 4)]);
      expect(batch).toMatchObject({ count: 0, byteLength: 0 });
    }
    for (const [bytes, expected] of taken) expect(bytes.equals(expected)).toBe(true);
  });

  it('returns separate bytes: writing to them changes nothing in the next ones', () => {
    const batch = new PacketBatch(4);
    batch.add(publish('a'));
    const first = batch.take();
    batch.add(publish('b'));
    first.fill(0xff);
    expect(batch.take()).toEqual(encodePacket(publish('b'), 4));
  });

  it('forgets its packets with `reset`, and uses their memory again', () => {
    const batch = new PacketBatch(4);
    batch.add(publish('a'));
    const before = batch.view();
    batch.reset();
    expect(batch).toMatchObject({ count: 0, byteLength: 0 });
    batch.add(publish('b'));
    expect(batch.view()).toEqual(encodePacket(publish('b'), 4));
    expect(batch.view().byteOffset).toBe(before.byteOffset);
  });

  it('accepts a CONNECT of any version (3.1.2.2)', () => {
    const connect: Packet = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: '' };
    const batch = new PacketBatch(4);
    batch.add(connect);
    batch.add(ping);
    expect(batch.take()).toEqual(together([connect, ping], 5));
  });

  it.each<[string, Packet, new () => Error]>([
    ['breaks the standard (MQTT-3.3.2-2)', publish('a/#'), MqttError as unknown as new () => Error],
    ['has a value of the wrong type', { ...publish('a'), payload: 'x' } as unknown as Packet, TypeError],
    ['has a value out of range', { type: 'puback', packetId: 65_536, reasonCode: 0 }, RangeError],
    ['is none', undefined as unknown as Packet, TypeError],
  ])('is unchanged when a packet in the middle %s', (_, wrong, type) => {
    const batch = new PacketBatch(5);
    batch.add(publish('before', 200));
    expect(() => batch.add(wrong)).toThrow(type);
    expect(batch.count).toBe(1);
    batch.add(publish('after'));
    expect(batch.take()).toEqual(together([publish('before', 200), publish('after')], 5));
  });

  it('is unchanged when a packet breaks the standard after it took other memory', () => {
    const batch = new PacketBatch(5);
    batch.add(publish('taken', 200));
    batch.take();
    batch.add(publish('before', 200));
    const topicFilters = [...Array.from({ length: 5000 }, (_, n) => `topic/${n}`), 'a/#/b'];
    expect(() => batch.add({ type: 'unsubscribe', packetId: 1, topicFilters })).toThrow(MqttError);
    expect(batch.byteLength).toBe(encodePacket(publish('before', 200), 5).length);
    batch.add(publish('after'));
    expect(batch.take()).toEqual(together([publish('before', 200), publish('after')], 5));
  });

  it('refuses to be used by a getter of the packet that is being added', () => {
    const batch = new PacketBatch(4);
    batch.add(ping);
    const prepared = preparePublish({ topic: 'a', qos: 0, retain: false }, 4);
    const uses: (() => unknown)[] = [
      () => batch.add(ping),
      () => batch.addPrepared(prepared, Buffer.alloc(0)),
      () => batch.take(),
      () => batch.reset(),
    ];
    for (const use of uses) {
      const packet = Object.defineProperty(publish('a'), 'payload', { get: use });
      expect(() => batch.add(packet)).toThrow('its getters must not use the batch');
    }
    expect(batch.take()).toEqual(encodePacket(ping, 4));
  });

  it('accepts only versions that exist', () => {
    expect(() => new PacketBatch(2 as 4)).toThrow(new RangeError('protocolVersion must be 3 to 5, not 2'));
    expect(() => new PacketBatch(undefined as unknown as 4)).toThrow(TypeError);
  });
});
