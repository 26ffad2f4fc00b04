import { describe, expect, it } from 'vitest';
import { KnownTopics } from '../../../../host/core/decode/known-topics.js';
import { encodePacket, hexEncode, type Packet, PacketCursor, PacketDecoder } from '../../../../host/core/index.js';
import { samplePackets } from '../support/packet-arbitraries.js';

/** A table in which topics are looked up by their text. */
class Table {
  readonly topics: KnownTopics;

  constructor(capacity?: number) {
    this.topics = new KnownTopics(capacity);
  }

  find(topic: string): string | undefined {
    const bytes = Buffer.from(`.${topic}.`);
    return this.topics.find(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length - 1);
  }

  /** Lets the topic come. */
  note(topic: string): void {
    const bytes = Buffer.from(`..${topic}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.topics.find(view, 2, bytes.length);
    if (this.topics.isDue) this.topics.keep(view, 2, bytes.length, topic);
  }

  /** Whether it keeps the topic when it is noted again and again. */
  keeps(topic: string): boolean {
    for (let n = 0; n < 3; n++) this.note(topic);
    const isFound = this.find(topic) === topic;
    // What is not kept is never due either: nobody makes a string in vain.
    expect(this.topics.isDue).toBe(false);
    return isFound;
  }
}

describe('a table of known topics', () => {
  it('keeps a topic that comes for the second time', () => {
    const table = new Table();
    expect(table.find('sensor/1/state')).toBeUndefined();
    expect(table.topics.isDue).toBe(false);
    expect(table.find('sensor/1/state')).toBeUndefined();
    expect(table.topics.isDue).toBe(true);
    table.note('sensor/1/state');
    expect(table.find('sensor/1/state')).toBe('sensor/1/state');
    expect(table.topics.isDue).toBe(false);
  });

  it('keeps topics of 4 to 128 bytes', () => {
    const kept = [0, 3, 4, 5, 6, 7, 8, 127, 128, 129].filter((length) =>
      new Table().keeps('abcdefgh'.repeat(17).slice(0, length)),
    );
    expect(kept).toEqual([4, 5, 6, 7, 8, 127, 128]);
    expect(new Table().keeps('中'.repeat(42))).toBe(true);
    expect(new Table().keeps('中'.repeat(43))).toBe(false);
  });

  it('keeps a topic when others come once in its place', () => {
    const table = new Table(1);
    table.keeps('sensor/hot/state');
    for (let n = 0; n < 100; n++) table.note(`sensor/${n}/state`);
    expect(table.find('sensor/hot/state')).toBe('sensor/hot/state');
    expect(table.keeps('sensor/new/state')).toBe(true);
    expect(table.find('sensor/hot/state')).toBeUndefined();
  });

  it.each([
    ['in a byte of any word but those that the hash sees', 'AAAA/device/0000/state', 'BAAA/device/0000/state'],
    ['in a byte behind the middle', 'sensor/device/1/234/state', 'sensor/device/1/235/state'],
    ['in length, of which one is the beginning of the other', 'xxbababebabe', 'xxbababe'],
    ['in length, the other way round', 'xxbababe', 'xxbababebabe'],
  ])('tells topics with one hash apart: they differ %s', (_, kept, other) => {
    const table = new Table(1);
    table.note(kept);
    // The second one is noted as the first one was: only the same hash makes it known at once.
    table.note(other);
    expect(table.find(other)).toBe(other);
    expect(table.find(kept)).toBeUndefined();
  });

  it.each([
    [0, RangeError, 'capacity must be 1 to 65536, not 0'],
    [3, RangeError, 'capacity must be a power of two, not 3'],
    [65_537, RangeError, 'capacity must be 1 to 65536, not 65537'],
    [1.5, TypeError, 'capacity must be an integer'],
  ])('refuses a capacity of %d', (capacity, kind, message) => {
    expect(() => new KnownTopics(capacity)).toThrow(new kind(message));
    expect(new KnownTopics(65_536)).toBeInstanceOf(KnownTopics);
  });
});

const publish = (topic: string): Packet => ({
  type: 'publish',
  topic,
  payload: Buffer.from('x'),
  qos: 0,
  retain: false,
  dup: false,
});

/** A stream of all kinds of packets, in which topics come again. */
function stream(): Buffer {
  const words = [
    'a',
    'xxbababe',
    'xxbababebabe',
    'AAAA/device/0000/state',
    'BAAA/device/0000/state',
    'Küche/Wärme',
    '中'.repeat(40),
  ];
  const topics = [
    ...words,
    ...Array.from({ length: 60 }, (_, n) => `sensor/${n}/state`),
    'long/'.repeat(40),
    '中文'.repeat(300),
  ];
  const packets = samplePackets(4, 200, 18).flatMap((packet, n) => [packet, publish(topics[(n * 7) % topics.length])]);
  return Buffer.concat([...packets, ...packets].map((packet) => encodePacket(packet, 4)));
}

describe('decoding without a table', () => {
  it('makes the same packets each time that they come, whatever came before them', () => {
    for (const version of [4, 5] as const) {
      const packets = samplePackets(version, 300, 18);
      const decoder = new PacketDecoder({ protocolVersion: version });
      for (let n = 0; n < 4; n++) {
        for (const packet of packets) {
          if (packet.type === 'connect') continue;
          const bytes = encodePacket(packet, version);
          expect(encodePacket(decoder.push(bytes)[0], version)).toEqual(bytes);
        }
      }
    }
  });

  it('gives each field its text, when one text stands in many', () => {
    const text = 'house/1/Küche';
    const packet: Packet = {
      ...{ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 1, clientId: text },
      properties: { userProperty: [[text, `${text}!`]] },
      will: { topic: text, payload: Buffer.from(text), qos: 0, retain: false, properties: { contentType: text } },
      userName: text,
    };
    const bytes = encodePacket(packet, 5);
    for (let n = 0; n < 4; n++) expect(new PacketDecoder().push(bytes)).toEqual([packet]);
  });
});

describe('decoding with known topics', () => {
  it.each([1, 16, 256])(
    'makes the same packets as without, with %i places, however the stream is fragmented',
    (capacity) => {
      const bytes = stream();
      const expected = new PacketDecoder().push(bytes);
      const knownTopics = new KnownTopics(capacity);
      for (const size of [bytes.length, 1000, 7]) {
        const decoder = new PacketDecoder({ knownTopics });
        const packets: Packet[] = [];
        for (let at = 0; at < bytes.length; at += size) packets.push(...decoder.push(bytes.subarray(at, at + size)));
        expect(packets).toEqual(expected);
      }
    },
  );

  it.each([undefined, new KnownTopics()])(
    'shows the topic of a packet whose copy in the core was overwritten meanwhile',
    (knownTopics) => {
      const topics = [
        'sensor/state',
        'Küche/Wärme',
        '中'.repeat(40),
        '中'.repeat(341),
        '中'.repeat(342),
        'sensor/state',
      ];
      const cursor = new PacketCursor({ knownTopics });
      for (let n = 0; n < 3; n++) {
        const found: string[] = [];
        cursor.push(Buffer.concat(topics.map((topic) => encodePacket(publish(topic), 4))));
        while (cursor.next()) {
          found.push(cursor.topic);
          hexEncode(Buffer.alloc(4000, n));
          expect(cursor.topic).toBe(found.at(-1));
        }
        expect(found).toEqual(topics);
      }
    },
  );
});
