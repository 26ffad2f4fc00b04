import { describe, expect, it } from 'vitest';
import { MqttError } from '../../../host/core/index.js';
import type { Packet } from '../../../host/mqtt-packet/index.js';
import { cmds, hex, oneByOne, ours, parse, parseAll, theirs } from './peers.js';

describe('a refused packet', () => {
  it('is emitted as an error after the packets before it, and nothing follows it', () => {
    for (const lenient of [false, true]) {
      const { packets, errors } = parse({ lenient }, 'c000 d000 4102 0007 c000');
      expect(cmds(packets)).toEqual(['pingreq', 'pingresp']);
      expect(errors).toHaveLength(1);
    }
  });

  it('names the rule that it breaks and where, with the error of the core as its cause', () => {
    const { errors } = parse(undefined, '3006 0002 2f23 6869');
    expect(errors).toMatchObject([
      { name: 'PacketError', codeName: 'TOPIC_WILDCARD', statement: 'MQTT-3.3.2-2', byteOffset: 5, reasonCode: 0x90 },
    ]);
    expect(errors[0].cause).toBeInstanceOf(MqttError);
    expect(errors[0].message).toContain('wildcard');
  });

  it('is refused at its first byte, in the same words as when it came whole', () => {
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

  it('is thrown by parse when `error` has no listener', () => {
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
    [5, '300a 0001 61 8080808001 0000', 'Invalid variable byte integer'],
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

describe('a server older than MQTT 5', () => {
  it('is understood by a client of MQTT 5 when it refuses with its own CONNACK (3.1.1, MQTT-3.1.2-2)', () => {
    const { packets, errors } = parse({ protocolVersion: 5 }, '2002 0001 c000');
    expect(errors).toEqual([]);
    expect(packets).toMatchObject([{ cmd: 'connack', reasonCode: 1, sessionPresent: false }, { cmd: 'pingreq' }]);
  });

  it('is not understood when it accepts, or sends a code that its version does not have', () => {
    for (const bytes of ['2002 0000', '2002 0006', '2002 0101', '208200 0100']) {
      expect(parse({ protocolVersion: 5 }, bytes)).toMatchObject({ packets: [], errors: [{ name: 'PacketError' }] });
    }
  });

  it('is not understood in packets other than CONNACK', () => {
    expect(parse({ protocolVersion: 4 }, 'b002 0007').errors).toEqual([]);
    expect(parse({ protocolVersion: 5 }, 'b002 0007')).toMatchObject({
      packets: [],
      errors: [{ name: 'PacketError' }],
    });
  });
});

describe('a CONNACK that refuses and breaks a rule', () => {
  it.each([
    [4, '2002 0087', 0x87, 'not authorized (0x87 of MQTT 5)', 'REASON_CODE_INVALID'],
    [4, '2002 0086', 0x86, 'bad user name or password (0x86 of MQTT 5)', 'REASON_CODE_INVALID'],
    [4, '2002 0006', 6, 'unknown return code (6)', 'REASON_CODE_INVALID'],
    [4, '2002 0105', 5, 'not authorized (5)', 'SESSION_PRESENT_WITH_ERROR'],
    [5, '2002 0087', 0x87, 'not authorized (0x87)', 'PROPERTY_LENGTH_INVALID'],
    [5, '2003 0005 00', 5, 'not authorized (5 of MQTT 3.1.1)', 'REASON_CODE_INVALID'],
    [5, '2003 018a 00', 0x8a, 'banned (0x8a)', 'SESSION_PRESENT_WITH_ERROR'],
  ])(
    'of version %i, %s, is an error that says why the server refused',
    (protocolVersion, bytes, code, words, codeName) => {
      const { packets, errors } = parse({ protocolVersion }, bytes);
      expect(packets).toEqual([]);
      expect(errors).toMatchObject([{ codeName, receivedCode: code, cause: { receivedCode: code } }]);
      expect(errors[0].message).toMatch(`Connection refused: ${words}; in this CONNACK, byte `);
      expect(errors[0].message).not.toContain('malformed');
    },
  );

  it('with Authentication Data and no method, is told as a refusal too', () => {
    const { packets, errors } = parse({ protocolVersion: 5 }, '2007 0087 04 16000170');
    const [{ reasonCode = 0, message = '' }] = [...packets, ...errors] as { reasonCode?: number; message?: string }[];
    expect(reasonCode === 0x87 || message.startsWith('Connection refused: not authorized (0x87)')).toBe(true);
  });
});

describe('another packet that is refused', () => {
  it('has its code in the error: the words are those of mqtt-packet where it refuses too', () => {
    const [error] = parse({ protocolVersion: 4 }, '9003 0007 87').errors;
    expect(error).toMatchObject({ receivedCode: 0x87, message: 'Invalid suback QoS, must be 0, 1, 2 or 128' });
    expect(parse({ protocolVersion: 4 }, '4102 0007').errors).toMatchObject([{ receivedCode: undefined }]);
  });

  it('has the words of the core where mqtt-packet does not refuse it', () => {
    const [error] = parse({ protocolVersion: 5 }, '4006 0001 97 020101').errors;
    expect(error).toMatchObject({ receivedCode: 0x97 });
    expect(error.message).toMatch(/^malformed puback, byte 6: .*; its code is quotaExceeded \(0x97\)$/);
    const [cutOff] = parse({ protocolVersion: 5 }, '3008 0001 61 02 03 0001 78').errors;
    expect(cutOff.message).toMatch(/^malformed publish, byte 7: the value of a property runs past the Property Length/);
  });
});
