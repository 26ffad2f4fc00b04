import { describe, expect, it } from 'vitest';
import { rules } from '../../../host/mqtt-packet/property-rules.js';
import { hex, oneByOne, ours, parseAll, theirs } from './peers.js';

/** A value of each kind, in hex. */
const VALUES = {
  boolean: '01',
  byte: '01',
  u16: '0001',
  u32: '00000001',
  varint: '808001',
  utf8: '0003 616263',
  binary: '0003 616263',
  pair: '0002 6162 0002 6364',
};

const byte = (value: number) => Buffer.of(value);
const withHeader = (firstByte: number, ...body: Buffer[]) => {
  const bytes = Buffer.concat(body);
  return Buffer.concat([byte(firstByte), byte(bytes.length), bytes]);
};

/** Each packet that may have properties: the bytes before a list, and those after it. */
const PLACES: [string, number, string, string][] = [
  ['CONNECT', 0x10, '0004 4d515454 05 02 0000', '0001 63'],
  ['will', 0x10, '0004 4d515454 05 06 0000 00 0001 63', '0001 77 0003 787979'],
  ['CONNACK', 0x20, '00 00', ''],
  ['PUBLISH', 0x30, '0001 61', '787979'],
  ['PUBLISH of QoS 1', 0x32, '0001 61 0001', '787979'],
  ['PUBACK', 0x40, '0001 00', ''],
  ['PUBREC', 0x50, '0001 00', ''],
  ['PUBREL', 0x62, '0001 00', ''],
  ['PUBCOMP', 0x70, '0001 00', ''],
  ['SUBSCRIBE', 0x82, '0001', '0001 61 00'],
  ['SUBACK', 0x90, '0001', '000000'],
  ['UNSUBSCRIBE', 0xa2, '0001', '0001 61'],
  ['UNSUBACK', 0xb0, '0001', '000000'],
  ['DISCONNECT', 0xe0, '00', ''],
  ['AUTH', 0xf0, '00', ''],
];

/** The packet with a list whose Property Length is `length`. */
const packetWith = ([, firstByte, before, after]: (typeof PLACES)[number], list: Buffer, length = list.length) =>
  withHeader(firstByte, hex(before), byte(length), list, hex(after));

const lenient = { protocolVersion: 5, lenient: true };

describe.each(PLACES)('with `lenient`, a property list of a %s', (...place) => {
  it.each(rules)('holds $name whole, or is refused at the field that it cuts off (2.2.2)', ({ id, name, kind }) => {
    const list = Buffer.concat([byte(id), hex(VALUES[kind])]);
    const whole = packetWith(place, list);
    expect(parseAll(ours, lenient, whole).packets).toEqual(parseAll(theirs, { protocolVersion: 5 }, whole).packets);
    for (let length = 1; length < list.length; length++) {
      const bytes = packetWith(place, list, length);
      for (const chunks of [[bytes], oneByOne(bytes)]) {
        const { packets, errors } = parseAll(ours, lenient, ...chunks);
        expect(packets).toEqual([]);
        expect(errors).toMatchObject([{ name: 'PacketError', codeName: 'PROPERTY_TRUNCATED' }]);
        expect(errors[0].message).toMatch(new RegExp(`^malformed \\w+: ${name}, byte \\d+: `));
        const valueAt = 2 + hex(place[2]).length + 2;
        expect([valueAt, valueAt + 4]).toContain(errors[0].byteOffset); // 4: the value of a pair
      }
    }
  });
});

describe('with `lenient`, a Property Length', () => {
  it.each([
    ['that the packet cuts off', '3004 0001 61 80'],
    ['that the packet cuts off behind more bits', '3005 0001 61 8180'],
    ['that is missing', '3003 0001 61'],
    ['that is not in the fewest bytes', '3008 0001 61 828000 0101'],
  ])('%s is read as by mqtt-packet', (_, text) => {
    const expected = parseAll(theirs, { protocolVersion: 5 }, hex(text));
    expect(parseAll(ours, lenient, hex(text))).toEqual(expected);
  });

  it.each([
    ['of four bytes', '3009 0001 61 05 0b 80808001'],
    ['that the packet cuts off', '3007 0001 61 03 0b 8181'],
  ])('may stand before a Variable Byte Integer %s, which is read as by mqtt-packet', (_, text) => {
    const expected = parseAll(theirs, { protocolVersion: 5 }, hex(text));
    expect(expected.packets).toHaveLength(1);
    expect(parseAll(ours, lenient, hex(text))).toEqual(expected);
  });

  it('is refused at a byte of its packet, wherever in the chunk that begins', () => {
    for (const [before, count] of [
      ['', 0],
      ['c000', 1],
    ] as const) {
      const { packets, errors } = parseAll(ours, lenient, hex(`${before} 3008 0001 61 02 03 0001 78`));
      expect(packets).toHaveLength(count);
      expect(errors).toMatchObject([{ codeName: 'PROPERTY_TRUNCATED', byteOffset: 7 }]);
    }
  });

  it('beyond the packet is refused in the words of mqtt-packet', () => {
    for (const { id, kind } of rules) {
      const list = Buffer.concat([byte(id), hex(VALUES[kind])]);
      const bytes = withHeader(0x30, hex('0001 61'), byte(0x7f), list);
      const expected = parseAll(theirs, { protocolVersion: 5 }, bytes).errors.map(({ message }) => message);
      expect(parseAll(ours, lenient, bytes).errors.map(({ message }) => message)).toEqual(expected.slice(0, 1));
      expect(expected.length).toBeGreaterThan(0);
    }
  });
});
