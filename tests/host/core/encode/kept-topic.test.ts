import { describe, expect, it } from 'vitest';
import { encodePacket, MqttError, PacketDecoder } from '../../../../host/core/index.js';
import { generate } from '../../../../host/mqtt-packet/index.js';

const publish = (topic: string) =>
  ({ type: 'publish', topic, payload: Buffer.from('x'), qos: 0, retain: false, dup: false }) as const;
const topicOf = (bytes: Buffer) => new PacketDecoder().push(bytes).map((packet) => 'topic' in packet && packet.topic);

/** A string of its own: equal to the argument, and not the same object of the engine. */
const another = (text: string) => Buffer.from(text).toString();

describe('a topic that is written again and again', () => {
  it.each([1, 2, 3, 4, 5, 28, 29, 48, 49, 127, 128, 129, 200])(
    'of %i characters has the same bytes each time',
    (length) => {
      const topic = 'abcdefg/'.repeat(25).slice(0, length);
      const [first, ...others] = Array.from({ length: 4 }, () => encodePacket(publish(another(topic)), 4));
      expect(topicOf(first)).toEqual([topic]);
      for (const other of others) expect(other).toEqual(first);
    },
  );

  it('may have characters of any length', () => {
    for (const topic of ['ü', '溫度'.repeat(20), '🌡'.repeat(30), `${'é'.repeat(63)}e`, '溫'.repeat(43)]) {
      for (let n = 0; n < 4; n++) expect(topicOf(encodePacket(publish(topic), 4))).toEqual([topic]);
    }
  });

  it('gives way to another one, also of the same length, and comes back', () => {
    const topics = [
      'room/1',
      'room/1',
      'room/1',
      'room/2',
      'room/1',
      'room/2',
      'room/2',
      'room/2',
      'room/1',
      'r',
      'r',
      'r',
    ];
    expect(topics.flatMap((topic) => topicOf(encodePacket(publish(topic), 4)))).toEqual(topics);
  });

  it('leaves alone what was encoded before, and the packet after it', () => {
    const packets = Array.from({ length: 600 }, () => encodePacket(publish('a/b/c'), 4));
    const [first] = packets.map((packet) => packet.toString('hex'));
    expect(new Set(packets.map((packet) => packet.toString('hex')))).toEqual(new Set([first]));
    packets[1].fill(0xff);
    expect(encodePacket(publish('a/b/c'), 4).toString('hex')).toBe(first);
  });

  it.each(['', 'a/#', '+', 'a\0b', '\ud800'])('is refused each time when it is %j', (topic) => {
    for (let n = 0; n < 4; n++) expect(() => encodePacket(publish(topic), 4)).toThrow(MqttError);
  });

  it('is refused by us when only a lenient writer took it before', () => {
    const packet = { cmd: 'publish', topic: 'a\ud800', payload: 'x', qos: 0, retain: false, dup: false } as const;
    for (let n = 0; n < 4; n++) generate(packet, { lenient: true } as never);
    expect(() => encodePacket(publish('a\ud800'), 4)).toThrow('not well-formed UTF-8');
    expect(() => generate(packet)).toThrow();
  });

  it('may be refused as that of a response and go on as that of a packet', () => {
    const response = (responseTopic: string) => ({ ...publish('a/b'), properties: { responseTopic } });
    for (let n = 0; n < 3; n++) {
      expect(() => encodePacket(response('a/#'), 5)).toThrow('a Response Topic holds a wildcard');
      expect(encodePacket(response('a/b'), 5).toString('hex')).toBe('300d0003612f6206080003612f6278');
    }
  });
});
