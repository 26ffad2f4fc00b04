import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { core } from '../../../../host/core/engine/core.js';
import {
  encodePacket,
  MqttError,
  type Packet,
  PacketCursor,
  PacketDecoder,
  type PayloadPiece,
  type PublishPacket,
  type PublishStart,
} from '../../../../host/core/index.js';
import { bytesOf, malformed, title } from '../support/mqtt-vectors.js';

type Item = Packet | PublishStart | PayloadPiece;

const PING = Buffer.from('c000', 'hex');
const WILDCARD = Buffer.from('30040002612b', 'hex');
/** Bytes that differ from their neighbours, so that a piece out of place is seen. */
const pattern = (length: number) => Buffer.from(Array.from({ length }, (_, n) => (n * 7 + (n >> 8)) & 0xff));

const publish = (payload: Buffer, more: Partial<PublishPacket> = {}): PublishPacket => ({
  type: 'publish',
  topic: 'a/b',
  payload,
  qos: 0,
  retain: false,
  dup: false,
  properties: {},
  ...more,
});

const large = publish(pattern(300), {
  qos: 2,
  packetId: 9,
  properties: { contentType: 'text/plain', correlationData: Buffer.from([1, 2, 3]), topicAlias: 4 },
});
const LARGE_HEADER = encodePacket(large, 5).length - 300;

const packets: Packet[] = [
  { type: 'pingreq' },
  large,
  { type: 'puback', packetId: 3, reasonCode: 0, properties: {} },
  publish(pattern(200)),
  publish(pattern(20)),
  publish(pattern(130), { qos: 1, packetId: 7, retain: true }),
  { type: 'pingresp' },
];
const stream = Buffer.concat(packets.map((packet) => encodePacket(packet, 5)));

function decoderOf(largestBuffered: number, maximumPacketSize?: number) {
  return new PacketDecoder({ protocolVersion: 5, largestBuffered, maximumPacketSize });
}

/** The items of a stream that is cut at these places, and its error. */
function decoded(bytes: Buffer, cuts: number[], largestBuffered: number, maximumPacketSize?: number) {
  const decoder = decoderOf(largestBuffered, maximumPacketSize);
  const places = [0, ...cuts, bytes.length];
  const items: Item[] = [];
  try {
    for (const [at, end] of places.slice(1).entries()) items.push(...decoder.push(bytes.subarray(places[at], end)));
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    return { items: [...items, ...(error.packets as Item[])], error };
  }
  return { items, error: undefined };
}

const everyCut = (size: number) =>
  Array.from({ length: Math.ceil(stream.length / size) - 1 }, (_, n) => (n + 1) * size);

/** The packets of the items, each payload put together again; the lengths that the items tell must be true. */
function joined(items: readonly Item[]): Packet[] {
  const whole: Packet[] = [];
  let remaining = 0;
  for (const item of items) {
    if (item.type !== 'piece') {
      expect(remaining, 'a packet inside a payload').toBe(0);
      const { payloadLength, ...packet } = item as PublishStart;
      whole.push(packet);
      if (payloadLength !== undefined) remaining = payloadLength - packet.payload.length;
      continue;
    }
    const publish = whole.at(-1) as PublishPacket;
    publish.payload = Buffer.concat([publish.payload, item.payload]);
    expect(item.payload.length).toBeGreaterThan(0);
    remaining -= item.payload.length;
    expect(item.remaining).toBe(remaining);
  }
  expect(remaining).toBe(0);
  return whole;
}

