import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  encodePacket,
  MqttError,
  type Packet,
  PacketDecoder,
  type PublishPacket,
} from '../../../../host/core/index.js';
import { samplePackets } from '../support/packet-arbitraries.js';

const PING = Buffer.from('c000', 'hex');
const WILDCARD = Buffer.from('30040002612b', 'hex');

const publish = (payload: Uint8Array, topic = 'a/b'): PublishPacket => ({
  type: 'publish',
  topic,
  payload,
  qos: 0,
  retain: false,
  dup: false,
});

function failure(decoder: PacketDecoder, chunk: Uint8Array): MqttError {
  try {
    decoder.push(chunk);
  } catch (error) {
    if (error instanceof MqttError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('PacketDecoder: a stream in any fragments', () => {
  const packets = samplePackets(5, 30, 30);
  const stream = Buffer.concat(packets.map((packet) => encodePacket(packet, 5)));

  /** The packets of the stream when it is cut at these places. */
  function decoded(cuts: number[]): Packet[] {
    const decoder = new PacketDecoder({ protocolVersion: 5 });
    const places = [0, ...cuts, stream.length];
    return places.slice(1).flatMap((end, at) => decoder.push(stream.subarray(places[at], end)));
  }

  it('contains many types of packets', () => {
    expect(new Set(packets.map(({ type }) => type)).size).toBeGreaterThan(9);
    expect(stream.length).toBeGreaterThan(1000);
    expect(decoded([])).toEqual(packets);
  });

  it('yields the same packets when cut once, at every place', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      if (!isDeepStrictEqual(decoded([cut]), packets)) expect(decoded([cut]), `cut at ${cut}`).toEqual(packets);
    }
  });

  it('yields the same packets when cut twice, around every place', () => {
    for (let cut = 0; cut < stream.length; cut++) {
      const cuts = [cut, cut + 1];
      if (!isDeepStrictEqual(decoded(cuts), packets)) expect(decoded(cuts), `cut at ${cut}`).toEqual(packets);
    }
  });

  it('yields every packet with its last byte when it comes one byte at a time', () => {
    const decoder = new PacketDecoder({ protocolVersion: 5 });
    let end = 0;
    for (const packet of packets) {
      const length = encodePacket(packet, 5).length;
      for (let at = end; at < end + length - 1; at++) {
        expect(decoder.push(stream.subarray(at, at + 1)), `byte ${at}`).toEqual([]);
      }
      end += length;
      expect(decoder.push(stream.subarray(end - 1, end)), `byte ${end - 1}`).toEqual([packet]);
    }
  });

  it('yields the same packets in pieces of every size up to 64', () => {
    for (let size = 1; size <= 64; size++) {
      const cuts = Array.from({ length: Math.floor((stream.length - 1) / size) }, (_, at) => (at + 1) * size);
      expect(isDeepStrictEqual(decoded(cuts), packets), `pieces of ${size}`).toBe(true);
    }
  });

  it('yields a packet as soon as its last byte comes as the first byte of the next chunk', () => {
    const decoder = new PacketDecoder();
    expect(decoder.push(Buffer.from('c000c0', 'hex'))).toEqual([{ type: 'pingreq' }]);
    expect(decoder.push(Buffer.from('00', 'hex'))).toEqual([{ type: 'pingreq' }]);
  });

  it('accepts empty chunks', () => {
    const decoder = new PacketDecoder();
    expect(decoder.push(Buffer.alloc(0))).toEqual([]);
    expect(decoder.push(PING.subarray(0, 1))).toEqual([]);
    expect(decoder.push(Buffer.alloc(0))).toEqual([]);
    expect(decoder.push(PING.subarray(1))).toEqual([{ type: 'pingreq' }]);
  });

  it('yields more packets than one call into the core can hold', () => {
    const many = Buffer.alloc(2 * 10_000, PING);
    expect(new PacketDecoder().push(many)).toHaveLength(10_000);
    const decoder = new PacketDecoder();
    expect(decoder.push(many.subarray(0, 9_999))).toHaveLength(4_999);
    expect(decoder.push(many.subarray(9_999))).toHaveLength(5_001);
  });

  it('yields exactly as many packets as one call can hold, and goes on after them', () => {
    for (const count of [2047, 2048, 2049, 4096]) {
      const decoder = new PacketDecoder();
      expect(decoder.push(Buffer.alloc(2 * count, PING))).toHaveLength(count);
      expect(decoder.push(PING)).toHaveLength(1);
    }
  });

  it('is not disturbed by other decoders', () => {
    const decoders = [4, 5, 4].map(() => new PacketDecoder({ protocolVersion: 5 }));
    const results: Packet[][] = decoders.map(() => []);
    for (let at = 0; at < stream.length; at += 13) {
      decoders.forEach((decoder, index) => {
        results[index].push(...decoder.push(stream.subarray(at, at + 13)));
      });
    }
    for (const result of results) expect(isDeepStrictEqual(result, packets)).toBe(true);
  });

  it('is not disturbed by encoding between two chunks', () => {
    const decoder = new PacketDecoder();
    const bytes = encodePacket(publish(Buffer.from('payload')), 4);
    decoder.push(bytes.subarray(0, 9));
    encodePacket(publish(Buffer.alloc(100_000, 1)), 4);
    expect(decoder.push(bytes.subarray(9))).toEqual([publish(Buffer.from('payload'))]);
  });
});

describe('PacketDecoder: protocol version', () => {
  const connect = (protocolVersion: 3 | 4 | 5) =>
    encodePacket({ type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: 'x' }, protocolVersion);

  it('is 3.1.1 by default, and that of a CONNECT after it, even within one chunk', () => {
    const decoder = new PacketDecoder();
    expect(decoder.protocolVersion).toBe(4);
    const packets = decoder.push(Buffer.concat([connect(5), Buffer.from('e00104', 'hex')]));
    expect(packets[1]).toEqual({ type: 'disconnect', reasonCode: 4, properties: {} });
    expect(decoder.protocolVersion).toBe(5);
    decoder.push(connect(3));
    expect(decoder.protocolVersion).toBe(3);
  });

  it('can be set by a caller that knows it', () => {
    const decoder = new PacketDecoder();
    decoder.protocolVersion = 5;
    expect(decoder.push(Buffer.from('e00104', 'hex'))).toHaveLength(1);
  });
});

describe('PacketDecoder: errors', () => {
  it('keep the packets before the bad one, and report where in the bad one the rule is broken', () => {
    const error = failure(new PacketDecoder(), Buffer.concat([PING, PING, WILDCARD, PING]));
    expect(error.packets).toEqual([{ type: 'pingreq' }, { type: 'pingreq' }]);
    expect(error).toMatchObject({ codeName: 'TOPIC_WILDCARD', statement: 'MQTT-3.3.2-2', byteOffset: 5, code: -113 });
    expect(error.reasonCode).toBe(0x90);
    expect(error.message).toBe('malformed publish, byte 5: a Topic Name holds a wildcard character (MQTT-3.3.2-2)');
  });

  it('do not repeat the packets of earlier chunks', () => {
    const decoder = new PacketDecoder();
    expect(decoder.push(Buffer.concat([PING, WILDCARD.subarray(0, 3)]))).toHaveLength(1);
    expect(failure(decoder, WILDCARD.subarray(3)).packets).toEqual([]);
  });

  it('keep any number of packets before the bad one', () => {
    const error = failure(new PacketDecoder(), Buffer.concat([Buffer.alloc(2 * 300_000, PING), WILDCARD]));
    expect(error.packets).toHaveLength(300_000);
  });

  it('are thrown again until reset, after which a new stream begins', () => {
    const decoder = new PacketDecoder();
    const first = failure(decoder, WILDCARD);
    expect(failure(decoder, PING)).toBe(first);
    expect(failure(decoder, Buffer.alloc(0))).toBe(first);
    decoder.reset();
    expect(decoder.push(PING)).toEqual([{ type: 'pingreq' }]);
  });

  it('are forgotten by reset, and so is an incomplete packet', () => {
    const decoder = new PacketDecoder();
    decoder.push(Buffer.from('3064', 'hex'));
    decoder.reset();
    expect(decoder.push(PING)).toEqual([{ type: 'pingreq' }]);
  });
});

describe('PacketDecoder: maximum packet size', () => {
  const bytes = encodePacket(publish(Buffer.alloc(93)), 4);

  it('is compared with the whole packet', () => {
    expect(bytes).toHaveLength(100);
    expect(new PacketDecoder({ maximumPacketSize: 100 }).push(bytes)).toHaveLength(1);
    expect(failure(new PacketDecoder({ maximumPacketSize: 99 }), bytes)).toMatchObject({
      codeName: 'PACKET_TOO_LARGE',
      reasonCode: 0x95,
    });
  });

  it('is enforced as soon as the length is known, before the packet has come', () => {
    const decoder = new PacketDecoder({ maximumPacketSize: 99 });
    expect(decoder.push(PING)).toHaveLength(1);
    expect(failure(decoder, bytes.subarray(0, 2)).codeName).toBe('PACKET_TOO_LARGE');
    const large = new PacketDecoder({ maximumPacketSize: 65_536 });
    expect(failure(large, Buffer.from('30ffffff7f', 'hex')).codeName).toBe('PACKET_TOO_LARGE');
  });

  it('is that of the protocol by default, so the largest packet is waited for', () => {
    expect(new PacketDecoder().push(Buffer.from('30ffffff7f', 'hex'))).toEqual([]);
  });
});

describe('PacketDecoder: views', () => {
  const packet = {
    ...publish(Buffer.from('payload')),
    properties: { correlationData: Buffer.from([1, 2, 3]) },
  };

  it("payload and binary properties are views on the caller's chunk when it holds the whole packet", () => {
    const chunk = new Uint8Array(64).fill(0xc0);
    const bytes = encodePacket(packet, 5);
    chunk.set(bytes, 10);
    const decoder = new PacketDecoder({ protocolVersion: 5 });
    const [decoded] = decoder.push(chunk.subarray(10, 10 + bytes.length)) as [typeof packet];
    const payload = decoded.payload;
    expect(payload.buffer).toBe(chunk.buffer);
    expect(payload.byteOffset).toBe(10 + bytes.length - 7);
    expect(decoded.properties.correlationData.buffer).toBe(chunk.buffer);
    chunk[10 + bytes.length - 7] = 0x50;
    expect(Buffer.from(payload).toString()).toBe('Payload');
  });

  it('stay valid when the decoder goes on', () => {
    const decoder = new PacketDecoder({ protocolVersion: 5 });
    const bytes = encodePacket(packet, 5);
    const decoded = [...decoder.push(bytes.subarray(0, 4)), ...decoder.push(bytes.subarray(4))] as [typeof packet];
    decoder.push(encodePacket(publish(Buffer.alloc(1000, 0xff)), 5));
    expect(decoded).toEqual([packet]);
  });
});

describe('PacketDecoder: arguments', () => {
  it('are numbers in their range', () => {
    const make = (options: object) => () => new PacketDecoder(options);
    expect(make({ maximumPacketSize: Number.NaN })).toThrow(new TypeError('maximumPacketSize must be an integer'));
    expect(make({ maximumPacketSize: '100' })).toThrow(TypeError);
    expect(make({ maximumPacketSize: 0 })).toThrow(RangeError);
    expect(make({ maximumPacketSize: 2 ** 32 })).toThrow(RangeError);
    expect(make({ protocolVersion: 6 })).toThrow(new RangeError('protocolVersion must be 3 to 5, not 6'));
  });

  it('refuse a chunk that is not a Uint8Array, after which the stream goes on', () => {
    const decoder = new PacketDecoder();
    decoder.push(PING.subarray(0, 1));
    for (const wrong of ['00', undefined, null, [0], new ArrayBuffer(1), new Uint16Array(1)]) {
      expect(() => decoder.push(wrong as never)).toThrow(new TypeError('chunk must be a Uint8Array'));
    }
    expect(decoder.push(PING.subarray(1))).toEqual([{ type: 'pingreq' }]);
  });
});
