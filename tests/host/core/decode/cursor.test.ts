// alone: it measures the memory of its process
import { describe, expect, it } from 'vitest';
import { encodePacket, MqttError, type Packet, PacketCursor, type PublishPacket } from '../../../../host/core/index.js';

function publish(topic: string, payload = 'x'): Packet {
  return { type: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false };
}

function stream(count: number, topic: (n: number) => string, payload?: string): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, n) => encodePacket(publish(topic(n), payload), 4)));
}

function topics(cursor: PacketCursor): string[] {
  const found: string[] = [];
  while (cursor.next()) found.push(cursor.topic);
  return found;
}

describe('a cursor', () => {
  it('shows the packets of a chunk one by one, even more of them than the table holds', () => {
    const cursor = new PacketCursor();
    expect(cursor.push(stream(1000, (n) => `t/${n}`))).toBe(true);
    expect(topics(cursor)).toEqual(Array.from({ length: 1000 }, (_, n) => `t/${n}`));
  });

  it('says how many bytes of a packet it keeps, which are none between packets', () => {
    const cursor = new PacketCursor();
    const bytes = stream(2, String);
    const size = bytes.length / 2;
    for (const [from, to, kept] of [
      [0, 0, 0],
      [0, 1, 1],
      [1, size - 1, size - 1],
      [size - 1, size, 0],
      [0, size + 3, 3],
      [size + 3, 2 * size, 0],
    ]) {
      cursor.push(bytes.subarray(from, to));
      topics(cursor);
      expect(cursor.pendingLength).toBe(kept);
    }
    cursor.push(bytes.subarray(0, 2));
    cursor.reset();
    expect(cursor.pendingLength).toBe(0);
  });

  it('returns zeros, and no object, before the first packet and after the last one', () => {
    const cursor = new PacketCursor();
    for (const prepare of [
      () => {},
      () => cursor.push(stream(2, String)),
      () => topics(cursor),
      () => cursor.reset(),
    ]) {
      prepare();
      expect([cursor.type, cursor.qos, cursor.packetId, cursor.payloadLength, cursor.topicLength]).toEqual([
        0, 0, 0, 0, 0,
      ]);
      expect([cursor.topic, cursor.payload.length]).toEqual(['', 0]);
      expect(() => cursor.toObject()).toThrow('shows no packet');
    }
  });

  it('shows the integers of every packet without making an object of it', () => {
    const cursor = new PacketCursor({ protocolVersion: 5 });
    const given = (packet: Packet) => {
      const bytes = encodePacket(packet, 5);
      cursor.push(bytes);
      expect(cursor.next()).toBe(true);
      expect(cursor.length).toBe(bytes.length);
      const { type, qos, retain, dup, packetId, reasonCode, topicAlias, payloadLength } = cursor;
      return { type, qos, retain, dup, packetId, reasonCode, topicAlias, payloadLength };
    };
    const none = {
      ...{ qos: 0, retain: false, dup: false },
      ...{ packetId: 0, reasonCode: 0, topicAlias: 0, payloadLength: 0 },
    };
    const message = publish('a') as PublishPacket;
    expect(given({ ...message, retain: true, properties: { topicAlias: 7 } })).toEqual({
      ...none,
      ...{ type: 3, retain: true, topicAlias: 7, payloadLength: 1 },
    });
    expect(given({ ...message, qos: 2, dup: true, packetId: 300 })).toEqual({
      ...none,
      ...{ type: 3, qos: 2, dup: true, packetId: 300, payloadLength: 1 },
    });
    expect(given({ type: 'puback', packetId: 5, reasonCode: 0x97 })).toEqual({
      ...none,
      ...{ type: 4, packetId: 5, reasonCode: 0x97 },
    });
  });

  it('is not disturbed by another one that decodes between its packets', () => {
    const [one, other] = [new PacketCursor(), new PacketCursor()];
    one.push(stream(600, (n) => `one/${n}`));
    expect(one.next()).toBe(true);
    other.push(stream(600, (n) => `other/${n}`));
    expect(one.topic).toBe('one/0');
    expect(other.next()).toBe(true);
    expect([one.topic, other.topic]).toEqual(['one/0', 'other/0']);
    expect(topics(one)).toEqual(Array.from({ length: 599 }, (_, n) => `one/${n + 1}`));
    expect(topics(other)).toEqual(Array.from({ length: 599 }, (_, n) => `other/${n + 1}`));
  });

  it('shows its packets while another one is reset and a third one decodes', () => {
    const [one, other, third] = [new PacketCursor(), new PacketCursor(), new PacketCursor()];
    one.push(stream(3, (n) => `one/${n}`));
    expect(one.next()).toBe(true);
    other.reset();
    third.push(stream(1, () => 'third'));
    expect([one.topic, ...topics(one)]).toEqual(['one/0', 'one/1', 'one/2']);
    expect(topics(third)).toEqual(['third']);
  });

  it('is not disturbed when encoding makes linear memory grow', () => {
    const cursor = new PacketCursor();
    cursor.push(stream(3, (n) => `t/${n}`));
    cursor.next();
    encodePacket(publish('large', 'x'.repeat(2_000_000)), 4);
    expect([cursor.type, cursor.topic]).toEqual([3, 't/0']);
    expect(topics(cursor)).toEqual(['t/1', 't/2']);
  });

  it('copies no more than the packet at the border of two chunks: the others are views on the chunk', () => {
    const bytes = stream(40, (n) => `t/${n}`, 'payload');
    for (const size of [15, 16, 17, 40, 100]) {
      const cursor = new PacketCursor();
      let found = 0;
      let onChunk = 0;
      for (let at = 0; at < bytes.length; at += size) {
        const chunk = new Uint8Array(bytes.subarray(at, at + size));
        for (cursor.push(chunk); cursor.next(); found++) {
          expect([cursor.topic, cursor.payload.toString()]).toEqual([`t/${found}`, 'payload']);
          if (cursor.payload.buffer === chunk.buffer) onChunk++;
        }
      }
      expect(found).toBe(40);
      expect(40 - onChunk).toBeLessThanOrEqual(Math.ceil(bytes.length / size));
    }
  });

  it('reports that no packet can be complete yet, and decodes nothing until one can', () => {
    const cursor = new PacketCursor();
    const bytes = encodePacket(publish('a/b', 'payload'), 4);
    for (const byte of bytes.subarray(0, -1)) expect(cursor.push(Uint8Array.of(byte))).toBe(false);
    expect(cursor.push(bytes.subarray(-1))).toBe(true);
    expect(topics(cursor)).toEqual(['a/b']);
  });

  it('reports that for large chunks too', () => {
    const cursor = new PacketCursor();
    const bytes = encodePacket(publish('a/b', 'p'.repeat(500)), 4);
    for (let at = 0; at < 500; at += 100) expect(cursor.push(bytes.subarray(at, at + 100))).toBe(false);
    expect(cursor.push(bytes.subarray(500))).toBe(true);
    expect(topics(cursor)).toEqual(['a/b']);
  });

  it('goes on at the right byte when nobody asked for the packets of a chunk', () => {
    const bytes = stream(9, (n) => `topic/${n}`, 'p'.repeat(30));
    const size = bytes.length / 9;
    for (const [first, second, third] of [
      [10, size * 2.5, size * 3.5],
      [size + 10, size * 3, size * 5],
      [size * 1.5, size * 4, size * 6.5],
    ].map((cuts) => cuts.map(Math.floor))) {
      const cursor = new PacketCursor();
      cursor.push(bytes.subarray(0, first));
      cursor.push(bytes.subarray(first, second));
      cursor.push(bytes.subarray(second, third));
      const found = topics(cursor);
      cursor.push(bytes.subarray(third));
      found.push(...topics(cursor));
      const missed = 9 - found.length;
      expect(found).toEqual(Array.from({ length: found.length }, (_, n) => `topic/${n + missed}`));
      expect(found.length).toBeGreaterThanOrEqual(6);
    }
  });

  it('has no bytes remaining when payloads do not come in pieces', () => {
    const cursor = new PacketCursor();
    expect(cursor.remaining).toBe(0);
    cursor.push(stream(1, String));
    expect([cursor.next(), cursor.remaining]).toEqual([true, 0]);
  });

  it('takes memory for the bytes that came, not for the length that a packet claims', () => {
    const cursor = new PacketCursor();
    const before = process.memoryUsage().arrayBuffers;
    for (const hex of ['30ffff', 'ff7f', '0001', '61']) expect(cursor.push(Buffer.from(hex, 'hex'))).toBe(false);
    expect(cursor.push(Buffer.alloc(5000))).toBe(false);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('throws at the malformed packet, and again at every push until it is reset', () => {
    const cursor = new PacketCursor();
    expect(cursor.push(Buffer.concat([stream(2, String), Buffer.from('00', 'hex')]))).toBe(true);
    expect([cursor.next(), cursor.next()]).toEqual([true, true]);
    expect(() => cursor.next()).toThrow(MqttError);
    for (const chunk of [Buffer.alloc(0), Buffer.from('c0'), stream(1, String)]) {
      expect(() => cursor.push(chunk)).toThrow(MqttError);
    }
    cursor.reset();
    cursor.push(stream(1, String));
    expect(topics(cursor)).toEqual(['0']);
  });
});

describe('texts and views', () => {
  it('are those of the packet wherever it lies: with short and long topics, close together and far apart', () => {
    for (const [topicLength, payloadLength] of [
      [1, 0],
      [12, 3],
      [13, 40],
      [100, 1],
      [300, 5],
      [2000, 1],
      [20, 600],
      [20, 5000],
    ]) {
      const name = (n: number) => `${n}`.padEnd(topicLength, '/topic');
      const cursor = new PacketCursor();
      cursor.push(stream(60, name, 'p'.repeat(payloadLength)));
      for (let n = 0; n < 60; n++) {
        expect(cursor.next()).toBe(true);
        expect(cursor.topic).toBe(name(n));
        expect(cursor.payload.equals(Buffer.alloc(payloadLength, 'p'))).toBe(true);
      }
    }
  });

  it('may be beyond ASCII, beside ASCII ones', () => {
    const cursor = new PacketCursor();
    const name = (n: number) => (n % 3 === 1 ? `température/${n}/°C` : n % 3 === 2 ? `ÿ/${n}/😀` : `plain/${n}`);
    cursor.push(stream(30, name));
    expect(topics(cursor)).toEqual(Array.from({ length: 30 }, (_, n) => name(n)));
  });

  it('of a payload are real Buffers on the pushed bytes', () => {
    const cursor = new PacketCursor();
    const bytes = stream(2, String, 'payload');
    const lying = new Uint8Array(bytes.length + 3).subarray(3);
    lying.set(bytes);
    cursor.push(lying);
    cursor.next();
    expect(Object.getPrototypeOf(cursor.payload)).toBe(Buffer.prototype);
    lying[4 + 1] = 'P'.charCodeAt(0);
    expect(cursor.payload.toString()).toBe('Payload');
  });
});