describe('largestBuffered: a PUBLISH that is larger comes in pieces', () => {
  it('its header with the first piece and the length of the whole payload, then the others', () => {
    const bytes = encodePacket(large, 5);
    const decoder = decoderOf(100);
    const first = decoder.push(bytes.subarray(0, LARGE_HEADER + 5));
    expect(first).toEqual([{ ...large, payload: large.payload.subarray(0, 5), payloadLength: 300 }]);
    expect(decoder.push(bytes.subarray(LARGE_HEADER + 5, LARGE_HEADER + 25))).toEqual([
      { type: 'piece', payload: large.payload.subarray(5, 25), remaining: 275 },
    ]);
    expect(decoder.push(Buffer.concat([bytes.subarray(LARGE_HEADER + 25), PING]))).toEqual([
      { type: 'piece', payload: large.payload.subarray(25), remaining: 0 },
      { type: 'pingreq' },
    ]);
  });

  it('begins with its header, also when nothing of the payload is here yet', () => {
    const bytes = encodePacket(large, 5);
    const decoder = decoderOf(100);
    expect(decoder.push(bytes.subarray(0, LARGE_HEADER - 1))).toEqual([]);
    expect(decoder.push(bytes.subarray(LARGE_HEADER - 1, LARGE_HEADER))).toEqual([
      { ...large, payload: Buffer.alloc(0), payloadLength: 300 },
    ]);
    expect(decoder.push(Buffer.alloc(0))).toEqual([]);
  });

  it('one that fits is given whole, however it comes', () => {
    for (const { items } of [decoded(stream, [], 1000), decoded(stream, everyCut(1), 1000)]) {
      expect(items).toEqual(packets);
    }
    const bytes = encodePacket(large, 5);
    expect(decoded(bytes, [50], bytes.length).items).toEqual([large]);
    expect(decoded(bytes, [], bytes.length - 1).items.length).toBeGreaterThan(1);
  });

  it.each([LARGE_HEADER, 64, 150])('is the same, put together, for every cut (largestBuffered %i)', (largest) => {
    expect(joined(decoded(stream, [], largest).items)).toEqual(packets);
    for (let cut = 0; cut < stream.length; cut++) {
      for (const cuts of [[cut], [cut, cut + 1], [cut, Math.min(cut + largest, stream.length)]]) {
        const { items, error } = decoded(stream, cuts, largest);
        expect(error, `cut at ${cuts}`).toBeUndefined();
        if (!isDeepStrictEqual(joined(items), packets)) expect(joined(items), `cut at ${cuts}`).toEqual(packets);
      }
    }
    for (let size = 1; size <= 64; size++)
      expect(joined(decoded(stream, everyCut(size), largest).items)).toEqual(packets);
  });

  it('pieces are views on the chunk of the caller', () => {
    const bytes = encodePacket(large, 5);
    const decoder = decoderOf(100);
    decoder.push(bytes.subarray(0, 60));
    const chunk = Uint8Array.from(bytes.subarray(60));
    const [piece] = decoder.push(chunk) as [PayloadPiece];
    expect(piece.payload.buffer).toBe(chunk.buffer);
    expect(piece.payload.byteOffset).toBe(0);
  });

  it('other decoders and the encoder between the pieces disturb nothing', () => {
    const decoders = [100, 64, 2000].map((largest) => decoderOf(largest));
    const items: Item[][] = decoders.map(() => []);
    for (let at = 0; at < stream.length; at += 13) {
      for (const [n, decoder] of decoders.entries()) items[n].push(...decoder.push(stream.subarray(at, at + 13)));
      encodePacket(publish(Buffer.alloc(1000, at)), 5);
    }
    for (const list of items) expect(joined(list)).toEqual(packets);
  });
});

