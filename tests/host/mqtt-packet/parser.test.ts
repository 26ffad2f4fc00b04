import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Packet, ParserOptions } from '../../../host/mqtt-packet/index.js';
import { examples } from './packet-examples.js';
import { cmds, hex, members, oneByOne, ours, parse, parseAll, theirs, versions } from './peers.js';

describe.each(examples)('a $what of version $protocolVersion', ({ protocolVersion, packet, bytes }) => {
  const common = { retain: false, qos: 0, dup: false, topic: null, payload: null };
  const expected = { ...common, ...packet, length: bytes.length / 2 - 2 };

  it('is emitted with the members that mqtt-packet gives it, and no others', () => {
    expect(parse({ protocolVersion }, bytes)).toEqual({ packets: [expected], errors: [], unread: [0] });
    const { packets } = parseAll(theirs, { protocolVersion }, hex(bytes));
    for (const lenient of [false, true])
      expect(members(parse({ protocolVersion, lenient }, bytes).packets)).toEqual(members(packets));
  });

  it('is emitted only when its last byte has come', () => {
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

  it('emits the packets of a chunk in order, and returns how many bytes wait for the rest of theirs', () => {
    const { packets, unread } = parse(undefined, 'c000 3005 0001', '61 6869 d000 30', '05', '0001', '616869');
    expect(cmds(packets)).toEqual(['pingreq', 'publish', 'pingresp', 'publish']);
    expect(unread).toEqual([2, 0, 0, 2, 0]);
  });

  it('ignores an empty chunk', () => {
    expect(parse(undefined, '', 'c0', '', '00')).toMatchObject({ packets: [{ cmd: 'pingreq' }], unread: [0, 0, 0, 0] });
  });

  it('accepts a Uint8Array', () => {
    const packets: Packet[] = [];
    const parser = ours.parser().on('packet', (packet) => packets.push(packet));
    parser.parse(Uint8Array.from(hex('3005 0001 61 6869')));
    expect(packets).toMatchObject([{ payload: Buffer.from('hi') }]);
  });

  it('throws a TypeError for a chunk that is not bytes, and goes on', () => {
    const packets: Packet[] = [];
    const parser = ours.parser().on('packet', (packet) => packets.push(packet));
    parser.parse(hex('c0'));
    const refusal = new TypeError('parse takes a Buffer or Uint8Array');
    for (const wrong of ['c000', [0xc0, 0], 7, null]) expect(() => parser.parse(wrong as never)).toThrow(refusal);
    parser.parse(hex('00'));
    expect(cmds(packets)).toEqual(['pingreq']);
  });

  it('emits payloads as views on the chunk', () => {
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

  it('assumes version 4 by default, and for a version that does not exist', () => {
    for (const protocolVersion of [undefined, 4, 7, '5']) {
      const { packets } = parse({ protocolVersion } as ParserOptions, '2002 0000');
      expect(packets).toMatchObject([{ returnCode: 0 }]);
    }
  });

  it('uses the version of a CONNECT from there on, even in the same chunk (3.1.2.2)', () => {
    const connect = '100e 0004 4d515454 05 02 0000 00 0001 63';
    for (const chunks of [[connect, 'e001 04'], [`${connect} e001 04`]]) {
      expect(parse({ protocolVersion: 4 }, ...chunks).packets[1]).toMatchObject({ cmd: 'disconnect', reasonCode: 4 });
    }
  });

  it('reads the protocolVersion of its options with each chunk, since a client may change it', () => {
    const options: ParserOptions = { protocolVersion: 4 };
    const packets: Packet[] = [];
    const parser = ours.parser(options).on('packet', (packet) => packets.push(packet));
    parser.parse(hex('4002 0007'));
    options.protocolVersion = 5;
    parser.parse(hex('4002 0007'));
    expect(packets.map((packet) => 'reasonCode' in packet)).toEqual([false, true]);
  });

  it('names in the cause of an error the version that it used', () => {
    for (const [given, version] of versions) {
      const { errors } = parse({ protocolVersion: given }, '3006 0002 2f23 6869');
      expect(errors).toMatchObject([{ cause: { protocolVersion: version } }]);
    }
  });

  it('passes on an error that its options throw at any time, and does not mistake it for a refused packet', () => {
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

  it('emits no properties that a program added to Object.prototype', () => {
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

  it('emits user properties whose names are those of Object.prototype (2.2.2.2)', () => {
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

  it('over 1.5 GiB are taken at once, since the core is not asked', () => {
    const LARGEST = 5 + 268_435_455;
    const chunk = Buffer.from(new ArrayBuffer(6 * LARGEST)); // hardly touched, so it takes no memory
    for (let at = 0; at < chunk.length; at += LARGEST) chunk.set(hex('30 ffffff7f 0001 61'), at);
    const lengths: unknown[] = [];
    const parser = ours.parser({ lenient: true });
    parser.on('packet', (packet) => lengths.push(packet.cmd === 'publish' && packet.payload.length));
    parser.parse(chunk);
    expect(lengths).toEqual(Array(6).fill(268_435_452));
  });
});

describe('a listener', () => {
  it('that calls parse still gets the packets in the order of the stream', () => {
    const order: string[] = [];
    const parser = ours.parser();
    parser.on('packet', (packet) => {
      order.push(packet.cmd);
      if (packet.cmd === 'pingreq') parser.parse(hex('e000'));
    });
    parser.parse(hex('c000 d000'));
    expect(order).toEqual(['pingreq', 'pingresp', 'disconnect']);
  });

  it('that throws does not make the parser lose the packets after it', () => {
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
