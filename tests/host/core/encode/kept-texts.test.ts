import { describe, expect, it } from 'vitest';
import { encodePacket, MqttError, type Packet, PacketDecoder } from '../../../../host/core/index.js';
import { generate } from '../../../../host/mqtt-packet/index.js';

/** One of eight texts is noted, and kept when it is noted again. */
const OFTEN = 24;

const publish = (topic: string) =>
  ({ type: 'publish', topic, payload: Buffer.from('x'), qos: 0, retain: false, dup: false }) as const;
const subscribe = (topicFilter: string): Packet => ({
  type: 'subscribe',
  packetId: 1,
  subscriptions: [{ topicFilter, qos: 0 }],
});
const topicOf = (bytes: Buffer) => new PacketDecoder().push(bytes).map((packet) => 'topic' in packet && packet.topic);
const often = (run: () => void) => Array.from({ length: OFTEN }, run);

/** A string of its own: equal to the argument, and not the same object of the engine. */
const another = (text: string) => Buffer.from(text).toString();

describe('a text that is written again and again', () => {
  it.each([1, 5, 6, 7, 8, 28, 29, 48, 49, 127, 128, 149, 150, 151, 152, 153, 200])(
    'of %i characters has the same bytes each time',
    (length) => {
      const topic = 'abcdefg/'.repeat(25).slice(0, length);
      const [first, ...others] = Array.from({ length: OFTEN }, () => encodePacket(publish(another(topic)), 4));
      expect(topicOf(first)).toEqual([topic]);
      for (const other of others) expect(other).toEqual(first);
    },
  );

  it('may have characters of any length', () => {
    const texts = ['üüüüüü', '溫度'.repeat(20), '🌡'.repeat(30), `${'é'.repeat(63)}e`, '溫'.repeat(50), '溫'.repeat(51)];
    for (const topic of texts) often(() => expect(topicOf(encodePacket(publish(topic), 4))).toEqual([topic]));
  });

  it('gives way to another one of the same length and end, and comes back', () => {
    const rooms = ['room/1/a', 'room/2/a', 'hall/1/a'];
    // Each for a while, then by turns.
    const topics = [...rooms.flatMap((room) => Array(OFTEN).fill(room)), ...Array(OFTEN).fill(rooms).flat()];
    expect(topics.flatMap((topic) => topicOf(encodePacket(publish(topic), 4)))).toEqual(topics);
  });

  it('stands in each field as if it were new', () => {
    const text = 'house/1/kitchen';
    const packets: Packet[] = [
      { ...publish(text), properties: { contentType: text, responseTopic: text, userProperty: [[text, text]] } },
      { type: 'unsubscribe', packetId: 1, topicFilters: [text, `${text}/#`, text] },
      { type: 'disconnect', reasonCode: 0, properties: { reasonString: text } },
      {
        ...{ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 1, clientId: text, userName: text },
        will: { topic: text, payload: Buffer.from(text), qos: 0, retain: false },
      },
    ];
    for (const packet of packets) {
      const [first, ...others] = Array.from({ length: OFTEN }, () => encodePacket(packet, 5).toString('hex'));
      expect(first.split(Buffer.from(text).toString('hex')).length).toBeGreaterThan(1);
      expect(new Set(others)).toEqual(new Set([first]));
    }
  });

  it('leaves alone what was encoded before, and the packet after it', () => {
    const packets = Array.from({ length: 600 }, () => encodePacket(publish('a/b/c/d'), 4));
    const [first] = packets.map((packet) => packet.toString('hex'));
    expect(new Set(packets.map((packet) => packet.toString('hex')))).toEqual(new Set([first]));
    packets[1].fill(0xff);
    expect(encodePacket(publish('a/b/c/d'), 4).toString('hex')).toBe(first);
  });

  it.each(['', 'room/a/#', 'room/+', 'room/a\0b', 'room/a\ud800'])(
    'is refused as a topic each time when it is %j',
    (topic) => {
      often(() => expect(() => encodePacket(publish(topic), 4)).toThrow(MqttError));
    },
  );

  it('stays what it is: a filter is no topic, a topic with a $ no filter that is sure', () => {
    for (const filter of ['room/a/#', '$SYS/uptime', '$share/a/b']) often(() => encodePacket(subscribe(filter), 5));
    often(() => expect(() => encodePacket(publish('room/a/#'), 5)).toThrow('wildcard'));
    often(() => expect(topicOf(encodePacket(publish('$SYS/uptime'), 4))).toEqual(['$SYS/uptime']));
    often(() => expect(() => encodePacket(subscribe('$share/a'), 5)).toThrow(MqttError));
  });

  it('is refused by us when only a lenient writer took it before', () => {
    const packet = { cmd: 'publish', topic: 'room/a\ud800', payload: 'x', qos: 0, retain: false, dup: false } as const;
    often(() => generate(packet, { lenient: true } as never));
    often(() => expect(() => encodePacket(publish('room/a\ud800'), 4)).toThrow('not well-formed UTF-8'));
    expect(() => generate(packet)).toThrow();
  });

  it('may be refused as that of a response and go on as that of a packet', () => {
    const response = (responseTopic: string) => ({ ...publish('a/b'), properties: { responseTopic } });
    often(() => {
      expect(() => encodePacket(response('a/b/c/#'), 5)).toThrow('a Response Topic holds a wildcard');
      expect(encodePacket(response('a/b/c/d'), 5).toString('hex')).toBe('30110003612f620a080007612f622f632f6478');
    });
  });
});

it('a password is not kept', () => {
  const connect = { cmd: 'connect', clientId: 'device-1', username: 'device', password: 'correct horse' } as never;
  const [first, ...others] = Array.from({ length: OFTEN }, () => generate(connect).toString('hex'));
  expect(first).toContain(Buffer.from('correct horse').toString('hex'));
  expect(new Set(others)).toEqual(new Set([first]));
});
