import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { MqttError } from '../../../host/core/index.js';
import type { Packet, ParserOptions } from '../../../host/mqtt-packet/index.js';
import { examples } from './packet-examples.js';
import { hex, members, oneByOne, ours, parseAll, theirs, versions } from './peers.js';

const parse = (options: ParserOptions | undefined, ...chunks: string[]) =>
  parseAll(ours, options, ...chunks.map((chunk) => hex(chunk)));

const cmds = (packets: Packet[]) => packets.map(({ cmd }) => cmd);

describe.each(examples)('a $what of version $protocolVersion', ({ protocolVersion, packet, bytes }) => {
  const common = { retain: false, qos: 0, dup: false, topic: null, payload: null };
  const expected = { ...common, ...packet, length: bytes.length / 2 - 2 };

  it('is given with the members that mqtt-packet gives it, and no others', () => {
    expect(parse({ protocolVersion }, bytes)).toEqual({ packets: [expected], errors: [], unread: [0] });
    const { packets } = parseAll(theirs, { protocolVersion }, hex(bytes));
    for (const lenient of [false, true])
      expect(members(parse({ protocolVersion, lenient }, bytes).packets)).toEqual(members(packets));
  });

  it('comes only when its last byte came', () => {
    const chunks = oneByOne(hex(bytes));
    for (const lenient of [false, true]) {
      expect(parseAll(ours, { protocolVersion, lenient }, ...chunks.slice(0, -1)).packets).toEqual([]);
      expect(parseAll(ours, { protocolVersion, lenient }, ...chunks).packets).toEqual([expected]);
    }
  });
});

