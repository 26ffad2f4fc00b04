// alone: it measures the memory of its process
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { core } from '../../../../host/core/engine/core.js';
import {
  encodePacket,
  MqttError,
  PacketCursor,
  PacketDecoder,
  type PayloadPiece,
} from '../../../../host/core/index.js';
import {
  decoded,
  decoderOf,
  everyCut,
  type Item,
  joined,
  LARGE_HEADER,
  large,
  PING,
  packets,
  publish,
  stream,
  WILDCARD,
} from './pieces-rig.js';

describe('largestBuffered: a larger PUBLISH', () => {
  it('comes as its header with the first piece and the length of the whole payload, then the other pieces', () => {
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

  it('begins with its header even before any of the payload has come', () => {
    const bytes = encodePacket(large, 5);
    const decoder = decoderOf(100);
    expect(decoder.push(bytes.subarray(0, LARGE_HEADER - 1))).toEqual([]);
    expect(decoder.push(bytes.subarray(LARGE_HEADER - 1, LARGE_HEADER))).toEqual([
      { ...large, payload: Buffer.alloc(0), payloadLength: 300 },
    ]);
    expect(decoder.push(Buffer.alloc(0))).toEqual([]);
  });

  it('comes in pieces only when it does not fit, however it is fragmented', () => {
    for (const { items } of [decoded(stream, [], 1000), decoded(stream, everyCut(1), 1000)]) {
      expect(items).toEqual(packets);
    }
    const bytes = encodePacket(large, 5);
    expect(decoded(bytes, [50], bytes.length).items).toEqual([large]);
    expect(decoded(bytes, [], bytes.length - 1).items.length).toBeGreaterThan(1);
  });

  it.each([LARGE_HEADER, 64, 150])(
    'is the same when its pieces are joined, for every cut (largestBuffered %i)',
    (largest) => {
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
    },
  );

  it("has pieces that are views on the caller's chunk", () => {
    const bytes = encodePacket(large, 5);
    const decoder = decoderOf(100);
    decoder.push(bytes.subarray(0, 60));
    const chunk = Uint8Array.from(bytes.subarray(60));
    const [piece] = decoder.push(chunk) as [PayloadPiece];
    expect(piece.payload.buffer).toBe(chunk.buffer);
    expect(piece.payload.byteOffset).toBe(0);
  });

  it('is not disturbed by other decoders and the encoder between its pieces', () => {
    const decoders = [100, 64, 2000].map((largest) => decoderOf(largest));
    const items: Item[][] = decoders.map(() => []);
    for (let at = 0; at < stream.length; at += 13) {
      for (const [n, decoder] of decoders.entries()) items[n].push(...decoder.push(stream.subarray(at, at + 13)));
      encodePacket(publish(Buffer.alloc(1000, at)), 5);
    }
    for (const list of items) expect(joined(list)).toEqual(packets);
  });
});

describe('largestBuffered: the stream goes on', () => {
  it('after a reset between the pieces, which forgets the rest of the payload', () => {
    const decoder = decoderOf(64);
    decoder.push(encodePacket(large, 5).subarray(0, 100));
    decoder.reset();
    expect(decoder.push(PING)).toEqual([{ type: 'pingreq' }]);
    decoder.push(encodePacket(large, 5).subarray(0, 20));
    decoder.reset();
    expect(decoder.push(PING)).toEqual([{ type: 'pingreq' }]);
  });

  it('after an error, which is thrown until reset, even within a payload', () => {
    const decoder = decoderOf(64);
    decoder.push(encodePacket(large, 5));
    expect(() => decoder.push(WILDCARD)).toThrow(MqttError);
    expect(() => decoder.push(PING)).toThrow(MqttError);
    decoder.reset();
    expect(joined(decoder.push(stream))).toEqual(packets);
  });

  it('after a chunk that is not a Uint8Array is refused between the pieces, and nothing is lost', () => {
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

  it('goes on after pieces that nobody asked for', () => {
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

  it('for a payload of 256 MB in chunks of 64 KiB is that of two chunks at most', () => {
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

  it('holds everything without the option', () => {
    const decoder = new PacketDecoder();
    const chunk = Buffer.alloc(CHUNK, 'a');
    decoder.push(HEADER);
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 64; n++) expect(decoder.push(chunk)).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(64 * CHUNK);
  });
});