describe('largestBuffered: what is refused', () => {
  it('a larger packet of another type, and a larger header, the same for every cut', () => {
    const subscribe = encodePacket(
      { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'f'.repeat(60), qos: 0 }] },
      5,
    );
    const header = encodePacket(publish(pattern(300), { topic: 't'.repeat(60) }), 5);
    for (const bytes of [subscribe, header].map((bad) => Buffer.concat([PING, bad, PING]))) {
      for (let cut = 0; cut <= bytes.length; cut++) {
        const { items, error } = decoded(bytes, [cut], 50);
        expect(items, `cut at ${cut}`).toEqual([{ type: 'pingreq' }]);
        expect(error, `cut at ${cut}`).toMatchObject({ codeName: 'PACKET_TOO_LARGE', byteOffset: 1 });
      }
      expect(decoded(bytes, [], 500).error).toBeUndefined();
    }
    expect(decoded(subscribe, [], 50).error?.message).toContain('malformed subscribe');
  });

  it('a header of exactly so many bytes is taken', () => {
    const bytes = encodePacket(large, 5);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(joined(decoded(bytes, [cut], LARGE_HEADER).items)).toEqual([large]);
      expect(decoded(bytes, [cut], LARGE_HEADER - 1).error).toMatchObject({ codeName: 'PACKET_TOO_LARGE' });
    }
  });

  it('what is larger than the maximum packet size, as soon as its length is known', () => {
    expect(decoded(Buffer.from('30ffffff7f', 'hex'), [], 50, 1000)).toMatchObject({
      items: [],
      error: { codeName: 'PACKET_TOO_LARGE' },
    });
    const bytes = encodePacket(large, 5);
    expect(joined(decoded(bytes, [70], 50, bytes.length).items)).toEqual([large]);
    expect(decoded(bytes, [70], 50, bytes.length - 1).items).toEqual([]);
    expect(decoded(bytes, [70], 5000, bytes.length - 1).error).toMatchObject({ codeName: 'PACKET_TOO_LARGE' });
  });

  it('every malformed PUBLISH, by the same code at the same byte, unless its header is too large', () => {
    let early = 0;
    for (const vector of malformed.filter(({ bytes }) => bytes[0] === '3')) {
      const { protocolVersion, maximumPacketSize, strict } = vector;
      const bytes = bytesOf(vector);
      for (let largestBuffered = 1; largestBuffered <= bytes.length; largestBuffered++) {
        const decoder = new PacketDecoder({ protocolVersion, maximumPacketSize, strict, largestBuffered });
        let error: unknown;
        try {
          for (const byte of bytes) decoder.push(Uint8Array.of(byte));
        } catch (caught) {
          error = caught;
        }
        expect(error, title(vector)).toBeInstanceOf(MqttError);
        const { codeName, byteOffset } = error as MqttError;
        const same = codeName === vector.error && byteOffset === vector.errorOffset;
        if (largestBuffered === bytes.length) expect(same, title(vector)).toBe(true);
        else if (same) early++;
        else expect(codeName, title(vector)).toBe('PACKET_TOO_LARGE');
      }
    }
    expect(early).toBeGreaterThan(100);
  });

  it('what is malformed after the last piece: the pieces before it are kept, its offset is its own', () => {
    const bytes = Buffer.concat([encodePacket(large, 5), WILDCARD, PING]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { items, error } = decoded(bytes, [cut], 64);
      expect(error, `cut at ${cut}`).toMatchObject({ codeName: 'TOPIC_WILDCARD', byteOffset: 5 });
      expect(joined(items), `cut at ${cut}`).toEqual([large]);
    }
  });
});

describe('largestBuffered: the stream goes on', () => {
  it('reset between the pieces forgets the rest of the payload', () => {
    const decoder = decoderOf(64);
    decoder.push(encodePacket(large, 5).subarray(0, 100));
    decoder.reset();
    expect(decoder.push(PING)).toEqual([{ type: 'pingreq' }]);
    decoder.push(encodePacket(large, 5).subarray(0, 20));
    decoder.reset();
    expect(decoder.push(PING)).toEqual([{ type: 'pingreq' }]);
  });

  it('an error says so until reset, which also ends a payload', () => {
    const decoder = decoderOf(64);
    decoder.push(encodePacket(large, 5));
    expect(() => decoder.push(WILDCARD)).toThrow(MqttError);
    expect(() => decoder.push(PING)).toThrow(MqttError);
    decoder.reset();
    expect(joined(decoder.push(stream))).toEqual(packets);
  });

  it('a chunk that is no Uint8Array is refused between the pieces, and nothing is lost', () => {
    const bytes = encodePacket(large, 5);
    const decoder = decoderOf(64);
    const items: Item[] = [...decoder.push(bytes.subarray(0, 100))];
    expect(() => decoder.push('x' as never)).toThrow(TypeError);
    items.push(...decoder.push(bytes.subarray(100)));
    expect(joined(items)).toEqual([large]);
  });
});