describe('a parser', () => {
  it('is an EventEmitter', () => {
    expect(ours.parser()).toBeInstanceOf(EventEmitter);
  });

  it('gives the packets of a chunk in order, and says how many bytes wait for the rest of theirs', () => {
    const { packets, unread } = parse(undefined, 'c000 3005 0001', '61 6869 d000 30', '05', '0001', '616869');
    expect(cmds(packets)).toEqual(['pingreq', 'publish', 'pingresp', 'publish']);
    expect(unread).toEqual([2, 0, 0, 2, 0]);
  });

  it('takes an empty chunk for nothing', () => {
    expect(parse(undefined, '', 'c0', '', '00')).toMatchObject({ packets: [{ cmd: 'pingreq' }], unread: [0, 0, 0, 0] });
  });

  it('takes a Uint8Array', () => {
    const packets: Packet[] = [];
    const parser = ours.parser().on('packet', (packet) => packets.push(packet));
    parser.parse(Uint8Array.from(hex('3005 0001 61 6869')));
    expect(packets).toMatchObject([{ payload: Buffer.from('hi') }]);
  });

  it('throws a TypeError for what is no bytes, and goes on', () => {
    const packets: Packet[] = [];
    const parser = ours.parser().on('packet', (packet) => packets.push(packet));
    parser.parse(hex('c0'));
    const refusal = new TypeError('parse takes a Buffer or Uint8Array');
    for (const wrong of ['c000', [0xc0, 0], 7, null]) expect(() => parser.parse(wrong as never)).toThrow(refusal);
    parser.parse(hex('00'));
    expect(cmds(packets)).toEqual(['pingreq']);
  });

  it('gives payloads as views on the chunk', () => {
    const chunks = [hex('3005 0001 61 6869'), hex('3005 0001 61 6869')];
    const { packets } = parseAll(ours, undefined, ...chunks);
    for (const chunk of chunks) chunk.write('o', 5);
    expect(packets).toMatchObject([{ payload: Buffer.from('oi') }, { payload: Buffer.from('oi') }]);
  });

  it('reads a PUBLISH whose length takes two bytes, the first of them 80', () => {
    const bytes = ours.generate({ cmd: 'publish', topic: 'a', payload: 'x'.repeat(125) } as Packet);
    expect(bytes.subarray(0, 3)).toEqual(hex('308001'));
    const { packets } = parseAll(theirs, undefined, bytes);
    expect(members(parseAll(ours, undefined, bytes).packets)).toEqual(members(packets));
  });

  it('reads a PUBLISH of a megabyte that comes in pieces', () => {
    const payload = Buffer.alloc(1_000_000, 'x');
    const bytes = ours.generate({ cmd: 'publish', topic: 'a', payload, qos: 0, dup: false, retain: false });
    const chunks = Array.from({ length: 100 }, (_, index) => bytes.subarray(index * 10_001, (index + 1) * 10_001));
    const { packets } = parseAll(ours, undefined, ...chunks);
    expect((packets[0] as { payload: Buffer }).payload.equals(payload)).toBe(true);
  });

  it('takes version 4 for granted, and also for a version that does not exist', () => {
    for (const protocolVersion of [undefined, 4, 7, '5']) {
      const { packets } = parse({ protocolVersion } as ParserOptions, '2002 0000');
      expect(packets).toMatchObject([{ returnCode: 0 }]);
    }
  });

  it('goes by the version of a CONNECT from there on, in the same chunk too (3.1.2.2)', () => {
    const connect = '100e 0004 4d515454 05 02 0000 00 0001 63';
    for (const chunks of [[connect, 'e001 04'], [`${connect} e001 04`]]) {
      expect(parse({ protocolVersion: 4 }, ...chunks).packets[1]).toMatchObject({ cmd: 'disconnect', reasonCode: 4 });
    }
  });

  it('looks at the protocolVersion of its options with each chunk, as a client may change it', () => {
    const options: ParserOptions = { protocolVersion: 4 };
    const packets: Packet[] = [];
    const parser = ours.parser(options).on('packet', (packet) => packets.push(packet));
    parser.parse(hex('4002 0007'));
    options.protocolVersion = 5;
    parser.parse(hex('4002 0007'));
    expect(packets.map((packet) => 'reasonCode' in packet)).toEqual([false, true]);
  });

  it('says as the cause of an error which version it went by', () => {
    for (const [given, version] of versions) {
      const { errors } = parse({ protocolVersion: given }, '3006 0002 2f23 6869');
      expect(errors).toMatchObject([{ cause: { protocolVersion: version } }]);
    }
  });

  it('lets through what its options throw, whenever it asks them, and takes it for no packet that is refused', () => {
    let thrown = 0;
    for (const bytes of ['3206 0001 61 0007 78', '8200']) {
      for (let last = 1; last <= 5; last++) {
        let count = 0;
        const parser = ours.parser({
          get protocolVersion() {
            if (++count === last) throw new RangeError('of the options');
            return 4;
          },
        });
        const errors: Error[] = [];
        parser.on('error', (error) => errors.push(error));
        try {
          parser.parse(hex(bytes));
        } catch (error) {
          expect(error).toEqual(new RangeError('of the options'));
          thrown++;
        }
        expect(errors.filter(({ message }) => message === 'of the options')).toEqual([]);
      }
    }
    expect(thrown).toBeGreaterThan(2);
  });

  it('gives no properties that somebody has put into Object.prototype', () => {
    const bytes = hex('3007 0001 61 02 01 01 78');
    const clean = parseAll(ours, { protocolVersion: 5 }, bytes);
    const prototype = Object.prototype as Record<string, unknown>;
    prototype.foreign = 7;
    try {
      const { packets, errors } = parseAll(ours, { protocolVersion: 5 }, bytes);
      expect(errors).toEqual([]);
      expect(Object.keys(packets[0] as object)).toEqual(Object.keys(clean.packets[0] as object));
      expect(Object.keys((packets[0] as { properties: object }).properties)).toEqual(['payloadFormatIndicator']);
    } finally {
      delete prototype.foreign;
    }
  });

  it('gives user properties whose names are those of Object.prototype (2.2.2.2)', () => {
    const bytes = '3021 0001 61 1d 26 0009 5f5f70726f746f5f5f 0001 31 26 0008 746f537472696e67 0001 32';
    const [packet] = parse({ protocolVersion: 5 }, bytes).packets as unknown as [
      { properties: { userProperties: object } },
    ];
    expect(Object.entries(packet.properties.userProperties)).toEqual([
      ['__proto__', '1'],
      ['toString', '2'],
    ]);
  });
});

describe('a server older than MQTT 5', () => {
  it('is understood by a client of MQTT 5 when it refuses with its own CONNACK (3.1.1, MQTT-3.1.2-2)', () => {
    const { packets, errors } = parse({ protocolVersion: 5 }, '2002 0001 c000');
    expect(errors).toEqual([]);
    expect(packets).toMatchObject([{ cmd: 'connack', reasonCode: 1, sessionPresent: false }, { cmd: 'pingreq' }]);
  });

  it('is not understood when it accepts, or gives a code that its version does not have', () => {
    for (const bytes of ['2002 0000', '2002 0006', '2002 0101', '208200 0100']) {
      expect(parse({ protocolVersion: 5 }, bytes)).toMatchObject({ packets: [], errors: [{ name: 'PacketError' }] });
    }
  });

  it('is not understood in packets other than its CONNACK', () => {
    expect(parse({ protocolVersion: 4 }, 'b002 0007').errors).toEqual([]);
    expect(parse({ protocolVersion: 5 }, 'b002 0007')).toMatchObject({
      packets: [],
      errors: [{ name: 'PacketError' }],
    });
  });
});

