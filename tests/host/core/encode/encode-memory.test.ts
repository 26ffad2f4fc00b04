import { describe, expect, it } from 'vitest';
import {
  encodePacket,
  MqttError,
  type Packet,
  PacketDecoder,
  type ProtocolVersion,
  type PublishPacket,
} from '../../../../host/core/index.js';

const publish = (topic: string, length: number, properties = {}): Packet => ({
  type: 'publish',
  topic,
  payload: Buffer.alloc(length, topic),
  qos: 0,
  retain: false,
  dup: false,
  properties,
});

function decode(bytes: Buffer, version: ProtocolVersion = 5): Packet {
  const packets = new PacketDecoder({ protocolVersion: version }).push(bytes);
  expect(packets).toHaveLength(1);
  return packets[0];
}

/** Lengths around which a variable byte integer takes a byte more (1.5.5). */
const edges = [0x7f, 0x3fff, 0x1f_ffff].flatMap((edge) => [-8, -1, 0, 1, 2].map((more) => edge + more));

describe('encodePacket', () => {
  it('puts the fixed header before bodies of every length, whatever length came before', () => {
    const check = (topic: string, length: number) => {
      const packet = decode(encodePacket(publish(topic, length), 5)) as PublishPacket;
      expect([packet.topic, packet.payload.length]).toEqual([topic, length]);
      expect(Buffer.alloc(length, topic).equals(packet.payload)).toBe(true);
    };
    for (const length of edges) {
      for (const other of [0, 1000, length]) {
        check('a', length);
        check('b', other);
      }
    }
  });

  it('puts the Property Length before lists of every length (2.2.2.1)', () => {
    for (const length of edges) {
      if (length > 0xffff) continue;
      const packet = publish('a', 10, { contentType: 'x'.repeat(length - 3), topicAlias: 1 });
      expect(decode(encodePacket(packet, 5))).toEqual(packet);
    }
  });

  it('writes lists of any length', () => {
    const subscriptionIdentifier = Array.from({ length: 20_000 }, (_, n) => n * 13_000 + 1);
    const packets: Packet[] = [
      publish('a', 1, { subscriptionIdentifier }),
      publish('a', 1, { userProperty: Array.from({ length: 5000 }, (_, n) => [`${n}`, '']) }),
      { type: 'suback', packetId: 1, reasonCodes: Array.from({ length: 50_000 }, (_, n) => n % 3), properties: {} },
      {
        type: 'unsubscribe',
        packetId: 1,
        topicFilters: Array.from({ length: 30_000 }, (_, n) => `${n}`),
        properties: {},
      },
    ];
    for (const packet of packets) expect(decode(encodePacket(packet, 5))).toEqual(packet);
  });

  it('writes text of every length, ASCII or not (1.5.4)', () => {
    for (const letter of ['a', 'é', '€', '😀']) {
      for (let count = 1; count < 70; count++) {
        const packet = publish(letter.repeat(count), 1);
        expect(decode(encodePacket(packet, 5))).toEqual(packet);
        const mixed = publish(`${'a'.repeat(count)}${letter}`, 1);
        expect(decode(encodePacket(mixed, 5))).toEqual(mixed);
      }
    }
  });

  it('counts the bytes of a string, not its characters: at most 65,535', () => {
    const longest = publish('€'.repeat(21_845), 1);
    expect(decode(encodePacket(longest, 5))).toEqual(longest);
    const error = expect.objectContaining({ codeName: 'STRING_TOO_LONG' });
    for (const topic of ['€'.repeat(21_846), 'é'.repeat(65_535), 'a'.repeat(65_536)]) {
      expect(() => encodePacket(publish(topic, 1), 5)).toThrow(error);
    }
  });

  it('accepts strings and binary data of at most 65,535 bytes (1.5.4, 1.5.6)', () => {
    for (const length of [65_534, 65_535]) {
      const packet = publish('a'.repeat(length), 1, { correlationData: Buffer.alloc(length, 7) });
      const bytes = encodePacket(packet, 5);
      expect(bytes.length).toBeGreaterThan(2 * length);
      expect(encodePacket(decode(bytes), 5).equals(bytes)).toBe(true);
    }
    const codeName = 'STRING_TOO_LONG';
    const tooLong = publish('a', 1, { correlationData: Buffer.alloc(65_536) });
    expect(() => encodePacket(tooLong, 5)).toThrow(expect.objectContaining({ codeName }));
  });

  it('names a field that is too long or not valid text, since there is no byte to name', () => {
    const wrong: [Packet, string][] = [
      [publish('a'.repeat(65_536), 1), 'cannot encode publish: topic: '],
      [publish('é'.repeat(40_000), 1), 'cannot encode publish: topic: '],
      [publish('\ud800', 1), 'cannot encode publish: topic: '],
      [publish('a', 1, { correlationData: Buffer.alloc(65_536) }), 'cannot encode publish: property correlationData: '],
    ];
    for (const [packet, message] of wrong) {
      expect(() => encodePacket(packet, 5)).toThrow(message);
      expect(() => encodePacket(packet, 5)).toThrow(expect.objectContaining({ byteOffset: -1 }));
    }
  });

  it('writes a Remaining Length of one to four bytes, at both ends of each range (1.5.5)', () => {
    for (const body of edges.filter((edge) => edge > 3)) {
      const packet = { ...publish('a', body - 3), properties: undefined } as Packet;
      const bytes = encodePacket(packet, 4);
      expect(bytes.length).toBe(body + (body < 128 ? 2 : body < 16_384 ? 3 : body < 2_097_152 ? 4 : 5));
      expect((decode(bytes, 4) as PublishPacket).payload).toHaveLength(body - 3);
    }
  });

  it('refuses a packet longer than the protocol allows before its payload is copied (1.5.5)', () => {
    const payload = new Uint8Array(new ArrayBuffer(268_435_455)); // never touched, so it takes no memory
    const packet = { ...publish('a', 0), payload } as Packet;
    expect(() => encodePacket(packet, 5)).toThrow(expect.objectContaining({ codeName: 'PACKET_TOO_LARGE' }));
    expect(() => encodePacket(packet, 5)).toThrow(MqttError);
  });

  it('may be called by a getter of the packet that is being encoded', () => {
    const inner = publish('inner', 5);
    const outer = publish('outer', 7);
    let between: Buffer | undefined;
    encodePacket(inner, 5);
    const packet = Object.defineProperty({ ...outer }, 'payload', {
      get: () => {
        between = encodePacket(inner, 5);
        new PacketDecoder({ protocolVersion: 5 }).push(between);
        return Buffer.alloc(7, 'outer');
      },
    });
    expect(decode(encodePacket(packet, 5))).toEqual(outer);
    expect(between && decode(between)).toEqual(inner);
  });

  it('shares memory among small packets only, so that they do not keep a large one alive', () => {
    const memoryOf = (packet: Packet) => encodePacket(packet, 5).buffer.byteLength;
    const many = Array.from({ length: 20_000 }, (_, n) => `topic/${n}`);
    expect(memoryOf({ type: 'unsubscribe', packetId: 1, topicFilters: many })).toBeGreaterThan(100_000);
    expect(memoryOf(publish('a', 1))).toBeLessThanOrEqual(16_384);
    expect(memoryOf(publish('a', 1_000_000))).toBeLessThan(1_001_000);
    expect(memoryOf(publish('a', 1))).toBeLessThanOrEqual(16_384);
  });

  it('returns packets that stay valid when one of them is transferred to another thread', () => {
    const first = encodePacket(publish('first', 5), 5);
    try {
      structuredClone(first, { transfer: [first.buffer as ArrayBuffer] });
    } catch (error) {
      expect(error).toMatchObject({ name: 'DataCloneError' });
    }
    expect(decode(first)).toEqual(publish('first', 5));
    expect(decode(encodePacket(publish('second', 5), 5))).toEqual(publish('second', 5));
  });
});