describe('largestBuffered: the cursor', () => {
  it('shows a piece as type 0, with what remains after it', () => {
    const cursor = new PacketCursor({ protocolVersion: 5, largestBuffered: 100 });
    const bytes = Buffer.concat([PING, encodePacket(large, 5)]);
    cursor.push(bytes.subarray(0, 2 + LARGE_HEADER + 10));
    expect(cursor.next()).toBe(true);
    expect([cursor.type, cursor.remaining]).toEqual([12, 0]);
    expect(cursor.next()).toBe(true);
    expect([cursor.type, cursor.qos, cursor.packetId, cursor.topic]).toEqual([3, 2, 9, 'a/b']);
    expect([cursor.payloadLength, cursor.remaining, cursor.length]).toEqual([10, 290, bytes.length - 2]);
    expect(cursor.next()).toBe(false);
    cursor.push(bytes.subarray(2 + LARGE_HEADER + 10));
    expect(cursor.next()).toBe(true);
    expect([cursor.type, cursor.packetId, cursor.payloadLength, cursor.remaining]).toEqual([0, 0, 290, 0]);
    expect(cursor.payload.equals(large.payload.subarray(10))).toBe(true);
    expect(() => cursor.toObject()).toThrow('shows no packet');
    expect(cursor.next()).toBe(false);
  });

  it('goes on behind what was not asked for', () => {
    const cursor = new PacketCursor({ protocolVersion: 5, largestBuffered: 64 });
    const bytes = Buffer.concat([encodePacket(large, 5), PING]);
    cursor.push(bytes.subarray(0, 200)); // its pieces are never asked for
    cursor.push(bytes.subarray(200));
    let payload = 0;
    let last = -1;
    while (cursor.next()) {
      payload += cursor.payloadLength;
      last = cursor.type;
    }
    expect(last).toBe(12);
    expect(payload).toBe(300 - (64 - LARGE_HEADER));
  });
});

describe('largestBuffered: memory', () => {
  const HEADER = Buffer.from('30ffffff7f000161', 'hex');
  const CHUNK = 65_536;

  it('a payload of 256 MB in chunks of 64 KiB takes no more than two of them', () => {
    const decoder = new PacketDecoder({ largestBuffered: CHUNK });
    const chunk = Buffer.alloc(CHUNK, 'a');
    let toCome = 268_435_455 - 3;
    const [start] = decoder.push(HEADER);
    expect(start).toMatchObject({ topic: 'a', payloadLength: toCome });
    const before = process.memoryUsage().arrayBuffers;
    const linear = core.memory.buffer.byteLength;
    let most = 0;
    let items = 0;
    while (toCome > 0) {
      const piece = decoder.push(chunk.subarray(0, Math.min(CHUNK, toCome)))[0] as PayloadPiece;
      toCome -= piece.payload.length;
      if (piece.remaining !== toCome || piece.payload.buffer !== chunk.buffer) throw new Error(`at ${toCome}`);
      items++;
      if (items % 64 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(items).toBe(4096);
    expect(most).toBeLessThanOrEqual(2 * CHUNK);
    expect(core.memory.buffer.byteLength).toBe(linear);
    expect(decoder.push(PING)).toEqual([{ type: 'pingreq' }]);
  });

  it('while without the option all of it is kept', () => {
    const decoder = new PacketDecoder();
    const chunk = Buffer.alloc(CHUNK, 'a');
    decoder.push(HEADER);
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 64; n++) expect(decoder.push(chunk)).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(64 * CHUNK);
  });
});

describe('largestBuffered and strict: arguments', () => {
  it('are of their type and range', () => {
    const make = (options: object) => () => new PacketDecoder(options);
    expect(make({ largestBuffered: 0 })).toThrow(RangeError);
    expect(make({ largestBuffered: 2 ** 32 })).toThrow(RangeError);
    expect(make({ largestBuffered: '64' })).toThrow(new TypeError('largestBuffered must be an integer'));
    expect(make({ strict: 'yes' })).toThrow(new TypeError('strict must be true or false'));
  });

  it('strict refuses under 3.1.1 a Remaining Length that is not minimal, in pieces too', () => {
    const bytes = Buffer.from('30e88700000161', 'hex');
    expect(new PacketDecoder({ largestBuffered: 50 }).push(bytes)).toHaveLength(1);
    expect(() => new PacketDecoder({ largestBuffered: 50, strict: true }).push(bytes)).toThrow('MQTT 2.2.3');
    expect(() => new PacketDecoder({ strict: true }).push(bytes)).toThrow('MQTT 2.2.3');
  });
});