describe('with `lenient`', () => {
  const contentType = (length: number) => `03 00${length.toString(16)} ${'78'.repeat(length)}`;

  it.each<[string, ParserOptions, string]>([
    ['a property of four bytes that is not there', { protocolVersion: 5 }, '3005 0001 61 01 02'],
    ['a property of two bytes that is not there', { protocolVersion: 5 }, '3006 0001 61 02 23 01'],
    ['a Subscription Identifier of two bytes', { protocolVersion: 5 }, '3007 0001 61 03 0b 8001'],
    ['128 bytes of properties', { protocolVersion: 5 }, `308601 0001 61 8001 ${contentType(0x7d)} 79`],
    ['200 bytes of properties', { protocolVersion: 5 }, `30ce01 0001 61 c801 ${contentType(0xc5)} 79`],
    ['a PUBACK without Property Length', { protocolVersion: 5 }, '4003 0007 10'],
    ['a CONNACK without return code', { protocolVersion: 4 }, '2001 01'],
    ['a CONNACK of no bytes', { protocolVersion: 4 }, '2000'],
    ['a SUBSCRIBE to a bridge', { protocolVersion: 4, bridgeMode: true }, '8206 0007 0001 61 01'],
    ['a SUBSCRIBE of MQTT 5 to a bridge', { protocolVersion: 5, bridgeMode: true }, '8207 0007 00 0001 61 01'],
    ['a SUBSCRIBE behind the CONNECT of a bridge', {}, '100d 0004 4d515454 84 02 0000 0001 63 8206 0007 0001 61 01'],
  ])('%s is read as by mqtt-packet', (_, options, bytes) => {
    const { packets, errors } = parseAll(theirs, options, hex(bytes));
    expect(errors).toEqual([]);
    const result = parse({ ...options, lenient: true }, bytes);
    expect(members(result.packets)).toEqual(members(packets));
    expect(result.errors).toEqual([]);
  });
});

describe('a packet that is refused', () => {
  it('comes as an error after the packets before it, and nothing after it is emitted', () => {
    for (const lenient of [false, true]) {
      const { packets, errors } = parse({ lenient }, 'c000 d000 4102 0007 c000');
      expect(cmds(packets)).toEqual(['pingreq', 'pingresp']);
      expect(errors).toHaveLength(1);
    }
  });

  it('says which rule it breaks and where, with the error of the core as its cause', () => {
    const { errors } = parse(undefined, '3006 0002 2f23 6869');
    expect(errors).toMatchObject([
      { name: 'PacketError', codeName: 'TOPIC_WILDCARD', statement: 'MQTT-3.3.2-2', byteOffset: 5, reasonCode: 0x90 },
    ]);
    expect(errors[0].cause).toBeInstanceOf(MqttError);
    expect(errors[0].message).toContain('wildcard');
  });

  it('is refused with its first byte in the words that it gets when it came whole', () => {
    const dup = '3805 0001 61 6869';
    const [whole, bytewise] = [[hex(dup)], oneByOne(hex(dup))].map((chunks) => parseAll(ours, undefined, ...chunks));
    expect(bytewise.unread).toHaveLength(1);
    expect(bytewise.errors).toEqual(whole.errors);
    expect(whole.errors).toMatchObject([{ codeName: 'DUP_WITH_QOS_0' }]);
  });

  it('ends the stream: the next chunk begins a new one', () => {
    const packets: Packet[] = [];
    const errors: Error[] = [];
    const parser = ours.parser();
    parser.on('packet', (packet) => packets.push(packet)).on('error', (error) => errors.push(error));
    parser.parse(hex('4102 0007 c000'));
    expect(parser.error).toBe(errors[0]);
    parser.parse(hex('d000'));
    expect(parser.error).toBeNull();
    expect(cmds(packets)).toEqual(['pingresp']);
  });

  it('is thrown by parse when nobody listens for errors', () => {
    expect(() => ours.parser().parse(hex('4102 0007'))).toThrow(/Invalid header flag bits/);
  });

  it.each([
    [4, '4102 0007', 'Invalid header flag bits, must be 0x0 for puback packet'],
    [4, '6002 0007', 'Invalid header flag bits, must be 0x2 for pubrel packet'],
    [4, '36', 'Packet must not have both QoS bits set to 1'],
    [4, '0000', 'Not supported'],
    [4, '0100', 'Not supported'],
    [4, '0600', 'Packet must not have both QoS bits set to 1'],
    [4, 'f000', 'Not supported auth packet for this version MQTT'],
    [4, '30ffffffff', 'Invalid variable byte integer'],
    [4, '30ffffffff01', 'Invalid variable byte integer'],
    [5, '300a 0001 61 ffffffff7f 0000', 'Invalid variable byte integer'],
    [4, '1001 00', 'Cannot parse protocolId'],
    [4, '100c 0004 4d515458 04 02 0000 0000', 'Invalid protocolId'],
    [4, '100c 0004 4d515454 06 02 0000 0000', 'Invalid protocol version'],
    [4, '100c 0004 4d515454 02 02 0000 0000', 'Invalid protocol version'],
    [4, '100c 0004 4d515454 04 03 0000 0000', 'Connect flag bit 0 must be 0, but got 1'],
    [4, '100c 0004 4d515454 04 22 0000 0000', 'Will Retain Flag must be set to zero when Will Flag is set to 0'],
    [4, '100c 0004 4d515454 04 0a 0000 0000', 'Will QoS must be set to zero when Will Flag is set to 0'],
    [4, '1006 0004 4d515454', 'Packet too short'],
    [4, '1007 0004 4d515454 04', 'Packet too short'],
    [4, '1008 0004 4d515454 04 02', 'Packet too short'],
    [5, '1009 0004 4d515454 05 02 05', 'Packet too short'],
    [4, '100a 0004 4d515454 04 02 0000', 'Packet too short'],
    [4, '100d 0004 4d515454 04 06 0000 0001 63', 'Cannot parse will topic'],
    [4, '1010 0004 4d515454 04 06 0000 0001 63 0001 77', 'Cannot parse will payload'],
    [4, '100d 0004 4d515454 04 82 0000 0001 63', 'Cannot parse username'],
    [4, '1010 0004 4d515454 04 c2 0000 0001 63 0001 75', 'Cannot parse password'],
    [4, '2002 0200', 'Invalid connack flags, bits 7-1 must be set to 0'],
    [4, '3002 0005', 'Cannot parse topic'],
    [4, '8200', 'Malformed subscribe, no payload specified'],
    [4, '8205 0007 0005 61', 'Cannot parse topic'],
    [4, '8205 0007 0001 61', 'Malformed Subscribe Payload'],
    [4, '8206 0007 0001 61 04', 'Invalid subscribe topic flag bits, bits 7-2 must be 0'],
    [4, '8206 0007 0001 61 03', 'Invalid subscribe QoS, must be <= 2'],
    [5, '8207 0007 00 0001 61 40', 'Invalid subscribe topic flag bits, bits 7-6 must be 0'],
    [5, '8207 0007 00 0001 61 30', 'Invalid retain handling, must be <= 2'],
    [4, '9003 0007 03', 'Invalid suback QoS, must be 0, 1, 2 or 128'],
    [5, '9004 0007 00 03', 'Invalid suback code'],
    [4, '9000', 'Malformed suback, no payload specified'],
    [4, 'a200', 'Malformed unsubscribe, no payload specified'],
    [4, 'a205 0007 0005 61', 'Cannot parse topic'],
    [3, 'b003 0007 00', 'Malformed unsuback, payload length must be 2'],
    [4, 'b003 0007 00', 'Malformed unsuback, payload length must be 2'],
    [5, 'b000', 'Malformed unsuback, no payload specified'],
    [5, 'b004 0007 00 01', 'Invalid unsuback code'],
    [5, 'b005 0007 00 00 01', 'Invalid unsuback code'],
    [5, '4003 0007 01', 'Invalid puback reason code'],
    [5, '6203 0007 10', 'Invalid pubrel reason code'],
    [5, 'e001 01', 'Invalid disconnect reason code'],
    [5, 'f001 01', 'Invalid auth reason code'],
    [5, '3007 0001 61 03 00 0000', 'Cannot parse property code type'],
    [5, '3007 0001 61 03 7f 0000', 'Unknown property'],
  ])('of version %i, %s, has the message of mqtt-packet', (protocolVersion, bytes, message) => {
    expect(parseAll(theirs, { protocolVersion }, hex(bytes)).errors[0]).toMatchObject({ message });
    expect(parse({ protocolVersion, lenient: true }, bytes).errors).toMatchObject([{ message }]);
    const codeName = expect.any(String);
    expect(parse({ protocolVersion }, bytes).errors).toMatchObject([{ message, codeName, cause: { codeName } }]);
  });
});

describe('a listener', () => {
  it('that calls parse gets the packets in the order of the stream all the same', () => {
    const order: string[] = [];
    const parser = ours.parser();
    parser.on('packet', (packet) => {
      order.push(packet.cmd);
      if (packet.cmd === 'pingreq') parser.parse(hex('e000'));
    });
    parser.parse(hex('c000 d000'));
    expect(order).toEqual(['pingreq', 'pingresp', 'disconnect']);
  });

  it('that throws does not make the parser lose the packets behind', () => {
    const order: string[] = [];
    const parser = ours.parser().on('packet', ({ cmd }) => {
      order.push(cmd);
      if (cmd === 'pingreq') throw new Error('a defect of the listener');
    });
    expect(() => parser.parse(hex('c000 d000'))).toThrow('a defect of the listener');
    parser.parse(hex('e000'));
    expect(order).toEqual(['pingreq', 'pingresp', 'disconnect']);
  });
});
